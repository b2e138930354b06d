"""Facts made from facts: parts of what was said whole, and wholes of what was said in parts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from durable_edits.planner.addresses import join_address, split_address, split_city, split_street, split_unit
from durable_edits.planner.answers_words import meanings
from durable_edits.planner.dates import read_day
from durable_edits.planner.facts import Fact, made_from
from durable_edits.planner.person_names import is_name, join_name, split_name
from durable_edits.planner.senses import EDGE_SOURCE, Sense
from durable_edits.planner.vocabulary import ROLES

PART_OF_NAME = "part of a name"
NAME_PARTS = ("first", "middle", "initial", "last")
# The words of a part's own label.
PART_WORDS = {
    "first": ("first", "name"), "middle": ("middle", "name"), "last": ("last", "name"),
    "initial": ("middle", "initial"),
    "street": ("street",), "house": ("house", "number"), "apt": ("apt",), "city": ("city",), "state": ("state",),
    "postal": ("postal", "code"), "country": ("country",),
}  # fmt: skip
ADDRESS_PARTS = ("street", "house", "apt", "city", "state", "postal", "country")
RANGE = re.compile(
    r"^(?:from|du|von|vom|desde|del|period[e:]?)?\s*(?P<start>\S.{3,24}?)\s*(?:to|until|throug"
    r"h|thru|au|bis(?: zum)?|hasta|al|[-–—])\s+(?P<end>\S.{3,24}?)\.?$",
    re.IGNORECASE,
)

MAX_RANGE = 80
MAX_LABEL = 80  # characters; a longer label explains, and what it names is not what it asks for
ORGANISATIONS = frozenset({"employer", "supplier"})  # their names are not those of persons
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
BESIDE = 3  # fields between a street and its house number
_OUTER = re.compile(r"\s[-–—]\s|:\s|\.\s+[A-Z]")

Group = tuple[tuple[str, ...], frozenset[str], frozenset[str], int]


def composite(sense: Sense) -> tuple[str, ...]:
    """The parts of one thing that a label asks for at once: `City, state, ZIP`."""
    for label in sense.labels:
        if label.source == EDGE_SOURCE or len(label.text) > MAX_LABEL or _OUTER.search(label.text):
            continue
        for family in (NAME_PARTS, ADDRESS_PARTS):
            parts = tuple(dict.fromkeys(word for word in label.order if word in family))
            if "initial" in parts and "middle" in parts:
                parts = tuple(part for part in parts if part != "initial")
            if len(parts) > 1 and "birth" not in label.words:
                return parts
    return ()


def _splits_streets(senses: Sequence[Sense]) -> bool:
    """Whether the form has a box for the house number beside one for the street."""
    houses = [sense.place for sense in senses if any(label.words == {"house", "number"} for label in sense.labels)]
    streets = [
        sense.place
        for sense in senses
        if any("street" in label.words or "address" in label.words for label in sense.labels)
    ]
    return any(abs(house - street) <= BESIDE for house in houses[:200] for street in streets[:200])


def derived(facts: Sequence[Fact], senses: Sequence[Sense]) -> list[Fact]:
    """What else the facts say, in the words of the form's labels."""
    wholes = {sense.parts for sense in senses if sense.parts}
    streets = _splits_streets(senses)
    single = {word for sense in senses for label in sense.labels for word in label.words}
    groups: dict[Group, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.group, fact.outer, fact.own & ROLES, fact.row].append(fact)
    found: list[Fact] = []
    for members in groups.values():
        found += _names(members, wholes, single)
        found += _addresses(members, wholes, single, streets=streets)
    for fact in facts:
        found += _period(fact)
        if "email" not in fact.own and EMAIL.fullmatch(fact.value.strip()):
            found.append(_part(fact, ("email",), fact.value, "an e-mail address"))
    return found


def _part(fact: Fact, words: tuple[str, ...], value: str, made: str) -> Fact:
    return made_from(fact, value=value, own=(*sorted(fact.own & ROLES), *words), made=made)


def _whole(facts: Sequence[Fact], words: tuple[str, ...], value: str, made: str, parts: tuple[str, ...] = ()) -> Fact:
    """What several facts are together."""
    uses = tuple(fact.pair for fact in facts)
    own = (*sorted(facts[0].own & ROLES), *words)
    return made_from(facts[0], value=value, own=own, made=made, parts=parts, uses=uses)


def _name_parts(members: list[Fact]) -> dict[str, Fact]:
    parts: dict[str, Fact] = {}
    for fact in members:
        named = fact.own - ROLES
        if named in ({"first", "name"}, {"last", "name"}, {"middle", "name"}, {"first"}, {"last"}, {"middle"}):
            parts.setdefault(next(iter(named - {"name"})), fact)
        elif named == {"middle", "initial"}:
            parts.setdefault("middle", fact)
    return parts


