"""`python -m benchmarks.pdf_speed`: CPU of a fill beside pikepdf's own (parse, fill, write), in one process, in turn.

Cold: the engine has never seen the form. Warm: it has, as in a service that fills one form again and again; pikepdf
keeps nothing between two fills. Real forms come from ../shared/forms, or from the folder that is named.
"""

from __future__ import annotations

import functools
import io
import logging
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf.form import (
    CheckboxField,
    ChoiceField,
    ExtendedAppearanceStreamGenerator,
    Form,
    MultipleFieldProxy,
    RadioButtonGroup,
    TextField,
)

from dev.form_writer import FormWriter
from durable_edits.form import Field, FieldKind
from durable_edits.pdf import clear_cache, fill_form, read_form
from tests.forms import many_fields_form

FORMS = Path(__file__).parents[2] / "shared" / "forms"
ROUNDS = 7  # the best of them counts: other programs only ever add to it
ENOUGH = 0.02  # seconds of CPU in one measurement of a warm fill; the clock counts in steps
SLOW = 1.0  # seconds; what takes longer is measured twice
PAGES, LINES = 1_000, 60  # of the long document: about as much text as a page of print has
MANY = 3_000


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds of CPU for one fill."""

    name: str
    fields: int
    peer: float
    cold: float
    warm: float


def main(folder: Path) -> int:
    logging.disable()
    real = [measure(path.stem, path.read_bytes()) for path in sorted(folder.glob("*.pdf"))]
    made = [measure(f"made: {PAGES} pages", long_form()), measure(f"made: {MANY} fields", many_fields_form(MANY))]
    print(f"{'CPU ms a fill':40} {'fields':>6} {'pikepdf':>9} {'cold':>9} {'warm':>9} {'cold x':>8} {'warm x':>8}")
    for row in real + made:
        print(_line(row))
    if real:
        cold = mean(row.cold / row.peer for row in real)
        warm = mean(row.warm / row.peer for row in real)
        print(f"{'geometric mean over the real forms':40} {'':36} {cold:8.3f} {warm:8.4f}")
    return 0


def _line(row: Row) -> str:
    return (
        f"{row.name[:40]:40} {row.fields:6} {row.peer * 1e3:9.2f} {row.cold * 1e3:9.2f} {row.warm * 1e3:9.3f} "
        f"{row.cold / row.peer:8.3f} {row.warm / row.peer:8.4f}"
    )


def measure(name: str, data: bytes) -> Row:
    values = {field.key: value for field in read_form(data).fields if (value := answer(field)) is not None}
    fill = functools.partial(fill_form, data, values)
    peer = functools.partial(fill_with_pikepdf, data, values)
    rounds = ROUNDS if cpu(peer) < SLOW else 2
    found: dict[str, list[float]] = {"peer": [], "cold": [], "warm": []}
    for _ in range(rounds):
        clear_cache()
        found["cold"].append(cpu(fill))
        found["warm"].append(cpu(fill, ENOUGH))
        found["peer"].append(cpu(peer))
    return Row(name, len(values), min(found["peer"]), min(found["cold"]), min(found["warm"]))


def cpu(run: Callable[[], object], enough: float = 0.0) -> float:
    """Seconds of CPU of one run, on average over as many as take `enough` seconds."""
    runs, began = 0, time.process_time()
    while runs == 0 or time.process_time() - began < enough:
        run()
        runs += 1
    return (time.process_time() - began) / runs


def mean(values: Iterator[float]) -> float:
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))


def answer(field: Field) -> str | None:
    if field.read_only:
        return None
    match field.kind:
        case FieldKind.TEXT:
            return "Ada Lovelace 1815"[: field.max_length]
        case FieldKind.CHECKBOX:
            return "true"
        case FieldKind.RADIO | FieldKind.CHOICE:
            return next((option.value for option in field.options if option.label.strip()), None)
        case _:
            return None


def fill_with_pikepdf(data: bytes, values: dict[str, str]) -> bytes:
    """Fields that pikepdf refuses are left out, to its advantage."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        form = Form(pdf, ExtendedAppearanceStreamGenerator)
        for key, value in values.items():
            try:
                _set(form[key], value)
            except Exception:  # noqa: S112 - whatever it is, it is the peer's, and the clock is what counts
                continue
        pdf.save(out)
    return out.getvalue()


def _set(field: object, value: str) -> None:
    match field:
        case MultipleFieldProxy():
            for each in field:
                _set(each, value)
        case TextField():
            field.value = value
        case CheckboxField():
            field.checked = True
        case RadioButtonGroup():
            field.value = pikepdf.Name(f"/{value}")
        case ChoiceField():
            field.value = value


def long_form() -> bytes:
    """A form of two fields on the first of many printed pages."""
    writer = FormWriter("A long document")
    for number in range(PAGES):
        page = writer.page()
        if not number:
            writer.text(page, "name", (200, 40, 200, 18), tooltip="Name")
            writer.text(page, "city", (200, 70, 200, 18), tooltip="City")
        for line in range(LINES):
            page.text(40, 120 + line * 11, f"{number}.{line} " + "the quick brown fox jumps over the lazy dog " * 2)
    return writer.to_bytes()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FORMS))
