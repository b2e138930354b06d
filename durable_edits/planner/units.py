"""A length in the unit that the form asks for."""

from __future__ import annotations

import re

_METRES = re.compile(r"(\d)(?:[.,](\d{1,2})\s?m\b|\s?m\s?(\d{2})\b)\.?", re.IGNORECASE)
_CENTIMETRES = re.compile(r"(\d{2,3})\s?cm\.?", re.IGNORECASE)
_CM = re.compile(r"\bcm\b", re.IGNORECASE)


def in_unit(value: str, asked: str) -> str:
    """`1.68 m` where the label says cm is 168; anything else stays as it was told."""
    if _CM.search(asked) is None:
        return value
    if (match := _METRES.fullmatch(value.strip())) is not None:
        return match[1] + (match[2] or match[3]).ljust(2, "0")
    if (match := _CENTIMETRES.fullmatch(value.strip())) is not None:
        return match[1]
    return value
