"""What each field of a form is, from all that speaks of it: the printed label first, the tooltip and the name after."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from durable_edits.form import Field, FieldKind, Form, Printed
from durable_edits.planner.limits import MAX_NAME
from durable_edits.planner.names import meant, normal, short
from durable_edits.planner.vocabulary import FAMILY, MEANINGS, OPPOSITES, OTHERS, ROLES, SELF

# How far each witness is believed: a tooltip can be left over from another form, a name is for programs.
PRINTED, TOOLTIP, NAME, EDGE = 1.0, 0.97, 0.9, 0.85
# What form tools and makers of forms write where a tooltip says nothing.
_TOOL_WORDS_TEXT = """select from list enter text click tap here choose an a the option drop down dropdown menu type
in field value please to fill out box check tick this your data input one pick"""
TOOL_WORDS = frozenset(_TOOL_WORDS_TEXT.split())
DOUBTED = 0.5
EDGE_SOURCE = "head of the row or column"
NO_TOOLTIP = frozenset({"undefined", "untitled", "text", "field", "none", "null", "radiobuttongroup", "checkbox"})
MANY = 60  # fields with one word; more are looked through no further
LONG_HEADING = 9  # words; a longer heading is a sentence, and whom it speaks of is not whom each field is about
EDGE_WORDS = 5  # the same for the heads of rows and columns, which are shorter
COMMON = frozenset({"number", "name", "date", "code", "type", "line", "no", "item", "total", "amount", "address"})

_TOOL_NAME = re.compile(r"[#\W]*(?:[a-z]{1,2}\d[\d_]*|(?:text|check|field|date|list|drop|combo|radio|button|numeric|"
                        r"untitled|undefined|form|page|subform|row|cell|table|topmostsubform|body|pageset|box|group|"
                        r"readordercontrol)[\w]{0,14}?\d*)\W*", re.IGNORECASE)  # fmt: skip
_LINE = re.compile(
    r"^(?:p(?:ar)?t?\d{1,2}_?)?(?:line|ln|item|q|question)?_?\d{1,2}[a-z]?_(?=[A-Za-z])|^(?:p(?:ar)?t\d{1,2})?line\d{1,2}[a-z]?_?(?=[A-Z])",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.?!]\s+(?=[A-Z(])")
_OUTER = re.compile(r"\.\s+|\s+[-–—]\s*|:\s+|;\s+")
_QUOTED = re.compile(r"(?:select|check|tick)\s[^\"“]{0,20}[\"“]([^\"“”]{1,120}?)[.,]?[\"”]", re.IGNORECASE)
_INDEX = re.compile(
    r"(?:row|entry|person|parent|child|dependent|employer|job|school|vehicle|travell?er|member|witness)[\s_]?(\d{1,2})(?!\d)",
    re.IGNORECASE,
)

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class BoxGroup:
    """Boxes that one value is spread over, in the order of its parts; `name` is what their names have in common."""

    name: str
    boxes: tuple[Field, ...]


@dataclass(slots=True)
class Label:
    """One witness: the words of a field's own, in order, and how far it is believed."""

    text: str
    order: tuple[str, ...]
    trust: float
    source: str
    words: Words = frozenset()
    spelt: Words = frozenset()  # as they stand there


@dataclass(slots=True)
class Sense:
    field: Field
    place: int
    labels: list[Label]
    outer: Words
    roles: Words
    section: str
    rows: int = 0  # which of several fields with one sense it is, from 1
    same: int = 1  # how many there are
    numbers: frozenset[int] = frozenset()
    boxes: tuple[Field, ...] = ()  # that one value is spread over
    edges: tuple[Words, ...] = ()  # the heads of its row and its column, in a table
    headed: bool = False  # whether only a heading says whom it is about
    loosely: bool = False  # and the field is one of a table, or the only one of its kind, which needs no party
    parts: tuple[str, ...] = ()  # of a name or address that the label asks for at once


@dataclass(slots=True)
class Senses:
    all: list[Sense]
    weights: dict[str, float]
    by_word: dict[str, list[Sense]]
    roles: Words = frozenset()  # of all whom the form is about

    def weight(self, words: Words) -> float:
        weights = self.weights
        return sum(weights.get(word, 1.3) for word in words)


