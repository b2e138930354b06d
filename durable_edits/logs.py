"""One line an event on standard error, with the edit and the run it belongs to."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

# Ids and paths come from strangers: a line break in one must not look like a line of ours.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}


class LineFormatter(logging.Formatter):
    """`2026-01-31T12:00:00.123Z INFO worker message edit=edt_… run=…`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        line += "".join(f" {name}={value}" for name, value in _context(record).items() if value)
        return line.translate(_CONTROLS)


def _context(record: logging.LogRecord) -> dict[str, Any]:
    """Temporal's loggers attach a dict under one of these names; ours set the attributes themselves."""
    where: dict[str, Any] = (
        getattr(record, "temporal_activity", None) or getattr(record, "temporal_workflow", None) or {}
    )
    return {
        "edit": getattr(record, "edit", None) or where.get("workflow_id"),
        "run": getattr(record, "run", None) or where.get("workflow_run_id") or where.get("run_id"),
        "step": where.get("activity_type"),
        "attempt": where.get("attempt"),
        "request": getattr(record, "request", None),
    }


def configure_logs(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Each says on every call what is of interest once; pypdf tells of every fault in other people's files.
    for chatty in ("httpx", "httpcore", "aiosqlite", "alembic", "pypdf"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("pypdf").setLevel(logging.ERROR)
