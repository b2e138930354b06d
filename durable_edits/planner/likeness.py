"""Names that differ by slips of the pen only."""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from durable_edits.form import Field, Form
from durable_edits.planner.limits import FUZZY_LENGTH, FUZZY_PAIRS, MARGIN, SURE, TYPO_LENGTH
from durable_edits.planner.names import normal, short
from durable_edits.planner.vocabulary import REAL_WORDS


class Likeness:
    """Looks a label up by likeness, so many times and no more: each look-up goes through every name of the form."""

    def __init__(self, form: Form) -> None:
        self._left = FUZZY_PAIRS
        self._fields: dict[str, list[Field]] = defaultdict(list)
        for field in form.fields:
            for name in {normal(each) for each in _names(field)}:
                if len(name) >= FUZZY_LENGTH:
                    self._fields[name].append(field)
        self._names = list(self._fields)

    def find(self, label: str) -> tuple[Field | None, str]:
        wanted = normal(label)
        if len(wanted) < FUZZY_LENGTH:
            return None, "no field has this name"
        if self._left <= 0:
            return None, "no field has this name, and too many labels were looked up for a search by likeness"
        self._left -= 1
        near = process.extract(wanted, self._names, scorer=fuzz.ratio, limit=4, score_cutoff=SURE - MARGIN)
        if not near or near[0][1] < SURE:
            return None, "no field has this name"
        best = self._fields[near[0][0]]
        rivals = [name for name, score, _ in near[1:] if score > near[0][1] - MARGIN and self._fields[name] != best]
        if len(best) != 1 or rivals:
            return None, f"several fields could be meant: {', '.join([near[0][0], *rivals])}"
        if not only_slips(wanted, near[0][0]):
            return None, f"no field has this name; {best[0].key} is near but not the same"
        return best[0], ""


def only_slips(left: str, right: str) -> bool:
    """Word by word one slip at most; numbers, short words and words that are both real must be equal."""
    words = list(zip(left.split(), right.split(), strict=False))
    return len(left.split()) == len(right.split()) and all(_slip(one, other) for one, other in words)


def _slip(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < TYPO_LENGTH or any(letter.isdigit() for letter in one + other):
        return False
    # The last letters carry the meaning: lessor and lessee, payer and payee, accepted and acceptor.
    return one[-1] == other[-1] and not {one, other} <= REAL_WORDS and OSA.distance(one, other) == 1


def _names(field: Field) -> list[str]:
    names = [field.key, field.key.rpartition(".")[2]]
    return [*names, field.description, short(field.description)] if field.description else names
