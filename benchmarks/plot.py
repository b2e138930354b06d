"""The summary as one picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes

from benchmarks.edits import BARE, CONCURRENCIES
from benchmarks.figures import Spread
from benchmarks.summary import CANCEL_GOAL, CPU_GOAL, LATENCY_GOAL, READ_GOAL, Summary

INK, QUIET, GOAL = "#22303c", "#8696a3", "#c2410c"
PARTS = {
    "server": ("Temporal server", "#23435e"),
    "worker": ("worker", "#4f86ad"),
    "children": ("PDF children", "#e0a94a"),
    "caller": ("gateway (bare: client)", "#a9c9dd"),
}
BY_CONCURRENCY = dict(zip(CONCURRENCIES, ("#4f86ad", "#23435e"), strict=True))
DPI = 160


def draw(summary: Summary, path: Path) -> None:
    pyplot.rcParams.update({"font.size": 9, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET})
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 7.4), layout="constrained")
    figure.suptitle("One edit beside a bare workflow of two activities", x=0.01, ha="left", fontsize=13, weight="bold")
    _cpu(axes[0][0], summary)
    _latency(axes[0][1], summary)
    _cancels(axes[1][0], summary)
    _reads(axes[1][1], summary)
    about = summary.machine
    figure.supxlabel(f"{about['machine']} · {about['versions']} · {about['date']}", fontsize=6.5, color=QUIET)
    figure.savefig(path, dpi=DPI)
    pyplot.close(figure)


def _cpu(axes: Axes, summary: Summary) -> None:
    _frame(axes, "CPU of one edit", "ms")
    labels = [f"{row.kind.replace(', ', chr(10))}\nc={row.concurrency}" for row in summary.edits]
    bottoms = [0.0] * len(labels)
    for part, (name, colour) in PARTS.items():
        heights = [max(0.0, 1000 * getattr(row.cpu, part)) for row in summary.edits]
        axes.bar(labels, heights, bottom=bottoms, color=colour, label=name, width=0.72)
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    for index, row in enumerate(summary.edits):
        said = "" if row.kind == BARE else f"{row.cpu_ratio.median:.2f}×"
        axes.text(index, bottoms[index] + max(bottoms) * 0.01, said, ha="center", fontsize=8, weight="bold")
    for concurrency in CONCURRENCIES:
        bare = next(i for i, row in enumerate(summary.edits) if (row.kind, row.concurrency) == (BARE, concurrency))
        last = max(i for i, row in enumerate(summary.edits) if row.concurrency == concurrency)
        axes.hlines(CPU_GOAL * bottoms[bare], bare - 0.4, last + 0.4, colors=GOAL, linestyles="dashed", linewidth=1)
    axes.plot([], [], color=GOAL, linestyle="dashed", linewidth=1, label=f"goal: {CPU_GOAL:g}× bare")
    axes.set_ylim(0, max(bottoms) * 1.28)
    axes.tick_params(axis="x", labelsize=6.5)
    axes.legend(fontsize=7, frameon=False, ncols=3, loc="upper left")


def _latency(axes: Axes, summary: Summary) -> None:
    _frame(axes, "Latency p50, request to filled document", "times bare")
    kinds = list(dict.fromkeys(row.kind for row in summary.edits if row.kind != BARE))
    for index, concurrency in enumerate(CONCURRENCIES):
        rows = [row for row in summary.edits if row.concurrency == concurrency and row.kind != BARE]
        places = [place + 0.38 * (index - 0.5) for place in range(len(kinds))]
        _ratio_bars(axes, places, [row.p50_ratio for row in rows], BY_CONCURRENCY[concurrency], f"c={concurrency}")
        for place, row in zip(places, rows, strict=True):
            axes.text(place, 0.06, f"{1000 * row.p50:.0f} ms", ha="center", fontsize=6.5, color="white")
    axes.set_xticks(range(len(kinds)), kinds)
    _goal(axes, LATENCY_GOAL, f"goal: {LATENCY_GOAL:g}×")
    bare = ", ".join(f"c={row.concurrency}: {1000 * row.p50:.0f} ms" for row in summary.edits if row.kind == BARE)
    axes.plot([], [], " ", label=f"bare {bare}")
    axes.legend(fontsize=7, frameon=False, ncols=2, loc="upper left")


def _cancels(axes: Axes, summary: Summary) -> None:
    row = summary.cancels
    _frame(axes, f"Cancel of a running edit, {row.runs} runs", "ms")
    groups = {
        "request to\nfinal answer": (row.answer_p50, row.answer_p95, row.answer_max),
        "request to Temporal\nshowing Canceled": (row.shown_p50, row.shown_p95, row.shown_max),
    }
    for place, (p50, p95, highest) in enumerate(groups.values()):
        for shift, value, name, colour in (
            (-0.25, p50, "p50", "#a9c9dd"),
            (0, p95, "p95", "#4f86ad"),
            (0.25, highest, "max", "#23435e"),
        ):
            axes.bar(place + shift, 1000 * value, 0.23, color=colour, label=name if place == 0 else None)
            axes.text(place + shift, 1000 * value, f"{1000 * value:.0f}", ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(len(groups)), list(groups))
    _goal(axes, 1000 * CANCEL_GOAL, f"goal: p95 in {1000 * CANCEL_GOAL:g} ms")
    axes.legend(fontsize=7, frameon=False, ncols=4, loc="upper left")


def _reads(axes: Axes, summary: Summary) -> None:
    _frame(axes, "Status over HTTP, beside a FastAPI route with one SQLite read", "times bare")
    for index, (name, colour) in enumerate((("p50", "#a9c9dd"), ("p95", "#4f86ad"))):
        spreads = [row.p50_ratio if name == "p50" else row.p95_ratio for row in summary.reads]
        _ratio_bars(axes, [place + 0.38 * (index - 0.5) for place in range(len(spreads))], spreads, colour, name)
    axes.set_xticks(
        range(len(summary.reads)),
        [f"{row.kind}\np95 {1000 * row.p95:.1f} against {1000 * row.bare_p95:.1f} ms" for row in summary.reads],
        fontsize=7.5,
    )
    _goal(axes, READ_GOAL, f"goal: p95 in {READ_GOAL:g}×")
    axes.legend(fontsize=7, frameon=False, ncols=3, loc="upper left")


def _ratio_bars(axes: Axes, places: list[float], spreads: list[Spread], colour: str, name: str) -> None:
    """Medians, with the lowest and the highest round as whiskers."""
    heights = [each.median for each in spreads]
    whiskers = [[each.median - each.low for each in spreads], [each.high - each.median for each in spreads]]
    axes.bar(places, heights, 0.36, yerr=whiskers, color=colour, ecolor=QUIET, capsize=2, label=name)
    for place, each in zip(places, spreads, strict=True):
        said = axes.text(place, each.high, f"{each.median:.2f}×", ha="center", va="bottom", fontsize=8, weight="bold")
        said.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6})


def _goal(axes: Axes, value: float, name: str) -> None:
    axes.axhline(value, color=GOAL, linestyle="dashed", linewidth=1, label=name)
    axes.set_ylim(0, max(axes.get_ylim()[1], value) * 1.22)


def _frame(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_ylabel(unit)
    axes.spines[["top", "right"]].set_visible(False)
