"""One line an event on standard error, with the edit, the run and the request it belongs to: as text or as JSON."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any, Literal

from durable_edits.tracing import trace_id

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


class JsonFormatter(logging.Formatter):
    """One object a line; `error` has the traceback. What a line has nothing to say of is left out."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in _context(record).items() if value},
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=True, default=str)


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
        "trace": trace_id(),
    }


def configure_logs(level: str, form: Literal["text", "json"] = "text") -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else LineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Each says on every call what is of interest once; pypdf tells of every fault in other people's files.
    for chatty in ("httpx", "httpcore", "aiosqlite", "alembic", "pypdf"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("pypdf").setLevel(logging.ERROR)
