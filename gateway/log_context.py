"""What a log line of the gateway says of the request it belongs to."""

from __future__ import annotations

from typing import Any

from starlette.types import Scope

SHOWN = 200  # characters of a path or an id in a log line; a stranger's may have 64 000


def log_context(scope: Scope) -> dict[str, Any]:
    """The request's id, and that of the edit it is about, for a log line."""
    state = scope.get("state", {})
    edit_id = state.get("edit_id") or scope.get("path_params", {}).get("edit_id") or ""
    return {"request": state.get("request_id"), "edit": edit_id[:SHOWN]}
