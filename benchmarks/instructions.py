"""How much of real instructions the offline planner puts in the right field, and how much in a wrong one.

    python -m benchmarks.instructions [-v] [case or tag …]
    python -m benchmarks.instructions --held-out

A third of the cases is held out: chosen by the hash of their names, over all tags and forms, and told in totals only,
so that no rule is made for them.

The cases, the forms and the judge (`score.py`) lie beside the checkout in ../shared; nothing happens where they are
absent. No server is needed: the plan is laid over the form as it was read and judged as the wire would show it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from durable_edits.errors import EditsError
from durable_edits.form import Form
from durable_edits.pdf import read_form
from durable_edits.planner import plan
from gateway.wire import form_fields

SHARED = Path(__file__).resolve().parents[2] / "shared"
CASES = SHARED / "instructions"
FORMS = SHARED / "forms"
PASS_RECALL = 0.9  # of the expected fields, and no wrong value: the cases' own rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """`missed` and `wrong` hold the judge's tuples: key, then what was found, then what was wanted."""

    case: str
    tags: list[str]
    expected: int
    right: list[str]
    missed: list[tuple[Any, ...]]
    wrong: list[tuple[Any, ...]]
    milliseconds: float
    error: str
    unused: list[str]

    @property
    def passed(self) -> bool:
        return not self.wrong and len(self.right) >= PASS_RECALL * self.expected


def main(arguments: list[str]) -> int:
    if not (CASES.is_dir() and FORMS.is_dir()):
        print("no cases beside the checkout (../shared/instructions and ../shared/forms): nothing was measured")
        return 0
    only = {each for each in arguments if not each.startswith("-")}
    aside = "--held-out" in arguments
    verdicts = list(judged(only, held_out=aside))
    for verdict in [] if aside else verdicts:
        show(verdict, verbose="-v" in arguments)
    expected = sum(each.expected for each in verdicts)
    right = sum(len(each.right) for each in verdicts)
    wrong = sum(len(each.wrong) for each in verdicts)
    passed = sum(each.passed for each in verdicts)
    percent = 100 * right / max(expected, 1)
    print(f"fields {percent:.1f} % right ({right} of {expected}), {wrong} wrong values, {passed} cases passed")
    return 0


def _aside() -> frozenset[str]:
    """For each tag the first case by its hash on a form that is not taken yet, then more of such forms."""
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in CASES.glob("*.json")]
    cases.sort(key=lambda case: hashlib.sha256(case["id"].encode()).hexdigest())
    found: dict[str, str] = {}
    for tag in [*sorted({tag for case in cases for tag in case["tags"]}), *[""] * len(cases)]:
        free = (case for case in cases if case["form"] not in found and (not tag or tag in case["tags"]))
        case = next(free, None)
        if case is not None and len(found) < len(cases) // 3 + 1:
            found[case["form"]] = case["id"]
    return frozenset(found.values())


def judged(only: set[str], *, held_out: bool = False) -> Iterator[Verdict]:
    """The cases with one of the ids or tags, or all."""
    judge = _judge()
    aside = _aside()
    for path in sorted(CASES.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        if (case["id"] in aside) is not held_out or (only and not only & {case["id"], *case["tags"]}):
            continue
        catalogue = json.loads((CASES / "forms" / f"{Path(case['form']).stem}.json").read_text(encoding="utf-8"))
        form = form_of(case["form"])
        error, values, unused = "", {}, []
        start = time.process_time()
        try:
            planned = plan(form, case["instructions"])
            values = planned.values
            unused = [f"{each.label!r} = {each.value!r}: {each.reason}" for each in planned.unused]
        except EditsError as fault:
            error = fault.code
        spent = (time.process_time() - start) * 1000
        right, missed, wrong = judge.judge(case, catalogue, _answered(form, values))
        yield Verdict(case["id"], case["tags"], len(case["expect"]), right, missed, wrong, spent, error, unused)


def _judge() -> Any:
    spec = importlib.util.spec_from_file_location("instructions_score", CASES / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def form_of(name: str) -> Form:
    return read_form((FORMS / name).read_bytes())


def _answered(form: Form, values: dict[str, str]) -> list[dict[str, Any]]:
    now = [field.model_copy(update={"value": values.get(field.key, field.value)}) for field in form.fields]
    return [shown.model_dump(mode="json") for field in now for shown in form_fields(field)]


def show(verdict: Verdict, *, verbose: bool) -> None:
    print(
        f"{'pass' if verdict.passed else 'FAIL'}  {verdict.case:<18} {len(verdict.right):>3} right of "
        f"{verdict.expected:<3} {len(verdict.wrong):>2} wrong {len(verdict.missed):>3} missed "
        f"{verdict.milliseconds:7.1f} ms  {' '.join(verdict.tags)} {verdict.error}"
    )
    if verbose:
        for each in verdict.wrong:
            print(f"      wrong   {each}")
        for each in verdict.missed:
            print(f"      missed  {each}")
        for line in verdict.unused:
            print(f"      unused  {line[:220]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
