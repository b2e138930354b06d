"""The two kinds of document URL that need no network: data: URLs and stored-file URLs (contract section 3)."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote_to_bytes, urlsplit

from durable_edits.errors import InvalidDataUrl

# The host is part of the wire format: the vendor's clients recognise a stored file by it. It is never contacted.
STORED_FILES = "storage.retab.com"

_FILE_ID = re.compile(r"file_[0-9A-Za-z]+")
_EXTENSION = re.compile(r"\.[0-9A-Za-z]{1,16}")
OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`organization` is None in the short form of the URL."""

    file_id: str
    organization: str | None


def stored_url(organization: str, file_id: str, filename: str) -> str:
    suffix = PurePosixPath(filename).suffix
    extension = suffix if _EXTENSION.fullmatch(suffix) else ".bin"
    return f"https://{STORED_FILES}/{quote(organization, safe='')}/{file_id}{extension}"


def parse_stored_url(url: str) -> StoredFile | None:
    """None for any other URL."""
    try:
        parts = urlsplit(url)
    except ValueError:  # `https://[`: malformed, so no stored file; the fetcher refuses it
        return None
    if parts.scheme != "https" or parts.hostname != STORED_FILES:
        return None
    path = parts.path.strip("/").split("/")
    file_id = path[-1].partition(".")[0]
    organization = unquote_to_bytes(path[0]).decode("utf-8", "replace") if len(path) == 2 else None
    return StoredFile(file_id if len(path) <= 2 and _FILE_ID.fullmatch(file_id) else "", organization)


def is_data_url(url: str) -> bool:
    return url[:5].lower() == "data:"


def decode_data_url(url: str) -> tuple[str, bytes]:
    """(media type, bytes) by RFC 2397, base64 or percent-encoded; raises InvalidDataUrl."""
    head, comma, payload = url[5:].partition(",")
    if not comma:
        raise InvalidDataUrl("The document's data: URL has no comma; send data:application/pdf;base64,<payload>.")
    media_type, *parameters = (part.strip() for part in head.split(";"))
    if not any(parameter.lower() == "base64" for parameter in parameters):
        return media_type.lower() or "text/plain", unquote_to_bytes(payload)
    try:
        data = base64.b64decode(_tidy(payload), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidDataUrl(
            "The document's data: URL is not valid base64; encode the whole file, without line numbers or quotes.",
            reason=str(error),
        ) from error
    return media_type.lower() or OCTETS, data


def encode_data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def media_type(filename: str, declared: str = "") -> str:
    """The declared type, unless it says nothing; then by the name's ending."""
    if declared and declared not in {OCTETS, "text/plain"}:
        return declared
    return mimetypes.guess_type(filename, strict=False)[0] or declared or OCTETS


def _tidy(payload: str) -> bytes:
    """Undo what URLs and editors do to base64: escapes, line breaks, the URL alphabet, missing padding."""
    data = unquote_to_bytes(payload) if "%" in payload else payload.encode("utf-8", "replace")
    data = data.translate(bytes.maketrans(b"-_", b"+/"), b" \t\r\n")
    return data + b"=" * (-len(data) % 4)
