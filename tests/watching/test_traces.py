"""One trace an edit, from the caller's request to the child's fill, as OpenTelemetry's own collector receives it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dev.collector import cached_collector, start_collector
from dev.processes import Process, free_ports
from dev.program_cache import runnable
from tests.forms import many_fields_form, many_values, text_form
from tests.live import Gateway, Live, inline, until

FILENAME, NAME = "wedding-of-zebulon.pdf", "Zebulon"
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FIELD = re.compile(r"^    (Trace ID|Parent ID|ID|Name|Kind) *: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Span:
    trace: str
    id: str
    parent: str
    name: str
    service: str


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, str]]:
    """Skips the test where there is none; building it takes minutes, which no single test has."""
    if not runnable(cached_collector()):
        pytest.skip("no collector is built yet (make servers; it needs Go)")
    [port] = free_ports(1)
    process = start_collector(cached_collector(), tmp_path_factory.mktemp("collector"), port)
    yield process, f"http://127.0.0.1:{port}"
    process.kill()


@pytest.fixture(scope="module")
def traced(
    collector: tuple[Process, str], temporal_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector[1], "OTEL_BSP_SCHEDULE_DELAY": "100"}
    settings |= {"EDITS_TASK_QUEUE": "traced", "EDITS_LOG_FORMAT": "json"}
    live = Live(tmp_path_factory.mktemp("traced"), temporal_address, settings)
    live.worker()
    yield live
    live.stop()


@pytest.fixture(scope="module")
def gateway(traced: Live) -> Gateway:
    return traced.gateway()


def spans(collector: Process) -> list[Span]:
    found = []
    for resource in collector.log.read_text().split("Resource SchemaURL")[1:]:
        service = re.search(r"service\.name: Str\((.*)\)", resource)
        for text in re.split(r"^Span #\d+$", resource, flags=re.MULTILINE)[1:]:
            told = dict(FIELD.findall(text))
            found.append(
                Span(told["Trace ID"], told["ID"], told["Parent ID"], told["Name"], service[1] if service else "")
            )
    return found


def test_an_edit_is_one_trace_from_its_request_to_the_childs_fill(
    gateway: Gateway, collector: tuple[Process, str]
) -> None:
    body = {"document": inline(text_form(["name"]), FILENAME), "instructions": f"name: {NAME}", "background": True}
    answer = gateway.http.post("/v1/edits", json=body, headers={"traceparent": f"00-{TRACE}-{CALLER}-01"})
    gateway.wait(answer.json()["id"])

    def trace() -> dict[str, Span]:
        return {span.name: span for span in spans(collector[0]) if span.trace == TRACE}

    until(lambda: {"POST /v1/edits", "CompleteWorkflow:EditWorkflow", "child fill_planned"} <= trace().keys(), 20, 0.2)
    by_name = trace()
    by_id = {span.id: span for span in by_name.values()}

    def upwards(name: str) -> list[str]:
        span, names = by_name[name], [name]
        while span.parent in by_id:
            span = by_id[span.parent]
            names.append(span.name)
        return [*names, span.parent]

    assert upwards("child fill_planned") == [
        "child fill_planned",
        "RunActivity:fill_document",
        "StartActivity:fill_document",
        "StartWorkflow:EditWorkflow",
        "POST /v1/edits",
        CALLER,
    ]
    assert by_name["child plan_form"].parent == by_name["RunActivity:plan_edit"].id
    assert by_name["POST /v1/edits"].service == "durable-edits-gateway"
    assert by_name["child fill_planned"].service == "durable-edits-worker"


def test_a_trace_that_nobody_has_begun_begins_with_the_request(
    gateway: Gateway, collector: tuple[Process, str]
) -> None:
    edit_id = gateway.start(text_form(["name"]), "name: Ada")
    gateway.wait(edit_id)

    def with_fill() -> set[str]:
        return {span.trace for span in spans(collector[0]) if span.name == "child fill_planned"} - {TRACE}

    until(lambda: bool(with_fill()), 20, 0.2)
    roots = [span for span in spans(collector[0]) if span.trace in with_fill() and not span.parent]
    assert {span.name for span in roots} == {"POST /v1/edits"}


def test_a_cancelled_edits_trace_ends_too(gateway: Gateway, collector: tuple[Process, str]) -> None:
    trace = TRACE[::-1]
    body = {"document": inline(many_fields_form(2_000)), "instructions": many_values(2_000), "background": True}
    answer = gateway.http.post("/v1/edits", json=body, headers={"traceparent": f"00-{trace}-{CALLER}-01"})
    edit_id = answer.json()["id"]
    until(lambda: gateway.status(edit_id) == "in_progress", 30)

    assert gateway.cancel(edit_id)["status"] == "cancelled"

    def names() -> set[str]:
        return {span.name for span in spans(collector[0]) if span.trace == trace}

    until(lambda: "RunActivity:close_edit" in names(), 20, 0.2)


def test_traces_hold_nothing_that_a_person_wrote(gateway: Gateway, collector: tuple[Process, str]) -> None:
    gateway.wait(gateway.start(inline(text_form(["name"]), FILENAME), f"name: {NAME}"))
    gateway.wait(gateway.start(inline(b"%PDF-1.7 broken", FILENAME), f"name: {NAME}"))
    gateway.http.get("/v1/edits", params={"filename": FILENAME})
    before = len(spans(collector[0]))
    gateway.wait(gateway.start(text_form(["name"]), "name: Ada"))
    until(lambda: len(spans(collector[0])) > before, 20, 0.2)

    told = collector[0].log.read_text()

    assert [word for word in (FILENAME, NAME, "wedding") if word in told] == []


def test_a_log_line_names_its_trace(gateway: Gateway, traced: Live) -> None:
    answer = gateway.http.get("/v1/edits/nobody", headers={"traceparent": f"00-{'ab' * 16}-{CALLER}-01"})

    until(lambda: answer.headers["x-request-id"] in gateway.process.log.read_text(), 5)

    [line] = [line for line in gateway.process.log.read_text().splitlines() if answer.headers["x-request-id"] in line]
    assert f'"trace": "{"ab" * 16}"' in line


def test_a_collector_that_does_not_answer_keeps_no_process_from_ending(live: Live) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        gateway = live.gateway(OTEL_EXPORTER_OTLP_ENDPOINT=url, OTEL_BSP_SCHEDULE_DELAY="60000")
        gateway.http.get("/v1/edits")

        assert gateway.process.stop(8) == 0  # an export alone may take ten


def test_a_protocol_that_is_not_spoken_is_refused_at_the_start(live: Live) -> None:
    worker = live.worker(
        wait=False, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4317", OTEL_EXPORTER_OTLP_PROTOCOL="grpc"
    )

    until(lambda: worker.exit_code is not None, 60)

    assert worker.exit_code == 1
    assert "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in worker.tail()


def test_where_no_collector_is_named_nothing_of_it_is_imported(live: Live) -> None:
    worker = live.python("imports", "-c", "import asyncio, sys; from durable_edits.tracing import *\n" + IMPORTS)

    until(lambda: worker.exit_code is not None, 30)

    assert (worker.exit_code, worker.tail()) == (0, "[]")


IMPORTS = """
async def main():
    async with open_tracing("x") as tracer:
        with span("work"):
            pass
        assert (tracer, interceptors(tracer), trace_id()) == (None, [], "")
    print([name for name in sys.modules if name.startswith("opentelemetry")])
asyncio.run(main())
"""
