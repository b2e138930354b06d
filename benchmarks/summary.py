"""From measurements to claims: what is compared with what, and the goals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.cancels import Cancels
from benchmarks.cpu import Spent
from benchmarks.edits import BARE, CONCURRENCIES, Batch
from benchmarks.figures import Spread, percentile, ratios
from benchmarks.reads import Reads

CPU_GOAL = 1.5  # times the bare workflow
LATENCY_GOAL = 2.0  # times the bare workflow, p50
CANCEL_GOAL = 0.5  # seconds, p95
READ_GOAL = 3.0  # times the bare route, p95


@dataclass(frozen=True, slots=True)
class EditRow:
    """Seconds. `cpu` is that of the round with the median total; `p50` and `p95` are of all rounds together."""

    kind: str
    concurrency: int
    cpu: Spent
    cpu_ratio: Spread
    p50: float
    p95: float
    p50_ratio: Spread
    p95_ratio: Spread


@dataclass(frozen=True, slots=True)
class ReadRow:
    """Seconds, of all rounds together."""

    kind: str
    p50: float
    p95: float
    bare_p50: float
    bare_p95: float
    p50_ratio: Spread
    p95_ratio: Spread


@dataclass(frozen=True, slots=True)
class CancelRow:
    """Seconds. `answer`: until the gateway's answer; `shown`: until Temporal says Canceled."""

    runs: int
    late: int
    answer_p50: float
    answer_p95: float
    answer_max: float
    shown_p50: float
    shown_p95: float
    shown_max: float


@dataclass(frozen=True)
class Summary:
    """`pdf` is the CPU of read_form and fill_form alone, in seconds, by form."""

    machine: dict[str, str]
    pdf: dict[str, float]
    edits: list[EditRow]
    reads: list[ReadRow]
    cancels: CancelRow


def edit_rows(batches: Sequence[Batch]) -> list[EditRow]:
    def of(kind: str, concurrency: int) -> list[Batch]:
        return [batch for batch in batches if (batch.kind, batch.concurrency) == (kind, concurrency)]

    kinds = list(dict.fromkeys(batch.kind for batch in batches if batch.kind != BARE))
    return [_edit_row(of(kind, each), of(BARE, each)) for each in CONCURRENCIES for kind in [BARE, *kinds]]


def read_rows(reads: Sequence[Reads]) -> list[ReadRow]:
    return [_read_row([each for each in reads if each.kind == kind]) for kind in dict.fromkeys(r.kind for r in reads)]


def cancel_row(cancels: Cancels) -> CancelRow:
    answers, shown = cancels.answers, cancels.shown
    return CancelRow(
        runs=len(answers),
        late=cancels.late,
        answer_p50=percentile(answers, 50),
        answer_p95=percentile(answers, 95),
        answer_max=max(answers),
        shown_p50=percentile(shown, 50),
        shown_p95=percentile(shown, 95),
        shown_max=max(shown),
    )


def _edit_row(ours: list[Batch], bare: list[Batch]) -> EditRow:
    def against(value: Callable[[Batch], float]) -> Spread:
        return ratios([value(batch) for batch in ours], [value(batch) for batch in bare])

    together = [latency for batch in ours for latency in batch.latencies]
    return EditRow(
        kind=ours[0].kind,
        concurrency=ours[0].concurrency,
        cpu=sorted((batch.cpu for batch in ours), key=lambda cpu: cpu.total)[len(ours) // 2],
        cpu_ratio=against(lambda batch: batch.cpu.total),
        p50=percentile(together, 50),
        p95=percentile(together, 95),
        p50_ratio=against(lambda batch: percentile(batch.latencies, 50)),
        p95_ratio=against(lambda batch: percentile(batch.latencies, 95)),
    )


def _read_row(rounds: list[Reads]) -> ReadRow:
    def against(percent: float) -> Spread:
        return ratios(
            [percentile(each.ours, percent) for each in rounds], [percentile(each.bare, percent) for each in rounds]
        )

    ours = [seconds for each in rounds for seconds in each.ours]
    bare = [seconds for each in rounds for seconds in each.bare]
    return ReadRow(
        kind=rounds[0].kind,
        p50=percentile(ours, 50),
        p95=percentile(ours, 95),
        bare_p50=percentile(bare, 50),
        bare_p95=percentile(bare, 95),
        p50_ratio=against(50),
        p95_ratio=against(95),
    )
