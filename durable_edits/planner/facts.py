"""What the instructions say, one thing at a time, in words that can be compared with those of a form."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from durable_edits.planner.names import normal, short
from durable_edits.planner.pairs import Pair
from durable_edits.planner.senses import words_in_order
from durable_edits.planner.vocabulary import FAMILY, OTHERS, ROLES

Words = frozenset[str]
# Names of wrappings, which say nothing about what is in them.
WRAPPINGS = frozenset(
    {"data", "form", "value", "field", "info", "information", "detail", "personal", "record", "answer"}
)


@dataclass(frozen=True, slots=True)
class Fact:
    """`own` are the words of the innermost name, `outer` those around it. `row` counts the entries of a list, from 1.
    `made` says from what a fact was made that the instructions do not say in so many words."""

    pair: Pair
    value: str
    own: Words
    order: tuple[str, ...]
    outer: Words
    roles: Words
    group: tuple[str, ...]
    row: int = 0
    made: str = ""
    spelt: Words = frozenset()
    parts: tuple[str, ...] = ()  # of what was put together
    number: int = 0  # its place among what was said
    uses: tuple[Pair, ...] = ()  # what else it was put together from

    @property
    def words(self) -> Words:
        return self.own | self.outer


def read_facts(pairs: Iterable[tuple[int, Pair]]) -> list[Fact]:
    facts = [fact for number, pair in pairs if (fact := read_fact(pair, number)) is not None]
    facts = _named_apart(facts)
    counts = Counter((fact.own, fact.outer, fact.row) for fact in facts)
    seen: Counter[tuple[Words, Words, int]] = Counter()
    numbered = []
    for fact in facts:
        same = fact.own, fact.outer, fact.row
        seen[same] += 1
        if counts[same] > 1 and not fact.row:
            numbered.append(made_from(fact, row=seen[same]))
        else:
            numbered.append(fact)
    return numbered


def _named_apart(facts: list[Fact]) -> list[Fact]:
    """A name beside a first name is the last name, and a number beside a street that of the house."""
    groups: dict[tuple[tuple[str, ...], Words], set[Words]] = defaultdict(set)
    for fact in facts:
        groups[fact.group, fact.roles].add(fact.own - ROLES)
    found = []
    for fact in facts:
        beside = groups[fact.group, fact.roles]
        if fact.own - ROLES == {"name"} and {"first", "name"} in beside and {"last", "name"} not in beside:
            found.append(made_from(fact, own=(*sorted(fact.own & ROLES), "last", "name")))
        elif fact.own == {"number"} and {"street"} in beside:
            found.append(made_from(fact, own=("house", "number")))
        else:
            found.append(fact)
    return found


def read_fact(pair: Pair, number: int) -> Fact | None:
    if not pair.path:
        return None
    names = [name for name in pair.path if not name.isdecimal()]
    row = next((int(name) for name in reversed(pair.path) if name.isdecimal() and len(name) < 4), 0)
    if not names:
        return None
    order = words_in_order(short(names[-1]) or names[-1])
    own = frozenset(order)
    outer = frozenset(word for name in names[:-1] for word in words_in_order(name)) - WRAPPINGS
    if not own - ROLES and len(names) > 1 and not own:
        return None
    roles = (own | outer) & (FAMILY | OTHERS)
    return Fact(
        pair,
        pair.value,
        own,
        order,
        outer,
        roles,
        pair.path[:-1],
        row,
        spelt=frozenset(normal(names[-1]).split()),
        number=number,
    )


def made_from(
    fact: Fact,
    *,
    value: str | None = None,
    own: tuple[str, ...] | None = None,
    row: int | None = None,
    made: str = "",
    parts: tuple[str, ...] = (),
    uses: tuple[Pair, ...] = (),
) -> Fact:
    order = fact.order if own is None else own
    return Fact(
        pair=fact.pair,
        value=fact.value if value is None else value,
        own=frozenset(order),
        order=order,
        outer=fact.outer,
        roles=fact.roles,
        group=fact.group,
        row=fact.row if row is None else row,
        made=made or fact.made,
        parts=parts,
        number=fact.number,
        uses=uses,
        spelt=fact.spelt if own is None else frozenset(order),
    )
