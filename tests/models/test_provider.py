"""A model's provider over the network: what is asked, what is believed, and what its troubles become."""

from __future__ import annotations

import asyncio
import json

import pytest

from durable_edits.errors import EditsError, ModelAnswerInvalid, ModelRefused, ModelUnavailable, ModelUnknown
from durable_edits.form import FieldKind
from durable_edits.models import provider
from durable_edits.models.names import ModelName
from durable_edits.models.provider import Provider
from durable_edits.models.question import OpenField, Question
from durable_edits.models.reply import Reply
from durable_edits.models.support import NOT_IN_QUOTE, NOT_SAID
from tests.model_server import ModelServer, cut, drips, entries, fails, model_server, says

SAID = "My name is Ada Lovelace and I was born on 10 December 1815. I am married."
QUESTION = Question(
    instructions=SAID,
    fields=[
        OpenField(key="name", fills="name", kind=FieldKind.TEXT, description="Full name", page=1),
        OpenField(key="born", fills="born", kind=FieldKind.TEXT, description="Date of birth (YYYY-MM-DD)", page=1),
        OpenField(
            key="status",
            fills="status",
            kind=FieldKind.RADIO,
            description="Marital status",
            page=1,
            options=["single", "wed"],
        ),
    ],
)
NAME = {"name": ("Ada Lovelace", "My name is Ada Lovelace")}


async def ask(server: ModelServer, question: Question = QUESTION) -> Reply:
    return await Provider(ModelName("openai", "made-up", server.url)).ask(question)


async def problem(server: ModelServer) -> EditsError:
    with pytest.raises(EditsError) as caught:
        await ask(server)
    return caught.value


async def test_values_that_the_instructions_hold_are_believed() -> None:
    with model_server(
        entries(**NAME, born=("1815-12-10", "born on 10 December 1815"), status=("wed", "I am married"))
    ) as server:
        reply = await ask(server)

    assert reply.values == {"name": "Ada Lovelace", "born": "1815-12-10", "status": "wed"}
    assert reply.doubted == []


@pytest.mark.parametrize(
    ("value", "quote", "reason"),
    [
        ("Grace Hopper", "My name is Grace Hopper", NOT_SAID),
        ("Grace Hopper", "My name is Ada Lovelace", NOT_IN_QUOTE),
    ],
)
async def test_a_value_that_the_instructions_do_not_hold_is_dropped_and_told(
    value: str, quote: str, reason: str
) -> None:
    with model_server(entries(name=(value, quote))) as server:
        reply = await ask(server)

    assert (reply.values, [(left.value, left.reason) for left in reply.doubted]) == ({}, [(value, reason)])


async def test_the_model_is_told_the_fields_the_text_and_what_is_data() -> None:
    question = QUESTION.model_copy(update={"page_text": "APPLICATION FOR A LICENCE", "settled": {"id": "77"}})
    with model_server(entries(**NAME)) as server:
        await ask(server, question)

    for told in (SAID, "Date of birth (YYYY-MM-DD)", "wed", "APPLICATION FOR A LICENCE", '"id": "77"', "are data"):
        assert told in server.text


async def test_tokens_are_counted() -> None:
    with model_server(entries(**NAME)) as server:
        usage = (await ask(server)).usage

    assert (usage.requests, usage.input_tokens, usage.output_tokens) == (1, 120, 30)


@pytest.mark.parametrize(
    "bad",
    [
        "I would rather not.",
        '{"entries": [{"key": "name"',
        '{"entries": [{"key": "salary", "value": "1", "quote": "x"}]}',
        '{"entries": [{"key": "status", "value": "widowed", "quote": "I am married"}]}',
        json.dumps({"entries": [{"key": "name", "value": "Ada", "quote": "Ada"}] * 2}),
    ],
)
async def test_an_answer_that_is_none_may_be_mended_twice(bad: str) -> None:
    with model_server(says(bad), says(bad), entries(**NAME)) as server:
        reply = await ask(server)

    assert (reply.values, len(server.asked), reply.usage.requests) == ({"name": "Ada Lovelace"}, 3, 3)


async def test_a_third_bad_answer_is_the_end() -> None:
    with model_server(says("no")) as server:
        error = await problem(server)

    assert (type(error), error.retryable, len(server.asked)) == (ModelAnswerInvalid, False, 3)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "invalid_api_key", ModelRefused),
        (403, "forbidden", ModelRefused),
        (402, "billing", ModelRefused),
        (429, "insufficient_quota", ModelRefused),
        (404, "model_not_found", ModelUnknown),
        (400, "invalid_request", ModelRefused),
        (429, "rate_limit_exceeded", ModelUnavailable),
        (500, "server_error", ModelUnavailable),
        (503, "overloaded", ModelUnavailable),
    ],
)
async def test_a_providers_error_is_one_of_the_tree_and_is_not_tried_again_here(
    status: int, code: str, expected: type[EditsError]
) -> None:
    with model_server(fails(status, code)) as server:
        error = await problem(server)

    assert (type(error), len(server.asked)) == (expected, 1)


async def test_how_long_the_provider_wants_to_be_left_alone_is_kept() -> None:
    with model_server(fails(429, "rate_limit_exceeded", retry_after="17")) as server:
        error = await problem(server)

    assert error.details == {"retry_after": 17.0}


async def test_a_cut_line_is_an_outage() -> None:
    with model_server(cut) as server:
        assert type(await problem(server)) is ModelUnavailable


async def test_a_server_that_is_not_there_is_an_outage() -> None:
    with model_server(cut) as server:
        pass

    assert type(await problem(server)) is ModelUnavailable


async def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "REQUEST_TIMEOUT", 0.5)
    with model_server(drips(60)) as server:
        assert type(await problem(server)) is ModelUnavailable


async def test_a_cancel_hangs_up() -> None:
    with model_server(drips(60)) as server:
        asking = asyncio.create_task(ask(server))
        while not server.asked:
            await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait({asking})

        assert asking.cancelled()
        assert await asyncio.to_thread(server.hung_up.wait, 5)


async def test_what_no_provider_is_called_is_unknown() -> None:
    with pytest.raises(ModelUnknown, match="EDITS_MODELS"):
        await Provider(ModelName("nobody", "x")).ask(QUESTION)


async def test_a_provider_without_its_key_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(ModelUnknown, match="OPENAI_API_KEY"):
        await Provider(ModelName("openai", "gpt-5-mini")).ask(QUESTION)


async def test_a_servers_key_goes_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-house")
    with model_server(entries(**NAME)) as server:
        await ask(server)

    assert server.keys == ["Bearer sk-of-the-house"]
