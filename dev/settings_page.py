"""`make settings`: write docs/settings.md from durable_edits/settings.py; a test compares the two."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from pathlib import Path
from typing import Any

from durable_edits.settings import Settings

STORED = Path(__file__).parent.parent / "docs" / "settings.md"
# Defaults that depend on where they are read.
ELSEWHERE = {"pdf_slots": "the cores of this machine", "deployment": "none", "build_id": "none"}
HEAD = """\
# Settings

Written by `make settings` from `durable_edits/settings.py`; a test compares the two. Everything comes from the
environment, and a process with a wrong setting says which and ends. Worker, gateway and every Python client want the
same ones. `python -m durable_edits.doctor` names variables that look like settings and are none.

**Temporal** is reached by its own variables and its profile file (`TEMPORAL_CONFIG_FILE`, `TEMPORAL_PROFILE`):
`TEMPORAL_ADDRESS` (`localhost:7233`), `TEMPORAL_NAMESPACE` (`default`), `TEMPORAL_API_KEY`, `TEMPORAL_TLS`,
`TEMPORAL_TLS_SERVER_CA_CERT_PATH`, `TEMPORAL_TLS_SERVER_NAME`, `TEMPORAL_TLS_CLIENT_CERT_PATH`,
`TEMPORAL_TLS_CLIENT_KEY_PATH`; for each `…_PATH` there is a `…_DATA` with the text itself.

**Object stores** are reached by their own variables beside `EDITS_BLOBS_URL`: `AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT` and `AWS_ALLOW_HTTP` (for servers that are not Amazon's),
`GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME`, `AZURE_STORAGE_ACCOUNT_KEY`; or by the identity of the
machine.

**Traces** go where OpenTelemetry's own variables say, by http/protobuf (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_…`); this
needs `durable-edits[otel]`. Without them there are none.

| variable | default | |
|---|---|---|
"""


def page() -> str:
    told = descriptions()
    return HEAD + "".join(
        f"| `EDITS_{name.upper()}` | {default(name)} | {told.get(name, '')} |\n" for name in Settings.model_fields
    )


def default(name: str) -> str:
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    value: Any = Settings.model_fields[name].get_default(call_default_factory=True)
    if value is None or str(value) in {"", "[]"}:
        return "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def descriptions() -> dict[str, str]:
    """The text below each field: its docstring, which Python itself forgets."""
    body = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body[0]
    lines = list(ast.iter_child_nodes(body))
    told = {}
    for field, after in itertools.pairwise(lines):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            told[field.target.id] = " ".join(str(ast.literal_eval(after.value)).split()).replace("|", "\\|")
    return told


if __name__ == "__main__":
    STORED.write_text(page())
    print(f"wrote {STORED}")
