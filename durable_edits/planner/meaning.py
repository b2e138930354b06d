"""What was said to the fields that mean it: all together, each once, and only where nothing else could be meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from durable_edits.assignment import assigned
from durable_edits.form import FieldKind
from durable_edits.planner.derive import ADDRESS_PARTS, NAME_PARTS, is_range
from durable_edits.planner.facts import Fact
from durable_edits.planner.kinds import can_be
from durable_edits.planner.limits import MEANT_SCORES
from durable_edits.planner.score import Score, score
from durable_edits.planner.senses import COMMON, EDGE_SOURCE, Sense, Senses
from durable_edits.planner.vocabulary import OPPOSITES, ROLES

SURE = 0.62  # of the agreement; below it a person would ask
CLEAR = 0.06  # by which the best field must lead, unless the order of the form decides
ONLY = 0.66  # agreement of the only field that has all the words of a name, whatever else its label says
TRUSTED = 0.8
CHOICE = 0.06  # what it counts that the value is among those a field offers
GENERIC = COMMON | frozenset({"description", "signature", "comment", "address", "reason", "quantity", "price", "place"})
ELSE = frozenset({"non", "not", "no", "other", "additional", "except", "without", "autre", "andere"})
PLACES = frozenset({"city", "state", "postal", "country", "apt", "county"})
SECTION = 0.12  # what the section counts in which most of a group of values belong
GROUP = 0.14  # what it counts to stand among the fields that the group's other values went to
AMONG = 40  # fields around them
NEIGHBOUR = 0.08  # what it counts to follow the field of the value before
BESIDE = 0.12  # what it counts for a part of a value to stand beside another part
SIDE = 3  # fields that count as beside
LOOK_BACK = 3  # values said before
NEAR = 12  # fields that may lie in between
SHORTLIST = 24  # fields weighed for one value


@dataclass(frozen=True, slots=True)
class Match:
    fact: Fact
    sense: Sense
    score: Score
    lead: float


@dataclass(slots=True)
class Candidate:
    sense: Sense
    score: Score
    bonus: float = 0.0

    @property
    def worth(self) -> float:
        return self.score.value + self.bonus


Shortlists = list[list[Candidate]]
Takes = Callable[[Sense, Fact], bool]


def shortlists(facts: Sequence[Fact], senses: Senses, takes: Takes) -> Shortlists:
    """For each fact the fields that may be meant, best first."""
    left = MEANT_SCORES
    found: Shortlists = []
    for fact in facts:
        near: list[Candidate] = []
        holders: list[Candidate] = []
        ranged = is_range(fact.value)
        for sense in _reached(fact, senses):
            if left <= 0:
                break
            if sense.field.kind is FieldKind.RADIO:
                continue
            left -= 1
            scored = score(fact, sense, senses)
            if scored is None or not can_be(scored.label.words | fact.own, fact.value):
                continue
            if ranged and scored.label.words & {"date", "start", "end"}:
                continue
            candidate = Candidate(sense, scored, CHOICE if sense.field.kind is FieldKind.CHOICE else 0.0)
            if fact.own <= scored.label.words:
                holders.append(candidate)
            if scored.value > SURE / 2 and _asks_for(sense, fact) and takes(sense, fact):
                near.append(candidate)
        if len(holders) == 1 and _only(fact, holders[0]) and holders[0] in near:
            near[near.index(holders[0])].score = Score(ONLY, holders[0].score.label)
        near.sort(key=lambda each: -each.score.value)
        found.append(near[:SHORTLIST])
    _vote(facts, found)
    return found


def _asks_for(sense: Sense, fact: Fact) -> bool:
    """A label that asks for several parts of a name or address takes the whole, and no single part of it."""
    if fact.made.endswith("together"):
        return sense.parts == fact.parts
    if not sense.parts:
        whole = "address" in fact.own and not fact.own & set(ADDRESS_PARTS)
        return not (whole and any(label.words & PLACES for label in sense.labels if label.source != EDGE_SOURCE))
    family = NAME_PARTS if sense.parts[0] in NAME_PARTS else ADDRESS_PARTS
    said = fact.own & set(family)
    if said and set(sense.parts) <= {"street", "house", "apt"}:
        return "street" in said
    if said:
        return len(said - {"initial"}) > 1
    return "name" in fact.own or "address" in fact.own


def _only(fact: Fact, holder: Candidate) -> bool:
    """Whether a field may be meant for being the only one with all the words of a name that says something: a date
    alone is not the date of birth, and a code not the foreign one."""
    label = holder.score.label
    more = label.words - fact.own
    telling = fact.own - ROLES - GENERIC
    apart = more - set(holder.sense.parts)
    if more & ELSE:
        return False
    close = not more & ROLES and not apart & OPPOSITES.keys() and fact.roles <= holder.sense.roles
    return label.trust >= TRUSTED and holder.score.value < ONLY and bool(telling) and close


def _reached(fact: Fact, senses: Senses) -> Iterable[Sense]:
    """Fields that share a word with the fact, those with a rare one first."""
    seen: set[int] = set()
    for word in sorted(fact.own, key=lambda each: len(senses.by_word.get(each, ()))):
        for sense in senses.by_word.get(word, ()):
            if sense.place not in seen:
                seen.add(sense.place)
                yield sense


def _vote(facts: Sequence[Fact], found: Shortlists) -> None:
    """The values of one group belong to one section: the one that has a place for most of them."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, fact in enumerate(facts):
        groups[fact.group[:1]].append(index)
    for members in groups.values():
        if len(members) < 2:
            continue
        votes: dict[str, float] = defaultdict(float)
        for index in members:
            best: dict[str, float] = {}
            for each in found[index]:
                if each.score.value >= SURE:
                    best[each.sense.section] = max(best.get(each.sense.section, 0.0), each.score.value)
            for section, value in best.items():
                votes[section] += value
        most = max(votes.values(), default=0.0)
        for index in members if most else []:
            for each in found[index]:
                each.bonus += SECTION * votes.get(each.sense.section, 0.0) / most


