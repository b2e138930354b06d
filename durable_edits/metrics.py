"""What is measured, by its name. Nothing is, and it costs nothing, until `publish` gives a meter.

A series costs about 3 µs a time once its labels are known, so labels have few values each: never an id, never a text
from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from durable_edits.errors import CODES

# Seconds: from a status read to the longest time-out.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0)


class Meter(Protocol):
    """Of temporalio.common.MetricMeter what is used here: storage knows nothing of Temporal."""

    def create_counter(self, name: str, description: str | None = None) -> Any: ...
    def create_histogram_float(self, name: str, description: str | None = None) -> Any: ...
    def create_gauge_float(self, name: str, description: str | None = None) -> Any: ...


class _Measured:
    def __init__(self, name: str, description: str, *labels: str) -> None:
        self.name = name
        self.description = description
        self.labels = labels
        self._all: Any = None
        self._series: dict[tuple[str, ...], Any] = {}

    def begin(self, metric: Any) -> None:
        self._all = metric
        self._series = {}

    def _of(self, values: tuple[str, ...]) -> Any:
        """None while nobody wants to know."""
        if self._all is None:
            return None
        series = self._series.get(values)
        if series is None:
            labels: Mapping[str, str] = dict(zip(self.labels, values, strict=True))
            series = self._series[values] = self._all.with_additional_attributes(labels) if labels else self._all
        return series


class Counter(_Measured):
    def add(self, *values: str, by: int = 1) -> None:
        if (series := self._of(values)) is not None:
            series.add(by)


class Histogram(_Measured):
    def record(self, seconds: float, *values: str) -> None:
        if (series := self._of(values)) is not None:
            series.record(max(0.0, seconds))  # clocks of two machines


class Gauge(_Measured):
    def set(self, value: float, *values: str) -> None:
        if (series := self._of(values)) is not None:
            series.set(value)


ACCEPTED = Counter("edits_accepted_total", "Edits that were accepted, by this process")
ENDED = Counter("edits_ended_total", "Edits whose outcome this process committed", "status", "reason")
DURATION = Histogram("edits_duration_seconds", "From an edit's acceptance to its outcome", "status")
QUEUE_WAIT = Histogram("edits_queue_wait_seconds", "From an edit's acceptance to the begin of its first step")
STEP = Histogram("edits_step_seconds", "One try of a step; result: ok, retried, failed, cancelled", "step", "result")
CHILD_KILLS = Counter("edits_child_kills_total", "Child processes that ended within a job, by cause", "cause")
CANCEL = Histogram("edits_cancel_seconds", "From a cancel to its final answer; by: worker, gateway", "by")
MODEL_TOKENS = Counter("edits_model_tokens_total", "Tokens that models were sent and gave", "model", "direction")
STORE_ERRORS = Counter("edits_store_errors_total", "Calls that catalog, blobs or temporal did not answer", "store")
REQUESTS = Counter("edits_requests_total", "Requests that were answered", "method", "route", "status")
REQUEST_TIME = Histogram("edits_request_seconds", "From a request's head to the end of its answer", "method", "route")
OPEN = Gauge("edits_open", "Edits that have no outcome yet, in the whole catalog")
OLDEST_OPEN = Gauge("edits_oldest_open_seconds", "Age of the oldest edit without an outcome, in the whole catalog")

COUNTERS = (ACCEPTED, ENDED, CHILD_KILLS, MODEL_TOKENS, STORE_ERRORS, REQUESTS)
HISTOGRAMS = (DURATION, QUEUE_WAIT, STEP, CANCEL, REQUEST_TIME)
GAUGES = (OPEN, OLDEST_OPEN)


def publish(meter: Meter) -> None:
    for counter in COUNTERS:
        counter.begin(meter.create_counter(counter.name, counter.description))
    for histogram in HISTOGRAMS:
        histogram.begin(meter.create_histogram_float(histogram.name, histogram.description))
    for gauge in GAUGES:
        gauge.begin(meter.create_gauge_float(gauge.name, gauge.description))


def buckets() -> dict[str, Sequence[float]]:
    return {histogram.name: SECONDS for histogram in HISTOGRAMS}


def reason(code: str | None) -> str:
    """A failure's code as a label: one of the tree's."""
    return "" if code is None else code if code in CODES else "other"
