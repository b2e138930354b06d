"""Edits for which a model is asked, with real workers and a server that says what it is told to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.forms import text_form
from tests.gateway.test_template_edits import written
from tests.gateway.test_templates import code
from tests.live import Gateway, Live, inline, until
from tests.model_server import ModelServer, drips, entries, fails, model_server

FORM = text_form(["name", "city"])
SAID = "name: Ada\nThe place you want to put there is Bern, I think."
CITY = entries(city=("Bern", "The place you want to put there is Bern"))


@pytest.fixture(scope="module")
def scripted() -> Iterator[ModelServer]:
    with model_server(CITY) as server:
        yield server


@pytest.fixture
def server(scripted: ModelServer) -> ModelServer:
    scripted.script[:] = [CITY]
    scripted.asked.clear()
    return scripted


@pytest.fixture(scope="module")
def asking(stack: Live, scripted: ModelServer) -> Gateway:
    stack.worker(EDITS_TASK_QUEUE="models", EDITS_MODELS=f"retab-large=openai:made-up@{scripted.url}")
    return stack.gateway(EDITS_TASK_QUEUE="models")


def test_a_model_fills_what_the_rules_leave_open(asking: Gateway, server: ModelServer) -> None:
    edit = asking.create(FORM, SAID, model="retab-large", bust_cache=True, background=False).json()

    assert written(edit) == {"name": "Ada", "city": "Bern"}
    assert len(server.asked) == 1


def test_a_name_that_means_rules_asks_nobody(asking: Gateway, server: ModelServer) -> None:
    edit = asking.create(FORM, SAID, model="retab-small", background=False).json()

    assert (written(edit), server.asked) == ({"name": "Ada", "city": None}, [])


def test_a_draft_asks_the_model_too(asking: Gateway) -> None:
    body = {"document": inline(FORM), "instructions": SAID, "model": "retab-large", "bust_cache": True}

    assert asking.http.post("/v1/edits/plan", json=body).json()["values"] == {"name": "Ada", "city": "Bern"}


def test_an_outage_of_the_provider_parks_the_edit(asking: Gateway, server: ModelServer) -> None:
    server.script[:] = [fails(503)]
    edit_id = asking.start(FORM, SAID, model="retab-large", bust_cache=True)
    until(lambda: len(server.asked) > 1, 30)
    parked = asking.status(edit_id)

    server.script[:] = [CITY]

    assert (parked, asking.wait(edit_id)["status"]) == ("in_progress", "completed")


def test_a_refused_key_fails_the_edit_at_once(asking: Gateway, server: ModelServer) -> None:
    server.script[:] = [fails(401, "invalid_api_key")]

    answer = asking.create(FORM, SAID, model="retab-large", bust_cache=True, background=False)

    assert (code(answer), len(server.asked)) == ((502, "model_refused"), 1)


def test_a_cancel_ends_the_call(asking: Gateway, server: ModelServer) -> None:
    server.script[:] = [drips(120)]
    edit_id = asking.start(FORM, SAID, model="retab-large", bust_cache=True)
    until(lambda: bool(server.asked), 30)

    assert asking.cancel(edit_id)["status"] == "cancelled"

    assert server.hung_up.wait(5)
