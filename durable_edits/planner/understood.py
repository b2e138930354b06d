"""What the instructions mean without naming it exactly, placed for the whole form at once."""

from __future__ import annotations

from functools import cached_property

from durable_edits.form import FieldKind, Form, Near
from durable_edits.planner.buttons import mentioned, ticked, unit_kind
from durable_edits.planner.dates import house_format
from durable_edits.planner.derive import PART_OF_NAME, composite, derived
from durable_edits.planner.facts import Fact, read_facts
from durable_edits.planner.limits import MAX_NAME, SHOWN_FIELDS
from durable_edits.planner.meaning import SURE, Candidate, Match, matched, shortlists
from durable_edits.planner.names import normal
from durable_edits.planner.orders import Order
from durable_edits.planner.pairs import Pair
from durable_edits.planner.questions import Question, questions
from durable_edits.planner.senses import Sense, Senses, read_senses, words_in_order
from durable_edits.planner.sheet import NO_NAME, Sheet
from durable_edits.planner.spread import box_groups, spread
from durable_edits.planner.values import fit

MOST = 0.97  # confidence of what is understood and not named
CLOSE = 0.15  # lead under which a person may want to look
SEEN = 0.7  # confidence of an answer that only stands in a sentence


class Understood:
    def __init__(self, form: Form, sheet: Sheet) -> None:
        self._form = form
        self._sheet = sheet
        self._house = house_format(f"{field.description[:MAX_NAME]} {field.key}" for field in form.fields)

    @property
    def roles(self) -> dict[str, frozenset[str]]:
        """Whom each field is about, where it is not the one who fills the form in."""
        return {sense.field.key: sense.roles for sense in self._senses.all if sense.roles and not sense.loosely}

    def place(self, pairs: list[Pair], left: list[Pair]) -> list[Pair]:
        """Place what can be; returns what is left. `pairs` are all that was said: a whole may need parts that have
        their field already."""
        if not left:
            return []
        sheet = self._sheet
        open_pairs = {id(pair) for pair in left}
        said = read_facts((sheet.number(pair), pair) for pair in pairs)
        made = derived(said, self._senses.all)
        facts = [fact for fact in said if id(fact.pair) in open_pairs]
        facts += [fact for fact in made if id(fact.pair) in open_pairs or fact.parts]
        done = self._tick(facts)
        facts = [fact for fact in facts if id(fact.pair) not in done]
        matches, unsure = matched(facts, shortlists(facts, self._senses, self._takes), sheet.known)
        streets = _streets(made, matches)
        whole = {id(match.fact.pair) for match in matches if not match.fact.made}
        for match in sorted(matches, key=lambda each: bool(each.fact.made)):
            if match.fact.made == PART_OF_NAME and id(match.fact.pair) in whole:
                continue
            told = streets.get(id(match.fact.pair), match.fact.value) if not match.fact.made else match.fact.value
            reason = self._fill(match, told)
            if not reason and "apt" in match.fact.own:
                kind = unit_kind(match.fact, match.sense.place, self._questions)
                if kind and not kind.keys() & sheet.values.keys():
                    sheet.put(kind, None, f"{match.fact.pair.path[-1]!r} says so", MOST)
            if not reason:
                done |= {id(match.fact.pair), *(id(pair) for pair in match.fact.uses)}
            elif not match.fact.made:
                sheet.refuse(match.fact.pair, reason)
        for index, candidates in unsure.items():
            if not facts[index].made and id(facts[index].pair) not in done:
                self._doubt(facts[index], candidates)
        return [pair for pair in left if id(pair) not in done]

    def mention(self, sentences: list[str]) -> None:
        """Tick what a sentence speaks of."""
        for sentence, values in mentioned(sentences, self._questions, self._sheet.values):
            self._sheet.put(values, None, f"the sentence {sentence.strip()[:80]!r} speaks of it", SEEN)

    def obey(self, order: Order) -> bool:
        """Keep or clear what an order names: a field, or all fields of a section."""
        keys = self._named_by(order.what)
        for key in keys:
            if order.clear:
                if key not in self._sheet.values:
                    self._sheet.put({key: ""}, None, f"the instructions say to clear {order.what!r}", MOST)
            else:
                self._sheet.kept.setdefault(key, order.what)
        return bool(keys)

    def _named_by(self, what: str) -> list[str]:
        wanted = frozenset(words_in_order(what))
        text = normal(what)
        if not text:
            return []
        exact = [field.key for field in self._form.fields if text in {normal(field.key), normal(field.description)}]
        if exact:
            return exact
        found = [sense.field.key for sense in self._senses.all if any(label.words == wanted for label in sense.labels)]
        if found:
            return found if len(found) == 1 else []
        return [
            field.key
            for field in self._form.fields
            if field.printed is not None
            and any(f"{normal(heading)} ".startswith(f"{text} ") for heading in field.printed.sections)
        ]

    def _tick(self, facts: list[Fact]) -> set[int]:
        done: set[int] = set()
        for tick in ticked(facts, self._questions, self._senses, self._sheet.values):
            why = f"it answers with {tick.text!r} what is asked there"
            if not self._sheet.put(tick.values, tick.fact.pair, why, min(tick.score, MOST)):
                done.add(id(tick.fact.pair))
        return done

    def _fill(self, match: Match, told: str) -> str:
        sense, fact = match.sense, match.fact
        if sense.boxes:
            values = spread(sense.boxes, told)
            if not values:
                return "the value does not fit the boxes it is for"
        else:
            value, reason = fit(sense.field, told, self._house)
            if value is None:
                return reason
            values = {sense.field.key: value}
        why = f"the {match.score.label.source} {match.score.label.text[:80]!r} says so"
        if fact.made:
            why = f"{fact.made}; {why}"
        sure = min(match.score.value, MOST) - (0.1 if match.lead < CLOSE else 0.0)
        return self._sheet.put(values, fact.pair, why, sure)

    def _doubt(self, fact: Fact, candidates: list[Candidate]) -> None:
        near = [
            Near(key=each.sense.field.key, reason=_why_not(each))
            for each in candidates[:SHOWN_FIELDS]
            if each.sense.field.key not in self._sheet.values
        ]
        sure = [each for each in candidates if each.score.value >= SURE]
        reason = self._sheet.reasons.get(id(fact.pair), NO_NAME)
        if len(sure) > 1 and reason == NO_NAME:
            keys = ", ".join(each.sense.field.key[-80:] for each in sure[:SHOWN_FIELDS])
            reason = f"{len(sure)} fields could be meant: {keys}"
        self._sheet.refuse(fact.pair, reason, near)

    def _takes(self, sense: Sense, fact: Fact) -> bool:
        taken = self._sheet.values.keys() | self._sheet.kept.keys()
        if sense.boxes:
            return bool(spread(sense.boxes, fact.value)) and not any(box.key in taken for box in sense.boxes)
        if sense.field.key in taken:
            return False
        return sense.field.kind is FieldKind.TEXT or fit(sense.field, fact.value, self._house)[0] is not None

    @cached_property
    def _senses(self) -> Senses:
        senses = read_senses(self._form, box_groups(self._form))
        for sense in senses.all:
            sense.parts = () if sense.boxes else composite(sense)
        return senses

    @cached_property
    def _questions(self) -> list[Question]:
        return questions(self._form)


def _streets(made: list[Fact], matches: list[Match]) -> dict[int, str]:
    """For an address of which the city or the code has a box of its own: what is left for the address."""
    apart = {id(match.fact.pair) for match in matches if match.fact.made and match.fact.own & {"city", "postal"}}
    return {id(fact.pair): fact.value for fact in made if id(fact.pair) in apart and fact.own & {"street", "address"}}


def _why_not(candidate: Candidate) -> str:
    label = candidate.score.label
    if candidate.score.value >= SURE:
        return f"its {label.source} {label.text[:60]!r} fits, but so does another field's"
    return f"its {label.source} {label.text[:60]!r} says only in part the same"
