"""Runs that began under an earlier release go on under this one: their recorded histories replay."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from durable_edits.payload_keys import PayloadKey
from durable_edits.payloads import data_converter
from tests.replay.cases import CASES
from tests.replay.changed import FirstStepAdded, LastStepAdded, TimerAdded, TimerAddedToNewRuns
from tests.replay.record import HISTORIES, release
from workflows.edit import EditWorkflow

RECORDED = sorted(HISTORIES.glob("*/*.json"))
# A process id at a host, a file in somebody's tree, a traceback.
OF_A_MACHINE = re.compile(r"\d+@|/(home|root|Users|tmp|work|usr|opt|var|private)/|site-packages|Traceback|stackTrace")


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(name(path), path.read_text())


def replayer(workflow: type, *keys: PayloadKey) -> Replayer:
    """In the sandbox, which refuses clocks, chance and I/O, and which the deployed worker does without."""
    return Replayer(workflows=[workflow], data_converter=data_converter(keys))


def texts(value: Any) -> Iterator[str]:
    """Every text in a history, payloads decoded."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(base64.b64decode(item).decode() if key == "data" else item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    else:
        yield str(value)


@pytest.mark.parametrize("path", RECORDED, ids=name)
async def test_a_recorded_run_replays_without_a_difference(path: Path) -> None:
    await replayer(EditWorkflow).replay_workflow(history(path))


@pytest.mark.parametrize("path", RECORDED, ids=name)
async def test_a_run_from_before_payloads_were_encrypted_replays_after(path: Path) -> None:
    await replayer(EditWorkflow, PayloadKey("k1", b"k" * 32)).replay_workflow(history(path))


@pytest.mark.parametrize("path", RECORDED, ids=name)
async def test_a_recorded_run_replays_on_a_workflow_that_was_changed_with_care(path: Path) -> None:
    await replayer(TimerAddedToNewRuns).replay_workflow(history(path))


def test_every_life_of_an_edit_is_recorded_for_this_release() -> None:
    assert {path.stem for path in RECORDED if path.parent.name == release()} == set(CASES)


@pytest.mark.parametrize("changed", [FirstStepAdded, LastStepAdded, TimerAdded])
async def test_a_workflow_that_asks_for_something_else_does_not_replay(changed: type) -> None:
    with pytest.raises(NondeterminismError):
        await replayer(changed).replay_workflow(history(HISTORIES / release() / "finished.json"))


@pytest.mark.parametrize("path", RECORDED, ids=name)
def test_a_recorded_run_tells_nothing_of_the_machine_it_ran_on(path: Path) -> None:
    told = "\n".join(texts(json.loads(path.read_text())))

    assert OF_A_MACHINE.findall(told) == []
