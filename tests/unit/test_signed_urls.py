"""URLs that Google's and Azure's stores sign, offline: checked as those stores check them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from durable_edits.storage.blobs import Blobs, upload_key

KEY = upload_key("file_" + "0" * 26)
HOUR = timedelta(hours=1)
METHODS: list[Literal["GET", "PUT"]] = ["GET", "PUT"]


@pytest.fixture(scope="module")
def service_account() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def google(service_account: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    pem = service_account.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "client_email": "edits@example.iam.gserviceaccount.com",
        "private_key_id": "1",
        "private_key": pem.decode(),
    }
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", json.dumps(account))
    return Blobs("gs://bucket")


@pytest.mark.parametrize("method", METHODS)
async def test_a_url_of_googles_is_signed_for_one_method_with_the_accounts_key(
    google: Blobs, service_account: rsa.RSAPrivateKey, method: Literal["GET", "PUT"]
) -> None:
    parts = urlsplit(await google.presigned(method, KEY, HOUR) or "")

    query = dict(parse_qsl(parts.query))
    signature = bytes.fromhex(query.pop("X-Goog-Signature"))
    asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))
    canonical = f"{method}\n{parts.path}\n{asked}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    scope = query["X-Goog-Credential"].partition("/")[2]
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    said = f"GOOG4-RSA-SHA256\n{query['X-Goog-Date']}\n{scope}\n{digest}"
    service_account.public_key().verify(signature, said.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert (parts.path, query["X-Goog-Expires"], google.upload_headers) == (f"/bucket/{KEY}", "3600", {})


@pytest.mark.parametrize("method", METHODS)
async def test_a_url_of_azures_is_signed_for_one_right_with_the_accounts_key(
    monkeypatch: pytest.MonkeyPatch, method: Literal["GET", "PUT"]
) -> None:
    secret = b"k" * 64
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", base64.b64encode(secret).decode())
    azure = Blobs("az://container")

    parts = urlsplit(await azure.presigned(method, KEY, HOUR) or "")

    query = dict(parse_qsl(parts.query))
    right = "r" if method == "GET" else "w"
    resource = f"/blob/account/container/{KEY}"
    said = [right, query["st"], query["se"], resource, "", "", "", query["sv"], "b", *[""] * 7]
    signed = hmac.new(secret, "\n".join(said).encode(), hashlib.sha256).digest()
    assert (query["sp"], query["sr"], query["sig"]) == (right, "b", base64.b64encode(signed).decode())
    assert azure.upload_headers == {"x-ms-blob-type": "BlockBlob"}  # without it Azure takes no PUT
