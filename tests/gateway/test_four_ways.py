"""However an edit is started or cancelled, it ends in the same record and in the same state in Temporal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import uuid4

import pytest
from temporalio.client import Client

from durable_edits.client import open_edits
from durable_edits.contracts import DEFAULT_ORGANIZATION
from durable_edits.settings import Settings
from tests.forms import every_kind, many_fields_form, many_values
from tests.gateway.ways import (
    CANCELS,
    STARTS,
    Cancel,
    Doors,
    End,
    Start,
    bare_temporal_client,
    edits_client,
    end,
    post_and_wait,
    post_in_the_background,
    temporal_command_line,
)
from tests.live import Gateway, Live, inline, until
from tests.temporal_cli import TemporalCli

FORM, INSTRUCTIONS = every_kind(), "Full name: Zoë\nColour: blue\nI agree: yes\nshoe size: 38"
LONG = 2_000  # fields: some seconds of work
LONG_FORM, LONG_INSTRUCTIONS = many_fields_form(LONG), many_values(LONG)
NOT_A_FORM = b"%PDF-1.7 no objects"
NOTHING = {"error": None, "output": None, "filled_document_ref": None, "usage": None}
ODD_IDS = ["my edit 1", "team/2026/form 7", "Prüfung 日本", "a?b#c%2Fd", "q3/report", "x/cancel"]


@pytest.fixture(scope="session")
async def doors(
    stack: Live, gateway: Gateway, temporal: Client, temporal_ports: tuple[int, int], cli: TemporalCli
) -> AsyncIterator[Doors]:
    queue = stack.settings["EDITS_TASK_QUEUE"]
    async with open_edits(Settings(home=stack.home, task_queue=queue), temporal) as edits:
        bare = await Client.connect(stack.temporal)
        yield Doors(
            gateway,
            edits.within("acme", DEFAULT_ORGANIZATION),
            bare,
            cli,
            f"http://127.0.0.1:{temporal_ports[1]}",
            queue,
        )


def named(way: Start | Cancel) -> str:
    return way.__name__


@pytest.fixture(scope="session")
async def usual(doors: Doors) -> End:
    """What an ordinary edit over HTTP ends as."""
    return await end(doors, await post_in_the_background(doors, FORM, INSTRUCTIONS))


@pytest.mark.parametrize("start", STARTS, ids=named)
async def test_every_start_ends_in_the_same_record_and_state(doors: Doors, usual: End, start: Start) -> None:
    ended = await end(doors, await start(doors, FORM, INSTRUCTIONS))

    assert (ended.body["status"], ended.run, ended.steps) == ("completed", "COMPLETED", ["plan_edit", "fill_document"])
    assert ended == usual


@pytest.mark.parametrize("start", [edits_client, bare_temporal_client, temporal_command_line], ids=named)
async def test_every_start_fails_in_the_same_record_and_state(doors: Doors, start: Start) -> None:
    usual = await end(doors, await post_in_the_background(doors, NOT_A_FORM, INSTRUCTIONS))

    ended = await end(doors, await start(doors, NOT_A_FORM, INSTRUCTIONS))

    assert (ended.body["status"], ended.body["error"]["code"]) == ("failed", "invalid_document")
    assert (ended.run, ended.steps) == ("FAILED", ["plan_edit", "close_edit"])
    assert ended == usual


@pytest.mark.parametrize("cancel", CANCELS, ids=named)
async def test_every_cancel_ends_in_the_same_record_and_state(doors: Doors, cancel: Cancel) -> None:
    edit_id = await post_in_the_background(doors, LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: doors.cli.step_at_work(edit_id) == "fill_document", 60)

    await cancel(doors, edit_id)

    ended = await end(doors, edit_id)
    assert {name: ended.body[name] for name in NOTHING} == NOTHING
    assert (ended.body["status"], ended.run) == ("cancelled", "CANCELED")
    assert ended.steps == ["plan_edit", "fill_document", "close_edit"]


@pytest.mark.parametrize("edit_id", ODD_IDS)
async def test_any_workflow_id_is_an_edit_id(doors: Doors, usual: End, edit_id: str) -> None:
    await bare_temporal_client(doors, FORM, INSTRUCTIONS, edit_id)
    http, path = doors.gateway.http, f"/v1/edits/{quote(edit_id, safe='')}"

    until(lambda: http.get(path).json()["status"] == "completed", 20)
    assert http.get("/v1/edits").json()["data"][0]["id"] == edit_id
    assert http.get(f"{path}/report").json()["status"] == "completed"
    assert http.post(f"{path}/cancel").content == http.get(path).content
    # Where no edit is called so, what ends an edit is a known path that takes no GET.
    gone = 405 if edit_id.endswith("/cancel") else 404
    assert (http.delete(path).status_code, http.get(path).status_code) == (204, gone)


async def test_an_edit_started_through_temporal_alone_is_cancelled_over_http(doors: Doors) -> None:
    edit_id = await bare_temporal_client(doors, LONG_FORM, LONG_INSTRUCTIONS, "team/2026/Prüfung 1")

    answer = doors.gateway.http.post(f"/v1/edits/{quote(edit_id, safe='')}/cancel").json()

    assert (answer["id"], answer["status"]) == (edit_id, "cancelled")
    until(lambda: doors.cli.is_closed(edit_id), 20)
    assert doors.cli.run_status(edit_id) == "CANCELED"


async def test_an_edit_started_through_temporal_alone_is_stopped_by_its_deletion(doors: Doors) -> None:
    edit_id = await bare_temporal_client(doors, LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: doors.cli.step_at_work(edit_id) != "", 20)

    assert doors.gateway.http.delete(f"/v1/edits/{edit_id}").status_code == 204
    until(lambda: doors.cli.is_closed(edit_id), 20)
    assert doors.cli.run_status(edit_id) == "CANCELED"
    assert doors.gateway.http.get(f"/v1/edits/{edit_id}").status_code == 404


async def test_an_edit_that_no_worker_has_looked_at_is_there_over_http(doors: Doors) -> None:
    edit_id = f"waiting {uuid4()}"
    wanted = {"document": inline(FORM), "instructions": INSTRUCTIONS}
    await doors.temporal.start_workflow("EditWorkflow", wanted, id=edit_id, task_queue="nobody")

    body = doors.gateway.get(edit_id)
    assert (body["status"], body["instructions"], body["file"]["filename"]) == ("pending", INSTRUCTIONS, "form.pdf")
    assert edit_id in [row["id"] for row in doors.gateway.http.get("/v1/edits").json()["data"]]


@pytest.mark.parametrize("outcome", ["completed", "failed", "cancelled"])
async def test_cancelling_a_finished_edit_sends_nothing_to_temporal(doors: Doors, outcome: str) -> None:
    form = {"completed": FORM, "failed": NOT_A_FORM, "cancelled": LONG_FORM}[outcome]
    edit_id = await post_in_the_background(doors, form, INSTRUCTIONS)
    if outcome == "cancelled":
        doors.gateway.cancel(edit_id)
    await end(doors, edit_id)
    # A closed run takes no notice of a cancel; an open one of the same id would show that one was sent.
    namesake = await doors.temporal.start_workflow("EditWorkflow", {}, id=edit_id, task_queue="nobody")
    before = [event.event_id async for event in namesake.fetch_history_events()]

    assert doors.gateway.cancel(edit_id)["status"] == outcome
    assert [event.event_id async for event in namesake.fetch_history_events()] == before


async def test_a_terminated_run_is_a_failed_edit_with_its_own_code(doors: Doors) -> None:
    edit_id = await post_in_the_background(doors, LONG_FORM, LONG_INSTRUCTIONS)
    until(lambda: doors.cli.step_at_work(edit_id) == "fill_document", 60)

    doors.cli.workflow("terminate", "--workflow-id", edit_id)

    body = doors.gateway.get(edit_id)
    assert (body["status"], body["error"]["code"], body["output"]) == ("failed", "terminated", None)
    assert doors.cli.run_status(edit_id) == "TERMINATED"


async def test_a_reset_run_ends_in_the_record_that_stands(doors: Doors) -> None:
    edit_id = await post_and_wait(doors, FORM, INSTRUCTIONS)
    before = doors.gateway.http.get(f"/v1/edits/{edit_id}").content

    doors.cli.workflow("reset", "--workflow-id", edit_id, "--type", "FirstWorkflowTask", "--reason", "by an operator")
    until(lambda: doors.cli.is_closed(edit_id), 20)

    assert doors.cli.run_status(edit_id) == "COMPLETED"
    assert doors.gateway.http.get(f"/v1/edits/{edit_id}").content == before
