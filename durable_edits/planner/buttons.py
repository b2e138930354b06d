"""Answers to what a form asks with buttons: the right box of a group, and only that."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from durable_edits.planner.answers_words import meanings
from durable_edits.planner.facts import Fact
from durable_edits.planner.limits import MAX_CHOSEN
from durable_edits.planner.names import short
from durable_edits.planner.questions import Answer, Question
from durable_edits.planner.senses import Senses, words_in_order
from durable_edits.planner.vocabulary import FAMILY, OTHERS, ROLES, SELF, plain

ASKED = 0.55  # of the words of a name that a question must have
HINTED = 0.25  # where the answer is the very text of one box
KIND_ONLY = 0.6  # where only the surroundings of a fact say what it answers
ASKED_ABOUT = 60_000  # questions weighed in all, about 5 µs each
LONG_ANSWER = 5  # letters
UNIT_NEAR = 9  # fields between a number and the boxes that say of what
STRANGE = 0.35
EXPLAINED = 0.4  # where the question has no word that was not said
AHEAD = 0.12  # by which one question must lead the next
# Names that say only that there is a choice.
KINDS = frozenset({"type", "status", "category", "kind", "choice", "option", "class", "selection"})
_PARTS = re.compile(r"\s*(?:[\n;,]|\band\b|\bund\b|\bet\b|\by\b)\s*")
UNIT_KINDS = frozenset({"apartment", "suite", "floor"})


@dataclass(frozen=True, slots=True)
class Ticked:
    fact: Fact
    values: dict[str, str]
    score: float
    text: str


def ticked(facts: Sequence[Fact], asked: Sequence[Question], senses: Senses, taken: Iterable[str]) -> list[Ticked]:
    used = set(taken)
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, question in enumerate(asked):
        for word in question.words | question.around:
            by_word[word].append(index)
    left = ASKED_ABOUT
    alone = _alone(asked)
    found = []
    for fact in facts:
        near = {index for word in fact.own | fact.outer for index in by_word.get(word, ())}
        left -= len(near)
        if left < 0:
            break
        best = _best(fact, [asked[index] for index in sorted(near)], senses, used) or _only_answer(fact, alone, used)
        if best is not None:
            used.update(best.values)
            found.append(best)
    return found


def _alone(asked: Sequence[Question]) -> dict[str, Answer | None]:
    """The answers of which a form has one only, by what they mean; None for a meaning that several boxes have."""
    found: dict[str, Answer | None] = {}
    for question in asked:
        for answer in question.answers:
            for meaning in answer.means - {"yes", "no"}:
                before = found.get(meaning, answer)
                same = before is not None and (before.key, before.value) == (answer.key, answer.value)
                found[meaning] = answer if same else None
    return found


def _only_answer(fact: Fact, alone: dict[str, Answer | None], used: set[str]) -> Ticked | None:
    """`Type of return: amended`, where one box of the form says Amended and its question is nowhere printed."""
    means = meanings(fact.value)
    if not fact.own & KINDS or means & {"yes", "no"} or fact.roles:
        return None
    found = [answer for meaning in means if (answer := alone.get(meaning)) is not None]
    if len({(answer.key, answer.value) for answer in found}) != 1 or len(found[0].text) < LONG_ANSWER:
        return None
    answer = found[0]
    return None if answer.key in used else Ticked(fact, {answer.key: answer.value}, KIND_ONLY, answer.text)


def unit_kind(fact: Fact, place: int, asked: Sequence[Question]) -> dict[str, str]:
    """The box that says whether a number is that of an apartment, a suite or a floor, beside the box for the number."""
    said = {kind for word in (*fact.spelt, *fact.pair.value.split()[:1]) for kind in meanings(word) & UNIT_KINDS}
    if len(said) != 1:
        return {}
    near = [
        (abs(answer.place - place), answer)
        for question in asked
        if sum(bool(answer.means & UNIT_KINDS) for answer in question.answers) > 1
        for answer in question.answers
        if answer.means & said and abs(answer.place - place) <= UNIT_NEAR
    ]
    if not near:
        return {}
    answer = min(near, key=lambda each: each[0])[1]
    return {answer.key: answer.value}


def _best(fact: Fact, asked: Sequence[Question], senses: Senses, used: set[str]) -> Ticked | None:
    ranked: list[tuple[float, dict[str, str], str]] = []
    for question in asked:
        match = _asks(fact, question, senses)
        if match <= 0 or any(answer.key in used for answer in question.answers):
            continue
        chosen = _chosen(fact, question)
        if chosen and match >= _needed(fact, question, chosen):
            ranked.append((match, {answer.key: answer.value for answer in chosen}, chosen[0].text))
    ranked.sort(key=lambda each: -each[0])
    if not ranked:
        return None
    rivals = [match for match, values, _ in ranked[1:] if values != ranked[0][1]]
    if rivals and rivals[0] > ranked[0][0] - AHEAD:
        return None
    return Ticked(fact, ranked[0][1], ranked[0][0], ranked[0][2])


def _chosen(fact: Fact, question: Question) -> list[Answer]:
    parts = fact.pair.items or tuple(part for part in _PARTS.split(fact.value) if part.strip())
    if question.several and not question.yes_or_no and 1 < len(parts) <= MAX_CHOSEN:
        found = [_one(part, question) for part in parts]
        if None not in found:
            return [answer for answer in found if answer is not None]
        # Some of a list is no answer, unless the list is itself the text of one box.
        same = [answer for answer in question.answers if answer.means & meanings(fact.value)]
        return same if len(same) == 1 else []
    whole = _one(fact.value, question)
    return [] if whole is None else [whole]


def _one(value: str, question: Question) -> Answer | None:
    """The one answer that is meant: by the same meaning, or by the same words."""
    means = meanings(value)
    same = [answer for answer in question.answers if answer.means & means]
    if len(same) == 1:
        return same[0]
    if same or means & {"yes", "no"}:
        return None
    words = frozenset(words_in_order(value))
    if not words:
        return None
    inside = [answer for answer in question.answers if words <= answer.words]
    if len(inside) == 1:
        return inside[0]
    around = [answer for answer in question.answers if answer.words and answer.words <= words]
    return around[0] if len(around) == 1 and not inside else None


def _asks(fact: Fact, question: Question, senses: Senses) -> float:
    """How surely this question is what the fact answers."""
    roles = fact.roles
    theirs = question.words & (FAMILY | OTHERS)
    if (roles and theirs and not roles & theirs) or (theirs & FAMILY and not roles):
        return 0.0
    if roles & FAMILY and not theirs and not roles & question.around:
        return 0.0
    own = fact.own - KINDS
    weight = senses.weight
    everything = question.words | question.around
    if not own - ROLES:
        # `type: attorney` under `representative`.
        return KIND_ONLY if (fact.own | fact.outer) & everything - KINDS else 0.0
    said = weight(own & question.words) + 0.6 * weight((own - question.words) & question.around)
    # Of a sentence, words that the form does not know say little.
    strange = {word for word in own - everything if word not in senses.weights} if fact.pair.told else set()
    cover = said / (weight(own - strange) + STRANGE * len(strange))
    if fact.outer and cover:
        cover += 0.1 * weight(fact.outer & everything) / weight(fact.outer)
    return cover


def _needed(fact: Fact, question: Question, chosen: list[Answer]) -> float:
    """How sure it must be: less where the answer is the very text of a box."""
    means = meanings(fact.value)
    if means & {"yes", "no"}:
        if not question.yes_or_no or not fact.own - KINDS - ROLES:
            return 2.0
        return EXPLAINED if question.words and question.words <= fact.own | fact.outer else ASKED
    exact = len(chosen) > 1 or bool(means & chosen[0].means)
    return HINTED if exact else ASKED if fact.own - KINDS - ROLES else 2.0


_WISH = re.compile(
    r"\b(?:want|would like|like|need|choose|prefer|apply|request|order|möchte|brauche|wünsche|"
    r"beantrage|voudrais|souhaite|demande|quiero|"
    r"quisiera|solicito|deseo)\b",
    re.IGNORECASE,
)
_NOT = frozenset(
    {"no", "not", "without", "kein", "keine", "keinen", "nicht", "ohne", "pas", "sans", "ni", "sin", "neither", "nor"}
)
MENTIONED = 3  # letters an answer must have to be found in a sentence


def mentioned(
    sentences: Iterable[str], asked: Sequence[Question], taken: Iterable[str]
) -> list[tuple[str, dict[str, str]]]:
    """Answers that stand in a sentence about their question: `a passport book, no card`."""
    used = set(taken)
    counts = Counter(word for question in asked for answer in question.answers for word in {plain(short(answer.text))})
    found = []
    for sentence in sentences:
        said = plain(sentence).split()
        words = frozenset(words_in_order(sentence))
        wished = _WISH.search(sentence) is not None
        for question in asked:
            if question.yes_or_no or any(answer.key in used for answer in question.answers):
                continue
            hits = [answer for answer in question.answers if _stands_in(answer, said)]
            if len(hits) != 1 or hits[0].means & {"yes", "no"}:
                continue
            about = (question.words | question.around) - hits[0].words - KINDS - SELF
            alone = counts[plain(short(hits[0].text))] == 1
            if about & words or (wished and alone):
                found.append((sentence, {hits[0].key: hits[0].value}))
                used.add(hits[0].key)
    return found


def _stands_in(answer: Answer, said: list[str]) -> bool:
    wanted = plain(short(answer.text)).split()
    if sum(map(len, wanted)) < MENTIONED:
        return False
    for place in range(len(said) - len(wanted) + 1):
        if said[place : place + len(wanted)] == wanted:
            return not _NOT & set(said[max(place - 2, 0) : place])
    return False
