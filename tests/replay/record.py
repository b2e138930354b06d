"""`python -m tests.replay.record [CASE …]`: record the histories of this release anew, from real runs on a real server.

What a history would tell of this machine is left out: identities are neutral, failures keep no stack traces.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from dev.processes import free_ports
from dev.temporal_binary import find_server
from dev.temporal_server import start_server
from durable_edits.settings import Settings
from tests.model_server import model_server
from tests.replay.cases import ANSWER, CASES, MODEL
from tests.workflow.bench import open_bench

HISTORIES = Path(__file__).parent / "histories"
PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def release() -> str:
    return str(tomllib.loads(PROJECT.read_text())["project"]["version"])


async def record(address: str, name: str, home: Path) -> str:
    """One case's history as JSON."""
    client = await Client.connect(address, data_converter=pydantic_data_converter, identity="recorder")
    with model_server(ANSWER) as server:
        models = f"{MODEL}=openai:made-up@{server.url}"
        settings = Settings(home=home, task_queue=f"replay-{name}", pdf_slots=1, grace=1, models=models)
        async with open_bench(client, settings) as bench:
            edit_id = await CASES[name](bench)
            history = await bench.run(edit_id).fetch_history()
    return json.dumps(_without_traces(json.loads(history.to_json())), indent=1) + "\n"


def _without_traces(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_traces(item) for name, item in value.items() if name != "stackTrace"}
    if isinstance(value, list):
        return [_without_traces(item) for item in value]
    return value


def main(names: list[str]) -> None:
    folder = HISTORIES / release()
    folder.mkdir(parents=True, exist_ok=True)
    [port] = free_ports(1)
    with tempfile.TemporaryDirectory() as home:
        server = start_server(find_server(), db=None, port=port, ui_port=None, log=Path(home) / "temporal.log")
        try:
            for name in names:
                history = asyncio.run(record(f"127.0.0.1:{port}", name, Path(home) / name))
                (folder / f"{name}.json").write_text(history)
                print(f"{len(history):7} {folder.name}/{name}.json")
        finally:
            server.kill()


if __name__ == "__main__":
    main(sys.argv[1:] or list(CASES))
