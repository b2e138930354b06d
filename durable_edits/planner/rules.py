"""The offline planner. What is named exactly is placed first, then what is meant, and no guesses: a value that could
belong to two fields is reported, not placed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from durable_edits.errors import NothingToFill
from durable_edits.form import Form, Plan, Unused
from durable_edits.planner.instructions import read_instructions
from durable_edits.planner.named import Named
from durable_edits.planner.orders import Order, read_orders
from durable_edits.planner.pairs import Pair
from durable_edits.planner.prose import read_prose, sentences_of
from durable_edits.planner.sheet import Sheet
from durable_edits.planner.understood import Understood

SHOWN_NAMES = 5
SENTENCE = 8  # words of the shortest text that is read as prose
_SENTENCES = re.compile(r"[^\W\d]{3,}[.!?](?:\s|$)")


def plan(form: Form, instructions: str) -> Plan:
    """A value for each field the instructions name; whatever was not used is in `unused` with its reason.

    Raises InstructionsEmpty, InstructionsError, NothingToFill.
    """
    given = read_instructions(instructions)
    sheet = Sheet(form, instructions)
    understood = Understood(form, sheet)
    named = Named(form, given.pairs, sheet, understood.roles)
    orders = [] if given.json else read_orders(instructions)
    obeyed = {order for order in orders if understood.obey(order)}
    said = _read(given.pairs, obeyed)
    for pair in said.pairs:
        sheet.number(pair)
    left = [pair for pair in said.pairs if not sheet.is_prose(pair) and not named.place(pair)]
    left = understood.place(said.pairs, [*left, *(pair for pair in said.pairs if sheet.is_prose(pair))])
    left = _tell(left, understood, sheet)
    understood.mention([sentence for text in said.texts for _, sentence in sentences_of(text)])
    unused = [sheet.unused(pair) for pair in [*said.idle, *left]]
    if not sheet.values and not obeyed:
        raise _nothing(form, unused, given.json_error)
    return Plan(values=sheet.values, unused=unused, planned=sheet.planned, left=sheet.left())


@dataclass(frozen=True, slots=True)
class _Said:
    """`pairs` in the order of the instructions; `texts` are the prose among them, `idle` that of which nothing came."""

    pairs: list[Pair]
    texts: list[str]
    idle: list[Pair]


def _read(given: list[Pair], obeyed: set[Order]) -> _Said:
    pairs, texts, idle = [], [], []
    for pair in given:
        if pair.path:
            pairs.append(pair)
            continue
        texts.append(pair.value)
        said = [each.pair for each in read_prose(pair.value)]
        pairs += said
        if not said and not any(order.what in pair.value for order in obeyed):
            idle.append(pair)
    return _Said(pairs, texts, idle)


def _tell(left: list[Pair], understood: Understood, sheet: Sheet) -> list[Pair]:
    """A label with sentences behind it that no field has: `About the refund: please …`."""
    still = []
    for pair in left:
        said = [each.pair for each in read_prose(pair.value)] if _tells(pair) else []
        if not said:
            still.append(pair)
            continue
        for each in said:
            sheet.number(each)
        still += understood.place(said, said)
        understood.mention([f"{pair.label}: {sentence}" for _, sentence in sentences_of(pair.value)])
    return still


def _tells(pair: Pair) -> bool:
    return len(pair.value.split()) >= SENTENCE and _SENTENCES.search(pair.value) is not None


def _nothing(form: Form, unused: list[Unused], json_error: str) -> NothingToFill:
    labels = ", ".join(repr(each.label or each.value)[:60] for each in unused[:SHOWN_NAMES])
    keys = ", ".join(repr(field.key)[:60] for field in form.fields[:SHOWN_NAMES])
    fault = f" ({json_error})" if json_error else ""
    return NothingToFill(
        f"No instruction names a field of the form{fault}. Found: {labels or 'nothing'}. The form has {keys}, "
        f"{len(form.fields)} fields in all; write one 'Label: value' a line, or JSON.",
        fields=len(form.fields),
        unmatched=len(unused),
    )
