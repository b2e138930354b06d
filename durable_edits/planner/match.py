"""Find the one field a label means, or say why there is none."""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz import fuzz, process

from durable_edits.form import Field, FieldKind, Form
from durable_edits.planner.instructions import Pair
from durable_edits.planner.limits import FUZZY_LENGTH, FUZZY_PAIRS, MARGIN, SURE
from durable_edits.planner.names import names_of, normal, squeezed

CONTAINERS = 3  # outer names joined to a leaf, at most: `address.home.street`


class Matcher:
    """Names of a form's fields, from exact to normalised; likeness last, and only where it is sure."""

    def __init__(self, form: Form) -> None:
        self._exact: dict[str, dict[int, list[Field]]] = defaultdict(lambda: defaultdict(list))
        self._normal: dict[str, dict[int, list[Field]]] = defaultdict(lambda: defaultdict(list))
        self._squeezed: dict[str, dict[int, list[Field]]] = defaultdict(lambda: defaultdict(list))
        self._fuzzy_left = FUZZY_PAIRS
        for field in form.fields:
            for rank, name in names_of(field):
                for index, form_of_name in (
                    (self._exact, name),
                    (self._normal, normal(name)),
                    (self._squeezed, squeezed(name)),
                ):
                    if form_of_name and field not in index[form_of_name][rank]:
                        index[form_of_name][rank].append(field)
        self._choices = [name for name in self._normal if len(name) >= FUZZY_LENGTH]

    def find(self, pair: Pair, taken: set[str]) -> tuple[Field | None, str]:
        """The field, or None and the reason. `taken` fields are no candidates where several share a name."""
        for spelling in _spellings(pair):
            for index, same in ((self._exact, str), (self._normal, normal), (self._squeezed, squeezed)):
                found = index.get(same(spelling))
                if not found:
                    continue
                fields = found[min(found)]
                if len(fields) == 1:
                    return fields[0], ""
                free = [field for field in fields if field.key not in taken]
                if len(free) == 1:
                    return free[0], ""
                return None, f"{len(fields)} fields have this name: {', '.join(f.key for f in fields[:4])}"
        return self._alike(pair)

    def _alike(self, pair: Pair) -> tuple[Field | None, str]:
        wanted = normal(pair.path[-1])
        if len(wanted) < FUZZY_LENGTH or self._fuzzy_left <= 0:
            return None, "no field has this name"
        self._fuzzy_left -= 1
        near = process.extract(wanted, self._choices, scorer=_likeness, limit=3, score_cutoff=SURE - MARGIN)
        if not near or near[0][1] < SURE:
            return None, "no field has this name"
        best = self._fields(near[0][0])
        rivals = [name for name, score, _ in near[1:] if score > near[0][1] - MARGIN and self._fields(name) != best]
        if len(best) != 1 or rivals:
            names = [near[0][0], *rivals]
            return None, f"several fields could be meant: {', '.join(names[:4])}"
        return best[0], ""

    def _fields(self, name: str) -> list[Field]:
        found = self._normal[name]
        return found[min(found)]


def radio_button(form: Form, pair: Pair) -> tuple[Field, str] | None:
    """`<group>.<option>`: the wire's name for one button of a group."""
    if len(pair.path) != 1 and pair.label.count(".") == 0:
        return None
    group, _, option = pair.label.rpartition(".")
    for field in form.fields:
        if field.kind is FieldKind.RADIO and field.key == group:
            found = next((each.value for each in field.options if option in {each.value, each.label}), None)
            return (field, found) if found is not None else None
    return None


def _spellings(pair: Pair) -> list[str]:
    """From the whole path to the last name alone, then to names joined in words."""
    path = pair.path[-CONTAINERS - 1 :]
    joined = [".".join(path[start:]) for start in range(len(path))]
    return list(dict.fromkeys([pair.label, *joined]))


def _likeness(left: str, right: str, *, score_cutoff: float | None = None) -> float:
    """Both the letters and the words must be alike: `first name` is not `last name`, nor `name`."""
    return min(fuzz.ratio(left, right), fuzz.token_sort_ratio(left, right))