def read_senses(form: Form, groups: Sequence[BoxGroup] = ()) -> Senses:
    found = []
    beside = _row_owners(form)
    grouped = {box.key for group in groups for box in group.boxes}
    places = {each.key: place for place, each in enumerate(form.fields)}
    for group in groups:
        first = group.boxes[0]
        whole = first.model_copy(update={"key": group.name or first.key, "max_length": None, "comb": False})
        sense = _sense(whole, places[first.key], beside.get(first.key, frozenset()))
        sense.boxes = group.boxes
        found.append(sense)
    for place, each in enumerate(form.fields):
        if each.key in grouped:
            continue
        if each.read_only or each.kind is FieldKind.SIGNATURE:
            continue
        found.append(_sense(each, place, beside.get(each.key, frozenset())))
    _beside_each_other(found)
    _number(found)
    _loosen(found)
    seen: Counter[str] = Counter()
    for sense in found:
        seen.update({word for label in sense.labels for word in label.words})
    total = max(len(found), 1)
    weights = {
        word: (0.55 if word in COMMON else 1.0) * (0.5 + 0.5 * log(1 + total / count) / log(1 + total))
        for word, count in seen.items()
    }
    for word in SELF:
        weights[word] = 0.15
    by_word: dict[str, list[Sense]] = defaultdict(list)
    for sense in found:
        for word in sense.outer.union(*(label.words for label in sense.labels)):
            by_word[word].append(sense)
    roles = frozenset().union(*(sense.roles for sense in found)) if found else frozenset()
    return Senses(found, weights, by_word, roles)


def words_in_order(text: str) -> tuple[str, ...]:
    return meant(tuple(normal(text[:MAX_NAME]).split()))


def _sense(each: Field, place: int, beside: Words) -> Sense:
    printed = each.printed or Printed()
    labels: list[Label] = []
    outer: set[str] = set()
    if printed.label and not _just(printed.label, each):
        for text in _shorter(printed.label):
            _add(labels, text, PRINTED, "printed label")
    for text in (printed.row, printed.column):
        outer.update(_spoken_of(text, EDGE_WORDS))
        if printed.label and each.kind is not FieldKind.CHECKBOX:
            _add(labels, short(text), EDGE, EDGE_SOURCE)
    _read_tooltip(each, labels, outer)
    pieces = names_of(each)
    if pieces and each.key.rpartition(".")[2] == pieces[-1]:
        for text in dict.fromkeys((_LINE.sub("", pieces[-1]), short(_LINE.sub("", pieces[-1])))):
            _add(labels, text, NAME, "name of the field")
    for piece in pieces[:-1]:
        outer.update(words_in_order(piece))
    _doubt(labels)
    own_roles = {word for label in labels if label.source != EDGE_SOURCE for word in _spoken_of(label.text)} & ROLES
    near = own_roles | (outer & ROLES)
    headings, theirs = _read_headings(printed)
    headed = not near - SELF
    if not near - SELF:
        near |= theirs
    if not own_roles:
        near |= beside
    outer |= headings
    numbers = {
        int(number)
        for text in (each.key.rpartition(".")[2], *each.key.split(".")[:-1], printed.row)
        if (number := _numbered(text))
    }
    return Sense(
        field=each,
        place=place,
        labels=labels,
        outer=frozenset(outer),
        roles=frozenset(near & (FAMILY | OTHERS)),
        edges=_edges(printed),
        headed=headed,
        section=_section(each, printed, pieces),
        numbers=frozenset(numbers),
    )


def names_of(each: Field) -> list[str]:
    """The parts of a field's name that people gave it, not a form tool."""
    return [piece for piece in each.key[-MAX_NAME:].split(".") if not _TOOL_NAME.fullmatch(piece)]


def quoted_answer(tooltip: str) -> str:
    """`Select for "NAVY."` names the answer that a box is for."""
    found = _QUOTED.findall(tooltip[:MAX_NAME])
    return found[-1] if found else ""


def _spoken_of(text: str, most: int = LONG_HEADING) -> set[str]:
    """The words around a label. Whom a sentence or a remark in brackets speaks of is not whom the field is about."""
    bare = short(text)
    said = set(words_in_order(bare))
    return said if len(bare.split()) <= most else said - ROLES


def _read_tooltip(each: Field, labels: list[Label], outer: set[str]) -> None:
    tooltip = each.description[:MAX_NAME]
    if _says_nothing(tooltip) or (each.printed is not None and tooltip == each.printed.label):
        return
    parts = [part for part in _OUTER.split(short(tooltip)) if part.strip()]
    for text in _shorter(tooltip):
        _add(labels, text, TOOLTIP, "tooltip")
    if len(parts) > 1:
        _add(labels, short(parts[-1]), TOOLTIP, "tooltip")
        for part in parts:
            outer.update(_spoken_of(part))
    if quoted := quoted_answer(tooltip):
        _add(labels, quoted, PRINTED, "tooltip")


def _edges(printed: Printed) -> tuple[Words, ...]:
    if not printed.row:
        return ()
    heads = (printed.row, printed.column or printed.label)
    return tuple(words for head in heads if (words := frozenset(words_in_order(short(head)[:60]))))


def _read_headings(printed: Printed) -> tuple[set[str], set[str]]:
    """Their words, and of whom the innermost that speaks of somebody speaks."""
    said: set[str] = set()
    roles: set[str] = set()
    for text in printed.sections:
        words = _spoken_of(" ".join(text.split("(")[0].split()[:LONG_HEADING]))
        said |= words
        roles = words & ROLES or roles
    return said, roles


