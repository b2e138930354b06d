"""What crosses Temporal, as bytes: JSON by pydantic, encrypted where there are keys.

AES-256-GCM. A payload's `encryption-key-id` says which key; what is encrypted has its own encoding inside, so that
plain payloads of earlier runs, and of edits started by hand, are read beside encrypted ones.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverter,
    DefaultFailureConverterWithEncodedAttributes,
    EncodingPayloadConverter,
    PayloadCodec,
)

from durable_edits.errors import PayloadUnreadable
from durable_edits.payload_keys import KEY_BYTES, PayloadKey

# A name of our own: another service's encrypted payload is then an unknown input, not a key that may yet come.
ENCODING = b"binary/edits-aes256gcm"
KEY_ID = "encryption-key-id"
SALT, NONCE = 16, 12  # bytes
# Derived keys kept: each process that writes has one.
PROCESSES = 4_096


class Encryption(PayloadCodec):
    """Encodes with the first key, decodes with any. Raises PayloadUnreadable.

    Each process writes with a key of its own, derived from the configured one and a salt: random nonces are safe for
    2^32 payloads a key, which a busy service with one key for all would have written within weeks.
    """

    def __init__(self, keys: Sequence[PayloadKey]) -> None:
        self._keys = {key.id: key.key for key in keys}
        self._first = keys[0].id
        self._salt = os.urandom(SALT)
        self._cipher = functools.lru_cache(PROCESSES)(self._derived)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._decrypted(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        nonce, key_id = os.urandom(NONCE), self._first.encode()
        sealed = self._cipher(self._first, self._salt).encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: key_id}, data=self._salt + nonce + sealed)

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id, data = payload.metadata.get(KEY_ID, b""), payload.data
        salt, nonce, sealed = data[:SALT], data[SALT : SALT + NONCE], data[SALT + NONCE :]
        name = key_id.decode("ascii", "replace")
        if name not in self._keys:
            raise PayloadUnreadable(
                f"A payload is encrypted with the key {name[:64]!r}, which EDITS_PAYLOAD_KEYS lacks here; add it."
            )
        try:
            return Payload.FromString(self._cipher(name, salt).decrypt(nonce, sealed, key_id))
        except (InvalidTag, ValueError, DecodeError) as error:
            raise PayloadUnreadable(
                f"A payload does not open with the key {name!r}: it was changed, or EDITS_PAYLOAD_KEYS has another key"
                " under this id."
            ) from error

    def _derived(self, key_id: str, salt: bytes) -> AESGCM:
        return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, b"durable-edits payload").derive(self._keys[key_id]))


class _Encrypted(EncodingPayloadConverter):
    """For a process without keys: a payload that it cannot read is no unknown input, and must not fail an edit."""

    @property
    def encoding(self) -> str:
        return ENCODING.decode()

    def to_payload(self, value: Any) -> Payload | None:
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        raise PayloadUnreadable("A payload is encrypted, and EDITS_PAYLOAD_KEYS is not set here; set it as elsewhere.")


class PayloadConverter(PydanticPayloadConverter):
    def __init__(self) -> None:
        super().__init__()
        self._set_converters(*self.converters.values(), _Encrypted())


def data_converter(keys: Sequence[PayloadKey] = ()) -> DataConverter:
    """Failures' messages and traces are encrypted too; their types, which are our codes, stay readable."""
    return DataConverter(
        payload_converter_class=PayloadConverter,
        payload_codec=Encryption(keys) if keys else None,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes if keys else DefaultFailureConverter,
    )
