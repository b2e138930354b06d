"""Errors as Temporal sees them: the tree's code, whether to try again, and whether anybody must be woken."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.failures import as_failures
from durable_edits.errors import (
    BlobsUnavailable,
    CatalogUnavailable,
    EditsError,
    EngineCrashed,
    FetchUnreachable,
    InternalError,
    InvalidDocument,
    TemporalUnavailable,
)
from tests.activities.bench import LONG_FORM, LONG_VALUES, Bench, attempt, begun, open_bench

OURS = {"infrastructure_error", "temporal_unavailable", "catalog_unavailable", "blobs_unavailable", "blob_missing"}
OURS |= {"payload_unreadable", "engine_crashed", "internal_error", "step_given_up"}
RETRIED = OURS | {"fetch_unreachable", "model_unavailable", "rate_limited"}  # the last is of the gateway alone


def tree(root: type[EditsError]) -> Iterator[type[EditsError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from tree(kind)


KINDS = sorted(set(tree(EditsError)), key=str)


async def failure(error: BaseException, tries: int = 1) -> ApplicationError:
    @activity.defn
    @as_failures
    async def step() -> None:
        raise error

    with pytest.raises(ApplicationError) as caught:
        await attempt(tries).run(step)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_of_the_tree_keeps_its_code_message_and_details(kind: type[EditsError]) -> None:
    failed = await failure(kind("Send another document.", limit=7))

    assert (failed.type, failed.message, failed.details) == (kind.code, "Send another document.", ({"limit": 7},))
    assert failed.non_retryable == (kind.code not in RETRIED)


@pytest.mark.parametrize("kind", KINDS)
async def test_only_what_can_be_mended_is_an_alarm(kind: type[EditsError]) -> None:
    failed = await failure(kind("Send another document."))

    benign = failed.category is ApplicationErrorCategory.BENIGN
    assert benign == (kind.code not in RETRIED)


@pytest.mark.parametrize("kind", [EngineCrashed, InternalError])
async def test_a_crash_or_a_fault_of_ours_is_tried_three_times(kind: type[EditsError]) -> None:
    retried = [not (await failure(kind("Again."), tries)).non_retryable for tries in (1, 2, 3, 4)]

    assert retried == [True, True, False, False]


@pytest.mark.parametrize("kind", [CatalogUnavailable, BlobsUnavailable, FetchUnreachable, TemporalUnavailable])
async def test_how_long_an_outage_is_waited_out_is_for_the_workflow_to_say(kind: type[EditsError]) -> None:
    assert not (await failure(kind("Away."), 10_000)).non_retryable


async def test_any_other_error_is_ours_and_tells_the_log_alone_what_it_was(caplog: pytest.LogCaptureFixture) -> None:
    failed = await failure(KeyError("Ada's address"))

    assert (failed.type, failed.non_retryable) == ("internal_error", False)
    assert failed.message == "Something went wrong on our side; see the worker's log."
    assert failed.details == ({"error": "KeyError"},)
    assert "KeyError" in caplog.text
    assert "Traceback" in caplog.text


async def test_a_fault_of_the_users_is_no_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await failure(InvalidDocument("The document is not a PDF; send a PDF form."))

    assert caplog.text == ""


async def test_an_outage_is_a_line_in_the_log_with_its_details(caplog: pytest.LogCaptureFixture) -> None:
    await failure(BlobsUnavailable("The object store could not be read.", reason="disk full"))

    assert "blobs_unavailable: The object store could not be read. {'reason': 'disk full'}" in caplog.text


async def test_a_cancel_is_no_failure() -> None:
    env = attempt(1)

    @activity.defn
    @as_failures
    async def step() -> None:
        await asyncio.sleep(60)

    stepping = begun(env.run(step))
    await asyncio.sleep(0.01)
    env.cancel()
    await asyncio.wait({stepping})

    assert stepping.cancelled()


# As the steps meet them


@pytest.mark.parametrize(("tries", "final"), [(1, False), (2, False), (3, True)])
async def test_a_document_that_kills_its_child_is_given_up_at_the_third_try(
    bench: Bench, tries: int, final: bool
) -> None:
    child = await bench.child()
    planning = begun(bench.plan(bench.planning(LONG_FORM, LONG_VALUES), bench.attempt(tries)))
    await child.at_work()

    os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(ApplicationError) as caught:
        await planning
    assert (caught.value.type, caught.value.non_retryable) == ("engine_crashed", final)


async def test_what_broke_inside_a_child_stands_in_the_workers_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    planned = await bench.plan()
    torn = await bench.blobs.put("edits/torn", "plan.json", b'{"values": ')
    job = bench.filling(planned).model_copy(update={"plan": torn})

    with pytest.raises(ApplicationError) as caught:
        await bench.fill(job)

    assert caught.value.type == "engine_crashed"
    assert caught.value.details == ({"error": "ValidationError"},)
    assert "in fill_planned" in caplog.text


async def test_a_fault_of_ours_in_a_step_leaves_nothing_once_the_edit_is_closed(bench: Bench) -> None:
    job = bench.filling(await bench.plan())
    await bench.forget()

    with pytest.raises(ApplicationError) as caught:
        await bench.fill(job)
    assert caught.value.type == "internal_error"

    await bench.close(bench.closing_failed(caught.value))
    assert await bench.stored() == []


async def test_a_time_out_is_a_fault_of_the_document(temporal: Client, tmp_path: Path) -> None:
    async with open_bench(temporal, tmp_path, fill_timeout=0.2) as hasty:
        with pytest.raises(ApplicationError, match="EDITS_FILL_TIMEOUT") as caught:
            await hasty.plan(hasty.planning(LONG_FORM, LONG_VALUES))

    assert (caught.value.type, caught.value.non_retryable) == ("fill_timed_out", True)
