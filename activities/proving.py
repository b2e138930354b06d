"""Which fills are proved: the cheap ones always, the others by the luck of the hash of what they were asked for.

A proof draws and reads pages, which costs more than filling them did. So that proofs stay a set share of what fill
steps cost, a document is proved with the probability that makes its expected cost that share. Document and plan decide
it, no clock and no dice: a step that is tried again decides the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from durable_edits.form import FieldStatus, ReportEntry
from durable_edits.pdf import FilledDocument, prove
from durable_edits.pdf.limits import PROVED_PAGES

SHARE = 0.1  # of the CPU of fill steps that may go into proofs
FILL_STEP_MS = 40.0  # what a fill step costs server, worker and child together; half of an edit in docs/bench.json
# What a proof costs: measured on 22 real forms, within a factor of two on most.
PAGE_MS, FIELD_MS, KILOBYTE_MS = 3.0, 0.4, 0.15


def checked_report(document: bytes, filled: FilledDocument, values: Mapping[str, str]) -> list[ReportEntry]:
    """The report; where the fill is proved, without the claims that do not hold."""
    claims = sum(entry.status is FieldStatus.FILLED for entry in filled.report)
    if not is_proved(len(document), filled.form.pages, claims, values):
        return filled.report
    return prove(document, filled.data, filled.report, values=values).corrected(filled.report)


def is_proved(size: int, pages: int, claims: int, values: Mapping[str, str]) -> bool:
    budget = SHARE * FILL_STEP_MS
    cost = PAGE_MS * min(pages, PROVED_PAGES) + FIELD_MS * claims + KILOBYTE_MS * size / 1024
    return _luck(size, values) < budget / cost  # always so where the cost is within the budget


def _luck(size: int, values: Mapping[str, str]) -> float:
    """Of [0, 1): the same for a step that is tried again, another for the next edit of the same form."""
    asked = json.dumps([size, *sorted(values.items())])
    return int.from_bytes(hashlib.sha256(asked.encode()).digest()[:8], "big") / 2**64
