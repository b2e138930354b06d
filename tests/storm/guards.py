"""`python -m tests.storm.guards [WORD …]`: take each guard out of a copy of this checkout, and see its test fail.

With words: the guards whose names hold one of them. Exit code 0 where every test failed without its guard.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.storm.stack import ROOT


@dataclass(frozen=True)
class Guard:
    keeps: str
    file: str
    text: str
    without: str
    test: str


GUARDS = [
    Guard(
        "the commit point: an outcome is set only where none is",
        "durable_edits/storage/catalog.py",
        '.where(edits.c.id == bindparam("edit"), edits.c.status.is_(None))',
        '.where(edits.c.id == bindparam("edit"))',
        "tests/workflow/test_races.py::test_a_cancel_that_commits_just_before_the_fill_wins",
    ),
    Guard(
        "a step that lost the commit removes what it stored",
        "activities/edits.py",
        "        await self._blobs.delete(*lost)\n",
        "",
        "tests/activities/test_fill.py::test_of_two_different_fills_the_later_takes_its_own_output_away",
    ),
    Guard(
        "no run is closed while a step of it may write",
        "workflows/edit.py",
        "ActivityCancellationType.WAIT_CANCELLATION_COMPLETED",
        "ActivityCancellationType.TRY_CANCEL",
        "tests/workflow/test_races.py::test_no_run_is_closed_while_its_step_may_still_write",
    ),
    Guard(
        "a cancel that a step's end has swallowed is noticed",
        "workflows/edit.py",
        "        if workflow.cancellation_reason() is not None:\n            raise asyncio.CancelledError  # a step",
        "        if False:\n            raise asyncio.CancelledError  # a step",
        "tests/workflow/test_cancel_meets_a_step.py::test_a_cancel_while_the_plan_is_stored_stops_the_fill",
    ),
    Guard(
        "closing is not torn by a cancel",
        "workflows/edit.py",
        "                continue  # a cancel that arrives",
        "                raise  # a cancel that arrives",
        "tests/workflow/test_cancel_meets_a_step.py::test_a_cancel_while_a_failure_is_written_leaves_the_edit_failed",
    ),
    Guard(
        "a result that cannot be read closes the edit",
        "workflows/edit.py",
        "    except (KeyError, ValueError):\n        message",
        "    except ZeroDivisionError:\n        message",
        "tests/workflow/test_closing.py::test_a_step_whose_result_cannot_be_read_leaves_no_edit_open",
    ),
    Guard(
        "the gateway commits a cancel itself where no worker answers",
        "durable_edits/client.py",
        "        await self.catalog.close_edit(Outcome(edit_id=edit_id, status=Status.CANCELLED))\n        edit =",
        "        edit =",
        "tests/workflow/test_races.py::test_a_cancel_before_any_worker_looked_is_final",
    ),
    Guard(
        "a plan that is stored late leaves nothing of a deleted edit",
        "activities/late.py",
        "    if record is not None and record.outcome is not None and record.outcome.filled is None:\n",
        "    if False:\n",
        "tests/activities/test_plan.py::test_a_plan_that_comes_after_its_edit_was_deleted_is_removed",
    ),
    Guard(
        "a step that nobody waits for commits nothing",
        "activities/heartbeat.py",
        "return error.status is RPCStatusCode.NOT_FOUND",
        "return False",
        "tests/workflow/test_operators.py::test_a_fill_that_ends_after_its_run_was_terminated_commits_nothing",
    ),
    Guard(
        "Temporal shows Canceled for each cancelled record",
        "activities/edits.py",
        "    if outcome.status is Status.CANCELLED:\n        info",
        "    if False:\n        info",
        "tests/workflow/test_operators.py::test_a_reset_does_not_bring_a_cancelled_edit_back",
    ),
    Guard(
        "what a killed worker stored is removed by the next",
        "activities/edits.py",
        "elif plan is not None and activity.info().attempt > 1:",
        "elif False:",
        "tests/activities/test_fill.py::test_a_fill_that_is_tried_again_removes_what_the_first_try_left",
    ),
    Guard(
        "a worker gives an edit up that is over its deadline",
        "activities/late.py",
        "        raise deadline_exceeded()\n",
        "        pass\n",
        "tests/workflow/test_deadline.py::test_a_worker_that_comes_too_late_does_nothing_more",
    ),
    Guard(
        "Temporal ends a run that no worker comes for",
        "durable_edits/runs.py",
        "execution_timeout=self._execution_timeout,",
        "",
        "tests/workflow/test_deadline.py::test_an_edit_that_no_worker_comes_for_ends_as_deadline_exceeded",
    ),
    Guard(
        "a key whose edit was written goes on with that edit",
        "durable_edits/storage/idempotency.py",
        "await self._delete(and_(_held(claim), idempotency_keys.c.object_id.is_(None)))",
        "await self._delete(_held(claim))",
        "tests/unit/test_idempotency.py::test_a_released_key_goes_on_with_what_was_made_already",
    ),
    Guard(
        "nothing half written is read",
        "durable_edits/storage/blobs.py",
        "        if len(data) != ref.size or hashlib.sha256(data).hexdigest() != ref.sha256:\n",
        "        if False:\n",
        "tests/unit/test_blobs.py::test_what_was_changed_is_not_handed_out",
    ),
]


def main(words: list[str]) -> int:
    chosen = [guard for guard in GUARDS if not words or any(word in guard.keeps for word in words)]
    kept = [guard for guard in chosen if not falls(guard)]
    print(f"{len(chosen) - len(kept)} of {len(chosen)} guards are seen to be missed")
    return 1 if kept else 0


def falls(guard: Guard) -> bool:
    """Whether the guard's test fails without it."""
    with tempfile.TemporaryDirectory(prefix="edits-guard-") as name:
        copy = Path(name) / "checkout"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        file = copy / guard.file
        code = file.read_text()
        if code.count(guard.text) != 1:
            print(f"STALE   {guard.keeps}: {guard.file} has its text {code.count(guard.text)} times")
            return False
        file.write_text(code.replace(guard.text, guard.without))
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", guard.test]
        run = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    failed = run.returncode == 1 and "failed" in run.stdout.splitlines()[-1]
    print(f"{'missed ' if failed else 'KEPT UP'} {guard.keeps}\n        {guard.test}", flush=True)
    if not failed:
        print("        " + "\n        ".join(run.stdout.splitlines()[-5:]))
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
