"""`python -m dev.openapi` (`make openapi`): write docs/openapi.json, the copy that a test compares with the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from durable_edits.settings import Settings
from gateway.app import create_app
from gateway.openapi import describe

STORED = Path(__file__).parent.parent / "docs" / "openapi.json"


def description() -> dict[str, Any]:
    """As a gateway serves it."""
    app: Any = create_app(Settings())
    while not isinstance(app, FastAPI):  # out of what is wrapped around it
        app = app._app
    return describe(app)


if __name__ == "__main__":
    STORED.write_text(json.dumps(description(), indent=1, ensure_ascii=False) + "\n")
    print(f"wrote {STORED}")
