"""Odd requests, made from the interface's description: no 5xx, and no answer that it does not describe."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dev.openapi import description
from tests.live import KEY, OTHER_KEY, Gateway

EXAMPLES = int(os.environ.get("EDITS_TESTS_FUZZ", "60"))  # over all operations, for each key
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(description())
OPERATIONS: list[Any] = [found.ok() for found in SCHEMA.get_all_operations()]  # type: ignore[union-attr]


def requests(operation: Any) -> list[SearchStrategy[Any]]:
    """What the description allows, and what it does not where there is something to get wrong."""
    takes = operation.body or operation.query or operation.headers
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if takes else [])]
    return [operation.as_strategy(generation_mode=mode) for mode in modes]


@pytest.mark.parametrize("key", [KEY, OTHER_KEY, None], ids=["valid", "foreign", "none"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_odd_requests_are_answered_as_described(gateway: Gateway, operation: Any, key: str | None) -> None:
    headers = {"authorization": f"Bearer {key}"} if key else {}

    @settings(
        max_examples=max(1, EXAMPLES // len(OPERATIONS)),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=one_of(requests(operation)))
    def send(case: Any) -> None:
        body = case.body if isinstance(case.body, dict) else {}
        if operation.label == "POST /v1/edits":
            body["background"] = True  # without it each waits for a worker
        answer = case.call(base_url=gateway.url, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        assert (answer.status_code == 401) == (key is None)

    send()
