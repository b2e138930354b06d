"""What Temporal's UI tells in words of an edit, while it runs and once it has ended."""

from __future__ import annotations

from tests.forms import many_fields_form, many_values, text_form
from tests.live import Gateway, Live, until
from tests.temporal_cli import TemporalCli

LONG = 2_000  # fields: some seconds of work


def details(cli: TemporalCli, edit_id: str) -> str:
    """As the UI asks for them: a worker answers."""
    told = cli.workflow("metadata", "--workflow-id", edit_id)
    return str(told["queryResult"][0]["currentDetails"])


def test_an_edit_tells_what_it_is_doing_and_where_to_look_if_that_takes_long(
    gateway: Gateway, stack: Live, cli: TemporalCli
) -> None:
    edit_id = gateway.start(many_fields_form(LONG), many_values(LONG))
    until(lambda: gateway.status(edit_id) == "in_progress", 30)

    told = details(cli, edit_id)

    assert told.startswith("Step ")
    assert "the pending activity's last failure says why" in told
    gateway.cancel(edit_id)


def test_an_edit_that_failed_tells_why_in_words(gateway: Gateway, cli: TemporalCli) -> None:
    edit_id = gateway.start(b"%PDF-1.7 no objects", "name: Ada")
    error = gateway.wait(edit_id)["error"]
    until(lambda: cli.is_closed(edit_id), 10)

    told = details(cli, edit_id)

    assert told.startswith(f"Ended as failed: {error['code']}: {error['message']}")


def test_a_run_is_named_after_its_document_and_its_organization(gateway: Gateway, cli: TemporalCli) -> None:
    edit_id = gateway.start(text_form(["name"]), "name: Ada")
    gateway.wait(edit_id)

    started = cli.workflow("show", "--workflow-id", edit_id)["events"][0]

    assert "userMetadata" in started
    assert cli.workflow("describe", "--workflow-id", edit_id)["executionConfig"]["userMetadata"]
