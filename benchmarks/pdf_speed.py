"""`python -m benchmarks.pdf_speed`: CPU of a fill beside those of other libraries, in one process, in turn.

Cold: the engine has never seen the form. Warm: it has, as in a service that fills one form again and again; pikepdf
keeps nothing between two fills. Real forms come from ../shared/forms, or from the folder that is named.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks.machine import computer
from benchmarks.pdf_peers import peers
from benchmarks.pdf_plot import draw
from benchmarks.pdf_table import Row, table
from dev.form_writer import FormWriter
from durable_edits.form import Field, FieldKind
from durable_edits.pdf import clear_cache, fill_form, read_form
from tests.forms import many_fields_form
from tests.made_forms import kitchen_sink

FORMS = Path(__file__).parents[2] / "shared" / "forms"
ROUNDS = 7  # the best of them counts: other programs only ever add to it
ENOUGH = 0.02  # seconds of CPU in one measurement of a warm fill; the clock counts in steps
SLOW = 1.0  # seconds; what takes longer is measured twice
PAGES, LINES = 1_000, 60  # of the long document: about as much text as a page of print has
MANY = 3_000


def main(folder: Path) -> int:
    report(folder)
    return 0


def report(folder: Path = FORMS, picture: Path | None = None) -> None:
    """Print the table; draw it where a picture is asked for."""
    logging.disable()
    real = [measure(path.stem, path.read_bytes()) for path in sorted(folder.glob("*.pdf"))]
    made = [
        measure("made: every kind", kitchen_sink()),
        measure(f"made: {PAGES} pages", long_form()),
        measure(f"made: {MANY} fields", many_fields_form(MANY)),
    ]
    logging.disable(logging.NOTSET)
    print(table(real, made))
    if picture is not None:
        draw(real, made, f"{computer()} · {versions()}", picture)


def versions() -> str:
    installed = {"pikepdf": "pikepdf", "pypdf": "pypdf", "PyMuPDF": "pymupdf"}
    return ", ".join(f"{name} {version(installed[name])}" for name in peers())


def measure(name: str, data: bytes) -> Row:
    values = {field.key: value for field in read_form(data).fields if (value := answer(field)) is not None}
    fill = functools.partial(fill_form, data, values)
    others = {name: functools.partial(_tried, fill, data, values) for name, fill in peers().items()}
    first = {name: cpu(other) for name, other in others.items()}
    found: dict[str, list[float]] = {name: [seconds] for name, seconds in first.items()}
    cold, warm = [], []
    for done in range(1, (ROUNDS if first["pikepdf"] < SLOW else 2) + 1):
        clear_cache()
        cold.append(cpu(fill))
        warm.append(cpu(fill, ENOUGH))
        for name_, other in others.items():
            if first[name_] < SLOW or done == 1:
                found[name_].append(cpu(other))
    return Row(name, len(values), {each: min(seconds) for each, seconds in found.items()}, min(cold), min(warm))


def _tried(fill: Callable[[bytes, dict[str, str]], bytes], data: bytes, values: dict[str, str]) -> None:
    """A document that a peer refuses counts as far as it came, to its advantage."""
    with contextlib.suppress(Exception):
        fill(data, values)


def cpu(run: Callable[[], object], enough: float = 0.0) -> float:
    """Seconds of CPU of one run, on average over as many as take `enough` seconds."""
    runs, began = 0, time.process_time()
    while runs == 0 or time.process_time() - began < enough:
        run()
        runs += 1
    return (time.process_time() - began) / runs


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