def _says_nothing(tooltip: str) -> bool:
    words = normal(tooltip[:200]).split()
    return "".join(words) in NO_TOOLTIP or all(word in TOOL_WORDS for word in words)


def _shorter(text: str) -> list[str]:
    bare = short(text[:MAX_NAME])
    first = _SENTENCE.split(bare)[0]
    return list(dict.fromkeys([bare or text[:MAX_NAME], first]))


def _add(labels: list[Label], text: str, trust: float, source: str) -> None:
    order = words_in_order(text)
    words = frozenset(order)
    if words and all(words != label.words for label in labels):
        labels.append(Label(text.strip(), order, trust, source, words, frozenset(normal(text).split())))


def _doubt(labels: list[Label]) -> None:
    """Where two witnesses contradict each other neither is sure, unless a third takes a side."""
    own = [label for label in labels if label.source != EDGE_SOURCE]
    for one in own:
        against = {each.source for each in own if each.source != one.source and _denies(one, each)}
        beside = {each.source for each in own if each.source != one.source and one.words <= each.words}
        if against and not beside:
            one.trust *= DOUBTED


def _denies(one: Label, other: Label) -> bool:
    unsaid, unasked = one.words - other.words, other.words - one.words
    known = one.words in MEANINGS and other.words in MEANINGS and not one.words & other.words - COMMON
    return known or any(line & unasked for word in unsaid for line in OPPOSITES.get(word, ()))


def _just(label: str, each: Field) -> bool:
    """The label of a button that only says yes is no name for it."""
    return each.kind is FieldKind.CHECKBOX and normal(label) in {"yes", "no", "oui", "non", "ja", "nein", "si", "sí"}


def _numbered(text: str) -> str:
    match = _INDEX.search(text)
    return match[1] if match else ""


def _section(each: Field, printed: Printed, pieces: list[str]) -> str:
    heading = printed.sections[0] if printed.sections else ""
    page = each.box.page if each.box else 0
    return f"{heading or page}|{'.'.join(pieces[:-1])}"


def _row_owners(form: Form) -> dict[str, Words]:
    """A box goes on with the person of the box before it in its row: `Spouse's first name`, `Last name`."""
    rows: dict[tuple[int, int], list[Field]] = defaultdict(list)
    for each in form.fields:
        if each.box is not None and each.printed is not None:
            middle = each.box.top + each.box.height / 2
            rows[each.box.page, round(middle * 120)].append(each)
    found: dict[str, Words] = {}
    for row in rows.values():
        row.sort(key=lambda each: each.box.left if each.box else 0.0)
        last: Words = frozenset()
        for each in row:
            label = each.printed.label if each.printed is not None else ""
            own = frozenset(words_in_order(short(label)[:120])) & ROLES
            found[each.key] = last
            last = own or last
    return found


def _beside_each_other(senses: list[Sense]) -> None:
    """`Name` beside `First name` is the last name, and `Number` beside `Street` is that of the house."""
    for place, sense in enumerate(senses):
        near = senses[max(place - 2, 0) : place] + senses[place + 1 : place + 3]
        around = {each.words for other in near if other.roles == sense.roles for each in other.labels}
        for label in list(sense.labels):
            if label.words == {"name"} and {"first", "name"} in around and {"last", "name"} not in around:
                sense.labels.remove(label)
                _add(sense.labels, "last name", label.trust, label.source)
            elif label.words == {"number"} and any("street" in words and len(words) < 3 for words in around):
                sense.labels.remove(label)
                _add(sense.labels, "house number", label.trust, label.source)


def _loosen(senses: list[Sense]) -> None:
    by_word: dict[str, list[Sense]] = defaultdict(list)
    for sense in senses:
        for word in frozenset().union(*(label.words for label in sense.labels)):
            by_word[word].append(sense)
    for sense in senses:
        if not sense.headed or not sense.roles or not sense.labels:
            continue
        own = sense.labels[0].words
        rarest = min((by_word[word] for word in own), key=len)
        others = (other for other in rarest if other is not sense)
        alone = len(rarest) <= MANY and not any(own <= label.words for other in others for label in other.labels)
        sense.loosely = sense.same > 1 or alone


def _number(senses: list[Sense]) -> None:
    """Fields that say the same stand in the order in which they are read."""
    alike: dict[tuple[Words, Words, str], list[Sense]] = defaultdict(list)
    for sense in senses:
        if sense.labels:
            alike[sense.labels[0].words, sense.roles, sense.field.kind.value].append(sense)
    for group in alike.values():
        group.sort(key=lambda sense: _reading_order(sense.field))
        for number, sense in enumerate(group, 1):
            sense.rows, sense.same = number, len(group)


def _reading_order(each: Field) -> tuple[float, float, float]:
    return (each.box.page, round(each.box.top, 2), each.box.left) if each.box else (0, 0, 0)