Known = Sequence[tuple[int, tuple[str, ...], int]]


def matched(facts: Sequence[Fact], found: Shortlists, known: Known) -> tuple[list[Match], dict[int, list[Candidate]]]:
    """The matches that are sure, and for each fact that has none the fields that came nearest.

    `known`: the numbers, groups and places of the values that have their field already.
    """
    first, _ = _assign(facts, found)
    anchors = [*known, *((match.fact.number, match.fact.group, match.sense.place) for match in first)]
    _gather(facts, found, anchors)
    return _assign(facts, found)


def _gather(facts: Sequence[Fact], found: Shortlists, anchors: Known) -> None:
    """Values that are said together stand together."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    told: dict[int, list[int]] = defaultdict(list)
    for number, group, place in anchors:
        told[number].append(place)
        for depth in range(1, len(group) + 1):
            places[group[:depth]].append(place)
    for fact, near in zip(facts, found, strict=True):
        _follow(fact, near, told)
        around = next(
            (places[fact.group[:depth]] for depth in range(len(fact.group), 0, -1) if fact.group[:depth] in places), []
        )
        if not around:
            continue
        for each in near:
            distance = min(abs(each.sense.place - place) for place in around)
            each.bonus += GROUP * (1 - min(distance, AMONG) / AMONG)


def _follow(fact: Fact, near: list[Candidate], told: dict[int, list[int]]) -> None:
    """Parts of one value stand side by side, and people write in the order of the form."""
    parts = told.get(fact.number, [])
    for each in near if parts else []:
        distance = min(abs(each.sense.place - place) for place in parts)
        if 0 < distance <= SIDE:
            each.bonus += BESIDE / distance
    before = next(
        (told[number] for number in range(fact.number - 1, fact.number - LOOK_BACK - 1, -1) if number in told), None
    )
    if before is None:
        return
    last = max(before)
    best = max((each.score.value for each in near), default=0.0)
    after = [each for each in near if 0 < each.sense.place - last <= NEAR and each.score.value > best - CLEAR]
    if after:
        min(after, key=lambda each: each.sense.place).bonus += NEIGHBOUR


def _assign(facts: Sequence[Fact], found: Shortlists) -> tuple[list[Match], dict[int, list[Candidate]]]:
    order = {place: column for column, place in enumerate({each.sense.place for near in found for each in near})}
    costs = [{order[each.sense.place]: 2 - each.worth for each in near if each.score.value >= SURE} for near in found]
    columns = assigned(costs, 2.0)
    picked: list[Candidate | None] = []
    claims: dict[int, list[tuple[float, Fact]]] = defaultdict(list)
    for column, fact, near in zip(columns, facts, found, strict=True):
        pick = None if column is None else next(each for each in near if order[each.sense.place] == column)
        picked.append(pick)
        if pick is None and near:
            claims[near[0].sense.place].append((near[0].worth, fact))
    worths = [{each.sense.place: each.worth for each in near} for near in found]
    holders = {pick.sense.place: index for index, pick in enumerate(picked) if pick is not None}
    matches, unsure = [], {}
    for index, (fact, pick, near) in enumerate(zip(facts, picked, found, strict=True)):
        if pick is None:
            unsure[index] = near
            continue
        rivals = [_instead(pick, each, worths, picked, holders) for each in near if each is not pick]
        others = [
            worth for worth, other in claims[pick.sense.place] if other.outer != fact.outer and other.own == fact.own
        ]
        lead = pick.worth - max([*rivals, *others], default=0.0)
        if lead < CLEAR:
            unsure[index] = near
        else:
            matches.append(Match(fact, pick.sense, pick.score, lead))
    return matches, unsure


def _instead(
    pick: Candidate,
    other: Candidate,
    worths: list[dict[int, float]],
    picked: list[Candidate | None],
    holders: dict[int, int],
) -> float:
    """What another field would be worth, with what it costs the fact that has it to go elsewhere."""
    holder = holders.get(other.sense.place)
    if holder is None:
        return other.worth
    own = worths[holder]
    back = max(
        (worth for place, worth in own.items() if place == pick.sense.place or place not in holders), default=0.0
    )
    return other.worth - own[other.sense.place] + max(back, 0.0)
