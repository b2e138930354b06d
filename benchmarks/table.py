"""The summary as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.edits import BARE, ROUNDS
from benchmarks.summary import CANCEL_GOAL, CPU_GOAL, LATENCY_GOAL, READ_GOAL, Summary


def table(summary: Summary) -> str:
    lines = ["", *(f"{name:10} {value}" for name, value in summary.machine.items())]
    for part in (_cpu, _latency, _cancels, _reads):
        lines += ["", *part(summary)]
    return "\n".join(lines)


def _cpu(summary: Summary) -> Iterator[str]:
    yield f"CPU of one edit, ms (user + system, all processes; ratio: median of {ROUNDS} rounds, lowest-highest)"
    yield f"  {'':16}   c  server  worker  children  gateway   total  ratio to bare        goal <= {CPU_GOAL:g}"
    for row in summary.edits:
        parts = [row.cpu.server, row.cpu.worker, row.cpu.children, row.cpu.caller, row.cpu.total]
        server, worker, children, caller, total = (f"{abs(1000 * part):.1f}" for part in parts)
        yield (
            f"  {row.kind:16} {row.concurrency:3} {server:>7} {worker:>7} {children:>9} {caller:>8} {total:>7}"
            f"  {row.cpu_ratio!s:20} {_met(row.kind, row.cpu_ratio.median, CPU_GOAL)}"
        )
    yield "  bare: two activities that do nothing; its Temporal client stands in the gateway's column"
    pdf = ", ".join(f"{name} {1000 * seconds:.1f}" for name, seconds in summary.pdf.items())
    yield f"  of which PDF work alone (read_form + fill_form in one process): {pdf}"


def _latency(summary: Summary) -> Iterator[str]:
    yield "Latency of one edit, ms (request to answer with the filled document)"
    yield f"  {'':16}   c     p50     p95  p50 to bare          p95 to bare          goal p50 <= {LATENCY_GOAL:g}"
    for row in summary.edits:
        yield (
            f"  {row.kind:16} {row.concurrency:3} {1000 * row.p50:7.1f} {1000 * row.p95:7.1f}"
            f"  {row.p50_ratio!s:20} {row.p95_ratio!s:20} {_met(row.kind, row.p50_ratio.median, LATENCY_GOAL)}"
        )


def _cancels(summary: Summary) -> Iterator[str]:
    row = summary.cancels
    yield f"Cancel of a running edit, ms ({row.runs} cancelled; {row.late} more had completed before it came)"
    yield f"  {'':28}     p50     p95     max  goal p95 <= {1000 * CANCEL_GOAL:g}"
    answer = f"{1000 * row.answer_p50:7.0f} {1000 * row.answer_p95:7.0f} {1000 * row.answer_max:7.0f}"
    yield f"  {'request to final answer':28} {answer}  {_met('', row.answer_p95, CANCEL_GOAL)}"
    shown = f"{1000 * row.shown_p50:7.0f} {1000 * row.shown_p95:7.0f} {1000 * row.shown_max:7.0f}"
    yield f"  {'request to Temporal Canceled':28} {shown}"


def _reads(summary: Summary) -> Iterator[str]:
    yield "Status of an edit over HTTP, ms (bare: a FastAPI route that does one SQLite read)"
    heads = f"{'p50 to bare':20} {'p95 to bare':20} goal p95 <= {READ_GOAL:g}"
    yield f"  {'':16}     p50     p95  bare p50  bare p95  {heads}"
    for row in summary.reads:
        yield (
            f"  {row.kind:16} {1000 * row.p50:7.2f} {1000 * row.p95:7.2f}"
            f" {1000 * row.bare_p50:9.2f} {1000 * row.bare_p95:9.2f}"
            f"  {row.p50_ratio!s:20} {row.p95_ratio!s:20} {_met(row.kind, row.p95_ratio.median, READ_GOAL)}"
        )
    yield "  in flight: its document is being worked on meanwhile; quiet: its worker stands still, the cores are free"


def _met(kind: str, value: float, goal: float) -> str:
    if kind == BARE:
        return ""
    return "met" if value <= goal else "missed"
