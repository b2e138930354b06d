"""A made document taken apart and put together: what is replaced in it leaves its cross-reference right."""

from __future__ import annotations

import re

from tests.made_forms import document

_OBJECT = re.compile(rb"(?ms)^(\d+) 0 obj\n(.*?)\nendobj\n")


def objects_of(data: bytes) -> dict[int, str | bytes]:
    return {int(number): body for number, body in _OBJECT.findall(data)}


def edited(data: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """Each old text must be there."""
    for old, new in changes:
        assert old in data
        data = data.replace(old, new)
    return document(objects_of(data))
