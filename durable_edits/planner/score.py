"""How well what is said and what a field is agree, from 0 to 1, and which witness says so."""

from __future__ import annotations

from dataclasses import dataclass

from durable_edits.planner.facts import Fact
from durable_edits.planner.senses import Label, Sense, Senses
from durable_edits.planner.vocabulary import FAMILY, OPPOSITES, QUALIFIERS, ROLES, SELF

OUTER = 0.85  # what a word counts that only the surroundings say
FOREIGN_FAMILY = 0.45  # off where one of the two is about somebody else's family member
FOREIGN_PARTY = 0.5  # off where the field names another party, and what was said does not
UNNAMED_PARTY = 0.12  # off where what was said names a party, and the field does not
DENIED = 0.3
QUALIFIED = 0.05
NUMBERED = 0.15  # off a second line or entry where none was said
SELF_SAID = 0.04
SOFT = frozenset({"mailing", "physical", "permanent"})  # said of what most have one of
OTHER_CELL = 0.2  # where more was said, and nothing of it is in the head of the row, or in that of the column
CLOSER = 0.3  # what it weighs that a phone is called the daytime one, on a form that has no such word
WRONG_ROW = 0.5
RELATED_PARTY = 0.03
LOOSELY = 0.05  # off where only the heading of a table names another party
SPELT = 0.08  # for the very words, where several ways to say it stand on the form
OF_TWO = frozenset({"marriage", "divorce", "relationship"})  # what is about two people is said of either
RELATED = ({"parent", "mother"}, {"parent", "father"}, {"child", "dependent"}, {"attorney", "representative"},
           {"emergency", "contact"}, {"employer", "company"}, {"beneficiary", "employee"},
           {"contact", "representative"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    value: float
    label: Label


def score(fact: Fact, sense: Sense, senses: Senses) -> Score | None:
    """None where they contradict each other."""
    off = _parties(fact, sense, senses.roles)
    if off >= 1:
        return None
    best: Score | None = None
    for label in sense.labels:
        if best is not None and best.value >= label.trust + SPELT - off:
            continue
        value = _agreement(fact, label, sense, senses)
        value = value * label.trust - off - _denied(fact, sense)
        if value > 0 and fact.spelt:
            value += SPELT * len(fact.spelt & label.spelt) / len(fact.spelt)
        if value > 0 and (best is None or value > best.value):
            best = Score(value, label)
    if best is None:
        return None
    best = Score(best.value + _nearness(fact, sense), best.label)
    if fact.own - best.label.words - QUALIFIERS and any(not edge & fact.words for edge in sense.edges):
        best = Score(best.value - OTHER_CELL, best.label)
    if fact.row and not _same_row(fact, sense):
        return Score(best.value - WRONG_ROW, best.label) if best.value > WRONG_ROW else None
    return best


def _agreement(fact: Fact, label: Label, sense: Sense, senses: Senses) -> float:
    common = fact.own & label.words
    if not common or (not common - ROLES and label.words - ROLES and fact.own - ROLES):
        return 0.0
    unsaid = fact.own - label.words
    unasked = label.words - fact.own
    if contradict(fact.own, label.words, unsaid, unasked - fact.outer) or _other_number(fact, label, sense):
        return 0.0
    weight = senses.weight
    shared = weight(common)
    said = shared + OUTER * weight(unsaid & sense.outer)
    closer = {word for word in unsaid & QUALIFIERS if word not in senses.weights}
    cover = said / (shared + weight(unsaid - closer) + CLOSER * len(closer))
    explained = shared + OUTER * weight(unasked & fact.outer)
    soft = unasked & SOFT
    explain = explained / (shared + weight(unasked - soft) + CLOSER * len(soft))
    whole = 2 * cover * explain / (cover + explain)
    if fact.outer:
        around = fact.outer - label.words
        if around:
            near = weight(around & sense.outer) / weight(around)
            whole += 0.12 * near * (1 - whole) + 0.04 * near
    return whole


def contradict(one: frozenset[str], other: frozenset[str], unsaid: frozenset[str], unasked: frozenset[str]) -> bool:
    """Whether each has a word of which the other has an opposite and not it."""
    for word in unsaid:
        for line in OPPOSITES.get(word, ()):
            if line & unasked and not (line & one & other):
                return True
    return False


def _denied(fact: Fact, sense: Sense) -> float:
    """`Non-flowering` is not `flowering`, nor the other way round."""
    its = any("non" in label.words for label in sense.labels)
    return DENIED if its is not ("non" in fact.words) else 0.0


def _nearness(fact: Fact, sense: Sense) -> float:
    """What all witnesses say beyond what was said: an address is rather the applicant's than a permanent one."""
    everything: frozenset[str] = frozenset().union(*(label.words for label in sense.labels))
    more = (everything & QUALIFIERS) - fact.words
    own = SELF_SAID if everything & SELF and not fact.roles else 0.0
    second = {word for word in everything if word.isdecimal() and word != "1"} - fact.words
    return own - (QUALIFIED if more else 0.0) - (NUMBERED if second and not fact.row else 0.0)


def _other_number(fact: Fact, label: Label, sense: Sense) -> bool:
    """`Address 2` is not `Address 1`, nor `Address`."""
    mine = {word for word in fact.own if word.isdecimal()}
    its = {word for word in label.words if word.isdecimal()}
    if mine and its:
        return not mine & its
    return bool(mine) and not mine & (sense.outer | {str(number) for number in sense.numbers})


def _parties(fact: Fact, sense: Sense, known: frozenset[str]) -> float:
    """What is taken off for whom it is about; 1 and more: it is somebody else."""
    mine, its = fact.roles, sense.roles
    if mine & its or mine == its or (not its and fact.own & OF_TWO):
        return 0.0
    if mine and its:
        return RELATED_PARTY if any(one & mine and one & its for one in RELATED) else 1.0
    if not its:
        # A form may be about one party only; where it knows the party, its other fields are not that party's.
        elsewhere = bool(fact.made) or bool(mine & known)
        return FOREIGN_PARTY if elsewhere else UNNAMED_PARTY + (FOREIGN_FAMILY - UNNAMED_PARTY) * bool(mine & FAMILY)
    if sense.loosely:
        return LOOSELY
    return FOREIGN_FAMILY if its & FAMILY else FOREIGN_PARTY


def _same_row(fact: Fact, sense: Sense) -> bool:
    if sense.numbers:
        return fact.row in sense.numbers
    return fact.row == sense.rows or sense.same == 1
