"""Find the one field a label means, or say why there is none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

from durable_edits.form import Field, Form
from durable_edits.planner.likeness import Likeness
from durable_edits.planner.limits import MAX_NAME, SHOWN_FIELDS
from durable_edits.planner.names import core_words, normal, segments, short, squeezed, words
from durable_edits.planner.pairs import Pair
from durable_edits.planner.vocabulary import MEANINGS

SUFFIXES = 3  # last parts of a key that are a name of their own: `address.street`

Level = tuple[Callable[[str], Hashable], dict[Hashable, list[Field]]]


class Matcher:
    """Names of a form's fields, from exact to the same set of words; likeness last, and only where it is sure."""

    def __init__(self, form: Form, pairs: Iterable[Pair] = ()) -> None:
        self._levels: list[Level] = []
        sources = (_key, _key_ends, _label)
        for same in (str, normal, squeezed):
            self._levels += [_level(form, source, same) for source in sources]
        self._levels += [_level(form, source, words) for source in (_key, _key_ends, _label, _label_parts)]
        self._levels += [_level(form, source, core_words) for source in (_key_ends, _label)]
        self._spoken = {word for field in form.fields for word in _said(field)}
        self._ends = Counter(words(pair.path[-1]) for pair in pairs if pair.path)
        self._order = {field.key: place for place, field in enumerate(form.fields)}
        self._likeness = Likeness(form)

    def find(self, path: tuple[str, ...], previous: str = "") -> tuple[Field | None, str]:
        """The field, or None and the reason. Of several with one name, the one that follows `previous` is meant."""
        for start in range(len(path)):
            spelling = ".".join(path[start:])
            fields = self._named(spelling) or self._named(short(spelling))
            if not fields:
                continue
            field = self._only(fields, previous)
            if field is None:
                return None, f"{len(fields)} fields could be meant: {_shown(fields)}"
            if _says_otherwise(field, spelling):
                return None, f"the field {field.key} is labelled so, but its own name says otherwise"
            if start and (word := self._told_apart_by(path[:start], path[-1], field)):
                return None, f"the field {field.key} has this name, but not within {word}"
            return field, ""
        if len(path) != 1:
            return None, "no field has this name"
        return self._likeness.find(path[-1])

    def _named(self, spelling: str) -> list[Field]:
        for same, index in self._levels:
            if (wanted := same(spelling)) and (found := index.get(wanted)):
                return found
        return []

    def _only(self, fields: list[Field], previous: str) -> Field | None:
        """People write in the order of the form: the last name that stands right after the first name is its own."""
        if len(fields) == 1:
            return fields[0]
        fields = [field for field in fields if not field.read_only]
        following = self._order.get(previous, -2) + 1
        near = [field for field in fields if len(fields) == 1 or self._order[field.key] == following]
        return near[0] if len(near) == 1 else None

    def _told_apart_by(self, outer: tuple[str, ...], leaf: str, field: Field) -> str:
        """The outer name that may not be left out: the form or the instructions have such a field more than once."""
        said = _said(field)
        for name in outer:
            own = words(name)
            if own <= said:
                continue
            if name.isdigit() or own & self._spoken or self._ends[words(leaf)] > 1:
                return name
        return ""


def radio_buttons(groups: Iterable[Field]) -> dict[str, tuple[Field, str]]:
    """`<group>.<option>`: the wire's name for one button of a group, by its value and by what a person sees."""
    found: dict[str, tuple[Field, str]] = {}
    for name in ("value", "label"):
        for field in groups:
            for option in field.options:
                found.setdefault(f"{field.key}.{getattr(option, name)}", (field, option.value))
    return found


def _level(form: Form, source: Callable[[Field], Iterator[str]], same: Callable[[str], Hashable]) -> Level:
    index: dict[Hashable, list[Field]] = defaultdict(list)
    for field in form.fields:
        for wanted in {same(name) for name in source(field)}:
            if wanted:
                index[wanted].append(field)
    return same, dict(index)


def _key(field: Field) -> Iterator[str]:
    yield field.key


def _key_ends(field: Field) -> Iterator[str]:
    parts = field.key[-MAX_NAME:].split(".")
    for count in range(1, min(SUFFIXES, len(parts) - 1) + 1):
        yield ".".join(parts[-count:])
    if len(parts) == 1:
        yield field.key


def _label(field: Field) -> Iterator[str]:
    if field.description:
        yield field.description
        yield short(field.description)


def _label_parts(field: Field) -> Iterator[str]:
    yield from segments(field.description)


def _said(field: Field) -> frozenset[str]:
    return words(field.key) | words(field.description)


def _says_otherwise(field: Field, spelling: str) -> bool:
    """A printed label may belong to the field beside: `LastName` is no place for a city, whatever stands there."""
    own, asked = words(field.key.rpartition(".")[2]), words(spelling)
    if (
        field.printed is not None
        and field.description
        and words(field.printed.label) == asked == words(field.description)
    ):
        return False  # the page and the tooltip say so, two against one
    return own in MEANINGS and asked in MEANINGS and own != asked


def _shown(fields: list[Field]) -> str:
    more = ", …" if len(fields) > SHOWN_FIELDS else ""
    return ", ".join(field.key[-80:] for field in fields[:SHOWN_FIELDS]) + more
