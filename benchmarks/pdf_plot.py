"""What fills cost beside pikepdf, as one picture: a line for each document, a dot for each filler."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot

from benchmarks.pdf_table import Row, mean
from benchmarks.plot import DPI, GOAL, INK, QUIET

PEERS = {"pypdf": "#a9c9dd", "PyMuPDF": "#e0a94a"}
COLD, WARM = "#4f86ad", "#23435e"
COLD_GOAL, WARM_GOAL = 1.0, 0.03
TICKS = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)


def draw(real: list[Row], made: list[Row], about: str, path: Path) -> None:
    pyplot.rcParams.update({"font.size": 9, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET})
    rows = sorted(real, key=lambda row: row.cold / row.peer) + made
    figure, axes = pyplot.subplots(figsize=(9.5, 1.6 + 0.24 * len(rows)), layout="constrained")
    figure.suptitle("CPU of one fill, in times of pikepdf's", x=0.01, ha="left", fontsize=13, weight="bold")
    places = range(len(rows))
    for name, colour in PEERS.items():
        if name in rows[0].peers:
            axes.scatter([row.peers[name] / row.peer for row in rows], places, color=colour, s=26, label=name, zorder=3)
    axes.scatter([1.0] * len(rows), places, color=QUIET, marker="|", s=60, label="pikepdf", zorder=3)
    for name, colour, ratios in (
        ("ours, a form never seen", COLD, [row.cold / row.peer for row in rows]),
        ("ours, a form filled before", WARM, [row.warm / row.peer for row in rows]),
    ):
        said = f" (real forms: {mean(ratios[: len(real)]):.2g}×)" if real else ""
        axes.scatter(ratios, places, color=colour, s=34, label=name + said, zorder=4)
    for goal in (COLD_GOAL, WARM_GOAL):
        axes.axvline(goal, color=GOAL, linestyle="dashed", linewidth=1)
    axes.plot([], [], color=GOAL, linestyle="dashed", linewidth=1, label="goals of the means: 1× and 0.03×")
    axes.set_xscale("log")
    axes.set_xticks(TICKS, [f"{tick:g}×" for tick in TICKS])
    axes.minorticks_off()
    axes.set_yticks(places, [f"{row.name[:34]} ({row.fields})" for row in rows], fontsize=7)
    axes.invert_yaxis()
    axes.grid(axis="y", color=QUIET, alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=7, frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.4, 1.0))
    figure.supxlabel(f"(fields filled) · {about}", fontsize=6.5, color=QUIET)
    figure.savefig(path, dpi=DPI)
    pyplot.close(figure)