def _names(members: list[Fact], wholes: set[tuple[str, ...]], single: set[str]) -> Iterator[Fact]:
    parts = _name_parts(members)
    for fact in members:
        if fact.own & ORGANISATIONS:
            continue
        if not fact.own - ROLES and is_name(fact.value):
            yield _part(fact, ("name",), fact.value, "the name of whom it is about")
        if fact.own - ROLES <= {"name"} and not parts and is_name(fact.value):
            split = split_name(fact.value, middle="middle" in single)
            for part, value in split.items():
                made = _part(fact, PART_WORDS[part], value, PART_OF_NAME)
                parts[part] = made
                yield made
            if "initial" in single and "middle" in split:
                yield _part(fact, PART_WORDS["initial"], split["middle"][:1], PART_OF_NAME)
    values = {part: fact.value for part, fact in parts.items()}
    if not values:
        return
    some = next(iter(parts.values()))
    for order in wholes:
        family = [part for part in order if part in NAME_PARTS]
        if len(family) < 2 or order[0] not in NAME_PARTS:
            continue
        have = {"middle" if part == "initial" else part for part in family}
        if all(part in values for part in have - {"middle"}):
            text = join_name(values, tuple("middle" if part == "initial" else part for part in family))
            words = tuple(dict.fromkeys(word for part in family for word in PART_WORDS[part]))
            yield _whole([parts[part] for part in values if part in have], words, text, "a name put together", order)
    if {"first", "last"} <= values.keys() and not {"first", "last"} <= single:
        text = join_name(values, ("first", "middle", "last"))
        if some.value != text and not some.made:
            yield _whole(list(parts.values()), ("name",), text, "a name put together")


def _streets(parts: dict[str, Fact], made: list[Fact], single: set[str], *, streets: bool) -> list[Fact]:
    """The street with and without its number, as the form has boxes for them."""
    whole_street = parts.get("street")
    if whole_street is not None and streets and "house" not in parts and (split := split_street(whole_street.value)):
        made = [each for each in made if "street" not in each.own]
        made += [
            _part(whole_street, PART_WORDS["house"], split["house"], "part of an address"),
            _part(
                whole_street,
                PART_WORDS["street"] if "street" in single else ("address",),
                split["street"],
                "part of an address",
            ),
        ]
    if whole_street is not None and not whole_street.made and "street" not in single and "address" in single:
        made.append(_part(whole_street, ("address",), whole_street.value, "part of an address"))
    return made


def _addresses(members: list[Fact], wholes: set[tuple[str, ...]], single: set[str], *, streets: bool) -> Iterator[Fact]:
    parts: dict[str, Fact] = {}
    for fact in members:
        named = fact.own - ROLES
        for part, words in PART_WORDS.items():
            if part in ADDRESS_PARTS and named == frozenset(words):
                parts.setdefault(part, fact)
    made: list[Fact] = []

    def learn(fact: Fact, split: dict[str, str]) -> None:
        kept = fact.own & {"mailing", "permanent", "billing"}
        for part, value in split.items():
            if part in ADDRESS_PARTS and part not in parts:
                one = _part(fact, (*sorted(kept), *PART_WORDS[part]), value, "part of an address")
                parts[part] = one
                made.append(one)

    for fact in members:
        named = fact.own - ROLES - {"mailing", "permanent", "billing", "home", "physical"}
        if named <= {"address"} and "address" in fact.own:
            split = split_address(fact.value) or split_unit(fact.value) or {"street": fact.value}
            street = split.get("street", "")
            if "unit" not in split and (unit := split_unit(street)) and unit.get("street"):
                split |= unit
                street = split["street"]
            learn(fact, split)
        elif named and named <= {"city", "postal", "code", "state", "country"}:
            learn(fact, split_city(fact.value))
    made = _streets(parts, made, single, streets=streets)
    yield from made
    values = {part: fact.value for part, fact in parts.items()}
    if len(values) < 2:
        return
    some = next(iter(parts.values()))
    kinds = frozenset(some.own & {"mailing", "permanent", "billing"})
    for order in wholes:
        family = [part for part in order if part in ADDRESS_PARTS]
        if len(family) > 1 and sum(part in values for part in family) > 1:
            words = tuple(dict.fromkeys(word for part in family for word in PART_WORDS[part]))
            text = join_address(values, tuple(family))
            uses = [parts[part] for part in family if part in values]
            yield _whole(uses, (*sorted(kinds), *words), text, "an address put together", order)
    if not {"city", "postal"} & single and "street" in values and ("city" in values or "postal" in values):
        continental = (
            values.get("postal", "")[:1].isdigit() and "state" not in values and len(values.get("postal", "")) < 6
        )
        order = ("street", "house", "apt", "postal", "city", "country") if continental else ADDRESS_PARTS
        yield _whole(
            list(parts.values()), (*sorted(kinds), "address"), join_address(values, order), "an address put together"
        )


def is_range(value: str) -> bool:
    """From one day to another."""
    match = RANGE.match(value.strip()) if len(value) < MAX_RANGE else None
    return (
        match is not None and read_day(match["start"], "dmy") is not None and read_day(match["end"], "dmy") is not None
    )


def _period(fact: Fact) -> Iterator[Fact]:
    """`du 1/1 au 31/12` under any name is a start and an end."""
    answer, comma, rest = fact.value.partition(",")
    told = rest if comma and meanings(answer) & {"yes", "no"} else fact.value  # `yes, from … to …`
    match = RANGE.match(told.strip()) if is_range(told) else None
    if match is None:
        return
    name = tuple(word for word in fact.order if word != "date")
    for word, part in (("start", match["start"]), ("end", match["end"])):
        yield made_from(fact, value=part, own=(*name, "date", word), made="one end of a period")
