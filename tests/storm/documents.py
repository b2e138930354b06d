"""What is to be filled, with values that no other edit has, and what must then be in the PDF."""

from __future__ import annotations

import functools
import io
import random
from dataclasses import dataclass

import pikepdf

from tests.forms import every_kind, many_fields_form, many_values, text_form
from tests.live import inline

LONG = 250  # fields: some tenths of a second of work
HARD = 400


@dataclass(frozen=True)
class Work:
    document: dict[str, str]
    instructions: str
    expected: dict[str, str]
    """Field by field; what no instruction names stays empty."""


def work(number: int, seed: int, chance: random.Random) -> Work:
    """Most are short; some are long enough to be caught in the middle of a fill."""
    kind = chance.choices(["short", "kinds", "long"], [6, 2, 2])[0]
    if kind == "short":
        expected = {"name": f"Edit {number} of {seed}", "city": f"Łódź {number}"}
    elif kind == "kinds":
        expected = {
            "name": f"Edit {number} of {seed}",
            "notes": f"first line {number}",
            "person.last": f"Last {number}",
        }
    else:
        expected = {f"f{index}": f"Value {number} of field {index}" for index in range(LONG)}
    instructions = "\n".join(f"{key}: {value}" for key, value in expected.items())
    return Work(inline(_form(kind), f"{kind}-{number}.pdf"), instructions, expected)


def hard_work(number: int) -> Work:
    """Half a second, whatever else the machine does."""
    return Work(inline(_form("hard"), f"hard-{number}.pdf"), many_values(HARD), {})


@functools.cache
def _form(kind: str) -> bytes:
    match kind:
        case "short":
            return text_form(["name", "city"])
        case "kinds":
            return every_kind()
        case "long":
            return many_fields_form(LONG)
        case _:
            return many_fields_form(HARD)


def wrong_values(document: bytes, expected: dict[str, str]) -> list[str]:
    """Where a filled PDF, read by another library, does not hold what was asked for."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        held: dict[str, str] = {}
        for field in pdf.acroform.fields:
            value = field.obj.get("/V")
            held[field.fully_qualified_name] = "" if value is None else str(value)
    wrong = [f"{key}: {held.get(key)!r} for {value!r}" for key, value in expected.items() if held.get(key) != value]
    strays = [
        f"{key}: {value!r} was not asked for"
        for key, value in held.items()
        if value not in {"", "/Off"} and key not in expected
    ]
    return wrong + strays
