"""What a form asks with buttons: a question, and the answers that stand beside its boxes."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from durable_edits.form import Field, FieldKind, Form, Printed
from durable_edits.planner.answers_words import meanings
from durable_edits.planner.limits import MAX_NAME
from durable_edits.planner.names import normal, short
from durable_edits.planner.senses import names_of, quoted_answer, words_in_order
from durable_edits.planner.vocabulary import WIDGET_WORDS, plain

MAX_ANSWERS = 40  # boxes of one question; more are a table
_STEM = re.compile(r"(?:\[\d+\]|[\s_.-]*(?:yes|no|oui|non|ja|nein|true|false)|[\s_]*\d+)+$", re.IGNORECASE)
_GENERIC_TEXT = """check box checkbox select one only following tick mark option choice please if c cb button group
radio"""
_GENERIC = frozenset(_GENERIC_TEXT.split())

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One box: what stands beside it, and what is filled in to tick it."""

    text: str
    words: Words
    means: Words
    key: str
    value: str
    place: int


@dataclass(frozen=True, slots=True)
class Question:
    words: Words
    around: Words
    answers: tuple[Answer, ...]
    several: bool  # whether more than one box can be ticked

    @property
    def yes_or_no(self) -> bool:
        means = [answer.means & {"yes", "no"} for answer in self.answers]
        return len(self.answers) == 2 and all(means) and means[0] != means[1]


def questions(form: Form) -> list[Question]:
    found = []
    boxes: list[tuple[int, Field]] = []
    for place, field in enumerate(form.fields):
        if field.read_only:
            continue
        if field.kind is FieldKind.RADIO:
            found.append(_radio(place, field))
        elif field.kind is FieldKind.CHECKBOX:
            boxes.append((place, field))
    groups: dict[str, list[tuple[int, Field]]] = defaultdict(list)
    for place, field in boxes:
        for name in _belongs_to(field):
            groups[name].append((place, field))
    seen: set[tuple[int, ...]] = set()
    for name, members in groups.items():
        key = tuple(place for place, _ in members)
        if 1 < len(members) <= MAX_ANSWERS and key not in seen:
            seen.add(key)
            found.append(_boxes(name.partition(":")[2], members))
    return found


def _radio(place: int, field: Field) -> Question:
    answers, words = [], set(words_in_order(short(field.description[:MAX_NAME])))
    for name in names_of(field):
        words.update(words_in_order(name))
    around: set[str] = set()
    for option in field.options:
        printed = option.printed or Printed()
        shown = printed.label or option.label
        words.update(words_in_order(short(printed.row)), words_in_order(short(printed.column)))
        for heading in printed.sections[-1:]:
            around.update(words_in_order(heading[:80]))
        means = meanings(option.label) | meanings(short(shown)) | meanings(option.value)
        text = option.label if _names_nothing(shown) else shown
        answers.append(_answer(text, means, field.key, option.value, place))
    return Question(frozenset(words) - _GENERIC, frozenset(around), tuple(answers), several=False)


def _boxes(name: str, members: list[tuple[int, Field]]) -> Question:
    words = set(words_in_order(short(name)))
    around: set[str] = set()
    answers = []
    for place, field in members:
        printed = field.printed or Printed()
        text = quoted_answer(field.description) or printed.label or field.description
        last = field.key.rpartition(".")[2]
        means = meanings(short(text)) | meanings(text) | (meanings(re.split(r"[.,;:]", text)[0]) & {"yes", "no"})
        if (
            not means & {"yes", "no"}
            and (tail := re.search(r"(yes|no)(?:\[\d+\])?$", last, re.IGNORECASE))
            and not printed.label
        ):
            means |= {tail[1].casefold()}
        answers.append(_answer(text, means, field.key, "true", place))
        words.update(words_in_order(short(printed.row)), words_in_order(short(printed.column)))
        for heading in printed.sections:
            around.update(words_in_order(" ".join(heading.split()[:9])))
        for each in names_of(field):
            words.update(words_in_order(_without_number(_STEM.sub("", each))))
    return Question(frozenset(words) - _GENERIC, frozenset(around), tuple(answers), several=True)


def _answer(text: str, means: Words, key: str, value: str, place: int) -> Answer:
    return Answer(text, frozenset(words_in_order(short(text) or text)), means, key, value, place)


def _belongs_to(field: Field) -> list[str]:
    """The names under which boxes stand together: one stem, one row, one list, one beginning of their tooltips."""
    printed = field.printed or Printed()
    page = field.box.page if field.box else 0
    outer, _, last = field.key.rpartition(".")
    names = [f"key:{_STEM.sub('', field.key)}", f"name:{outer} {_without_number(last)}"]
    if printed.row:
        names.append(f"{page} row:{printed.row}")
    if printed.column:
        names.append(f"{page} column:{printed.column}")
    before, dash, _ = field.description[:MAX_NAME].rpartition(" - ")
    if dash:
        names.append(f"tooltip:{before.rpartition(' - ')[2]}")
    return names


def _without_number(name: str) -> str:
    """`Language 1 Check Box` and `Language 2 Check Box` are of one list."""
    words = [word for word in normal(name).split() if word not in WIDGET_WORDS]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return " ".join(words)


def _names_nothing(text: str) -> bool:
    return not normal(text) or plain(text).isdigit()
