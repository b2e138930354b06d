"""What each witness and rule of the offline planner is worth, and what planning costs.

    make bench-planner

Prints the score by tag and by case, the same with one thing taken away at a time, and the CPU of reading and planning
by the size of the form. The cases lie beside the checkout (see benchmarks/instructions.py); the forms whose CPU is
measured are made here.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import instructions
from benchmarks.instructions import CASES, FORMS, Verdict, judged
from dev.form_writer import FormWriter
from durable_edits.form import Form
from durable_edits.pdf import read_form
from durable_edits.pdf.cache import clear_cache
from durable_edits.planner import (
    buttons,
    derive,
    lines,
    meaning,
    named,
    names,
    plan,
    rules,
    senses,
    understood,
    vocabulary,
)

TAGS = ("literal", "fuzzy", "format", "structure", "prose", "foreign")
SIZES = (20, 200, 1_000, 2_500)
ROUNDS = 3


def main() -> int:
    if not (CASES.is_dir() and FORMS.is_dir()):
        print("no cases beside the checkout (../shared/instructions and ../shared/forms): no score")
    else:
        verdicts = list(judged(set()))
        for each in verdicts:
            instructions.show(each, verbose=False)
        for tag in TAGS:
            print(f"  {tag:<10} {_told([each for each in verdicts if tag in each.tags])}")
        print(f"  {'all':<10} {_told(verdicts)}")
        print("\nwithout")
        for name, away in WITHOUT.items():
            with away():
                _forget()
                print(f"  {name:<46} {_told(list(judged(set())))}")
            _forget()
    print("\nCPU, milliseconds: reading the form, planning as many values as it has fields, at most 300")
    for size in SIZES:
        print(f"  {size:>5} fields  {_cost(size)}")
    return 0


def _told(verdicts: list[Verdict]) -> str:
    expected = sum(each.expected for each in verdicts)
    right, wrong = sum(len(each.right) for each in verdicts), sum(len(each.wrong) for each in verdicts)
    passed = sum(each.passed for each in verdicts)
    return f"{100 * right / max(expected, 1):5.1f} % right  {wrong:>3} wrong  {passed:>2} of {len(verdicts)} cases"


def _forget() -> None:
    for cached in (names.normalised, names.words, names.bag, names.meant):
        cached.cache_clear()


Away = Callable[[], Any]


def _replaced(*changes: tuple[Any, str, Any]) -> Away:
    @contextmanager
    def away() -> Iterator[None]:
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in changes]
        for owner, name, value in changes:
            setattr(owner, name, value)
        try:
            yield
        finally:
            for owner, name, value in before:
                setattr(owner, name, value)

    return away


def _form_without(change: Callable[[Form], Form]) -> Away:
    real = instructions.form_of
    return _replaced((instructions, "form_of", lambda name: change(real(name))))


def _no_page(form: Form) -> Form:
    fields = []
    for field in form.fields:
        printed = field.printed.label if field.printed is not None else ""
        options = [option.model_copy(update={"printed": None}) for option in field.options]
        told = "" if field.description == printed else field.description
        fields.append(field.model_copy(update={"printed": None, "options": options, "description": told}))
    return form.model_copy(update={"fields": fields})


def _no_tooltips(form: Form) -> Form:
    fields = [
        field.model_copy(update={"description": field.printed.label if field.printed is not None else ""})
        for field in form.fields
    ]
    return form.model_copy(update={"fields": fields})


def _no_edges(form: Form) -> Form:
    bare = {"row": "", "column": "", "sections": ()}
    fields = [
        field.model_copy(update={"printed": field.printed.model_copy(update=bare) if field.printed else None})
        for field in form.fields
    ]
    return form.model_copy(update={"fields": fields})


def _nothing(*_: Any, **__: Any) -> list[Any]:
    return []


WITHOUT: dict[str, Away] = {
    "the printed page": _form_without(_no_page),
    "tooltips": _form_without(_no_tooltips),
    "names of fields, where they are only understood": _replaced((senses, "names_of", _nothing)),
    "rows, columns and headings": _form_without(_no_edges),
    "exact names": _replaced((named.Named, "place", lambda *_: False)),
    "synonyms and languages": _replaced(
        (names, "WAYS", {}), (names, "ALONE", {}), (names, "ENDS", frozenset()), (vocabulary, "WAYS", {})
    ),
    "whom a field is about": _replaced(
        (senses, "ROLES", frozenset()), (senses, "FAMILY", set()), (senses, "OTHERS", set())
    ),
    "parts and wholes of names, addresses, periods": _replaced((understood, "derived", _nothing)),
    "values over several boxes": _replaced((understood, "box_groups", _nothing)),
    "questions with buttons": _replaced((understood, "questions", _nothing)),
    "tables in text": _replaced((lines, "tables", _nothing)),
    "sentences": _replaced((rules, "read_prose", _nothing)),
    "the order and sections of the form": _replaced(
        (meaning, "SECTION", 0.0), (meaning, "GROUP", 0.0), (meaning, "NEIGHBOUR", 0.0), (meaning, "BESIDE", 0.0)
    ),
    "the lead over the next field": _replaced((meaning, "CLEAR", -1.0), (buttons, "AHEAD", -1.0)),
    "what a label asks for at once": _replaced(
        (derive, "composite", lambda _: ()), (understood, "composite", lambda _: ())
    ),
}


def _cost(size: int) -> str:
    data, told = _made(size)
    best_read = best_plan = float("inf")
    for _ in range(ROUNDS):
        clear_cache()
        start = time.process_time()
        form = read_form(data)
        middle = time.process_time()
        filled = len(plan(form, told).values)
        best_read, best_plan = min(best_read, middle - start), min(best_plan, time.process_time() - middle)
    return f"read {best_read * 1000:7.1f}  plan {best_plan * 1000:7.1f}  ({filled} values placed)"


def _made(size: int) -> tuple[bytes, str]:
    """Households: as many persons as make up the fields, forty boxes to a page, told as lines."""
    labels = ("First name", "Last name", "Date of birth", "City", "Postal code", "Phone", "Occupation", "E-mail")
    writer = FormWriter("Households")
    told = []
    for number in range(size):
        row = number % 40
        if row == 0:
            page = writer.page()
        label = f"{labels[number % len(labels)]} of person {number // len(labels) + 1}"
        page.text(40, 40 + row * 19, label, size=9)
        writer.text(page, f"f{number}", (220, 30 + row * 19, 260, 14))
        if number < 300:
            told.append(f"Person {number // len(labels) + 1}, {labels[number % len(labels)].lower()}: {_value(number)}")
    return writer.to_bytes(), "\n".join(told)


def _value(number: int) -> str:
    values = ("Ada", "Byron", "1990-02-03", "Ulm", "89073", "0731 555012", "baker", "ada@example.org")
    return values[number % len(values)]


if __name__ == "__main__":
    sys.exit(main())
