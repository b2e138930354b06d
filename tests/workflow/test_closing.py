"""Closing an edit that did not end well: tried until it lands, whatever happens to its workers meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from durable_edits.contracts import CloseJob, EditInput, Status
from tests.workflow.bench import Bench, document

DAYS_LATER = 10_000  # attempts, at one every thirty seconds


async def test_an_outage_never_makes_closing_give_up(bench: Bench) -> None:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=DAYS_LATER)
    edit = EditInput(document=document())
    job = CloseJob(edit_id="edt_1", run_id="run", created_at=datetime.now(UTC), edit=edit, status=Status.CANCELLED)
    (bench.settings.home / "catalog.db").unlink()

    with pytest.raises(ApplicationError) as failure:
        await environment.run(bench.steps.close_edit, job)

    assert (failure.value.type, failure.value.non_retryable) == ("catalog_unavailable", False)
