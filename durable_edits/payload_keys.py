"""The keys that payloads are encrypted with: `id:key,id:key`, or the path of a file with one a line.

The first writes, all read. To rotate: put the new key behind the first everywhere, then in front everywhere, and take
the old one out when the last run that it has written has left Temporal (its retention after the run's end).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

KEY_BYTES = 32  # AES-256
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class PayloadKey:
    """`id` is written beside every payload in the clear."""

    id: str
    key: bytes = field(repr=False)


def split_payload_keys(value: Any) -> Any:
    """A path begins with a slash, which no key's id does."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("/"):
        value = _read(Path(value.strip()))
    return [part for part in re.split(r"[\s,]+", value) if part]


def checked_payload_keys(pairs: list[SecretStr]) -> list[SecretStr]:
    ids = [payload_key(pair).id for pair in pairs]
    if len(ids) != len(set(ids)):
        raise PydanticCustomError("payload_keys", "two keys have the same id; give each its own")
    return pairs


def payload_keys(pairs: Sequence[SecretStr]) -> list[PayloadKey]:
    return [payload_key(pair) for pair in pairs]


def payload_key(pair: SecretStr) -> PayloadKey:
    """What is wrong is told without the key."""
    key_id, _, text = pair.get_secret_value().partition(":")
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _ID.fullmatch(key_id) or len(key) != KEY_BYTES:
        raise PydanticCustomError(
            "payload_keys",
            "write id:key,id:key, or the path of a file with one a line; an id has letters, digits, '.', '_' and '-',"
            " a key is 32 bytes in base64 (openssl rand -base64 32)",
        )
    return PayloadKey(key_id, key)


def _read(path: Path) -> str:
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        raise PydanticCustomError(
            "payload_keys", "the file cannot be read: {reason}", {"reason": error.strerror or "no reason given"}
        ) from error
    found = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not found:  # nobody who names a file means that nothing shall be encrypted
        raise PydanticCustomError("payload_keys", "the file holds no key")
    return "\n".join(found)
