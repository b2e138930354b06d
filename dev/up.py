"""`make up`: Temporal with its UI, worker and gateway in the foreground, until Ctrl-C or SIGTERM drains them.

State in EDITS_HOME (default `.edits/`). With TEMPORAL_ADDRESS set, that server is used and none is started.

`make up STACK=production`: the real Temporal server and the catalog on PostgreSQL, documents in an S3-compatible
server, two workers, two gateways; state in EDITS_HOME (default `.edits/production/`).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import shutil
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from dev.edits_api import data_url
from dev.errors import PortTaken, StackError
from dev.processes import is_free
from dev.production import CATALOG, Production, kept_secret
from dev.program_cache import cached, runnable
from dev.sample_form import sample_form, sample_instructions
from dev.stack import ROOT, Stack
from dev.temporal_cluster import DATABASES

# What each port serves, the variable that moves it, and where it is otherwise.
TEMPORAL = ("the Temporal server", "EDITS_DEV_TEMPORAL_PORT", 7233)
UI = ("the Temporal UI", "EDITS_DEV_UI_PORT", 8233)
GATEWAY = ("the gateway", "EDITS_PORT", 8000)
COPIES = 2  # of worker and gateway on the production stack; a gateway each from EDITS_PORT on
LOOK = 0.2  # seconds between two looks at the processes


def main() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run()
    except KeyboardInterrupt:  # while it was starting
        return 130
    except StackError as error:
        print(f"\nmake up stopped: {error}", file=sys.stderr)
        return 1


def run() -> int:
    production = wants_production(os.environ)
    home = Path(os.environ.get("EDITS_HOME") or ROOT / ".edits" / ("production" if production else ""))
    home = home.expanduser().absolute()
    home.mkdir(parents=True, exist_ok=True)
    own_temporal = production or not os.environ.get("TEMPORAL_ADDRESS")
    temporal_port, ui_port = (free_port(*each) if own_temporal else 0 for each in (TEMPORAL, UI))
    gateway_port, copies = free_port(*GATEWAY), COPIES if production else 1
    for port in range(gateway_port + 1, gateway_port + copies):
        check_free(port, "another gateway", GATEWAY[1])
    env = {**os.environ, "EDITS_API_KEYS": os.environ.get("EDITS_API_KEYS") or f"default:{new_or_kept_key(home)}"}
    with contextlib.ExitStack() as running:
        platform = None
        if production:
            platform = running.enter_context(Production(home, temporal_port=temporal_port, ui_port=ui_port))
            env = platform.environment(env)
        stack = Stack(
            home, temporal_port=temporal_port, ui_port=ui_port, gateway_port=gateway_port, env=env, copies=copies
        )
        return until_stopped(running.enter_context(stack), platform)


def until_stopped(stack: Stack, platform: Production | None) -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print(welcome(stack, stack.env["EDITS_API_KEYS"].split(",")[0].strip().rpartition(":")[2], platform))
    while not stop.wait(LOOK):
        stack.check()
        if platform is not None:
            platform.check()
    print("\ndraining")
    codes = stack.stop() | (platform.stop() if platform else {})
    print("\n".join(f"  {name} ended with code {code}" for name, code in codes.items()))
    return 0 if not any(codes.values()) else 1


def wants_production(env: Mapping[str, str]) -> bool:
    """Raises StackError for a STACK that is none."""
    wanted = env.get("STACK") or "dev"
    if wanted not in {"dev", "production"}:
        raise StackError(f"There is no stack {wanted}: STACK is dev or production.")
    return wanted == "production"


def free_port(what: str, variable: str, usual: int) -> int:
    """Raises PortTaken with the way out."""
    port = int(os.environ.get(variable) or usual)
    check_free(port, what, variable)
    return port


def check_free(port: int, what: str, variable: str) -> None:
    if not is_free(port):
        raise PortTaken(f"Port {port}, for {what}, is taken. Stop whatever listens there, or set {variable}.")


def new_or_kept_key(home: Path) -> str:
    """The key of this home: made once."""
    return kept_secret(home / "api-key", f"sk_edits_{secrets.token_urlsafe(24)}")


def welcome(stack: Stack, key: str, platform: Production | None = None) -> str:
    sample = write_sample(stack.home / "sample")
    auth = f"-H 'Authorization: Bearer {key}'"
    queue = stack.env.get("EDITS_TASK_QUEUE", "edits")
    ui = platform.ui_url if platform else stack.ui_url or "wherever your server has it"
    return f"""
durable-edits is up; Ctrl-C drains and stops it

  gateway      {"  ".join(stack.urls)}  (its interface: {stack.url}/docs)
  Temporal     {stack.temporal_address}
  Temporal UI  {ui}
{stores(platform) if platform else ""}  API key      {key}
  state, logs  {near(stack.home)}

Try it: a background edit of a sample form; what became of it; its report; a cancel (put its id for ID)

  curl -s {auth} -H 'Content-Type: application/json' --data @{near(sample / "edit.json")} {stack.url}/v1/edits
  curl -s {auth} '{stack.urls[-1]}/v1/edits/ID?include_output=false'
  curl -s {auth} {stack.url}/v1/edits/ID/report
  curl -s {auth} -X POST {stack.url}/v1/edits/ID/cancel

The same through Temporal alone; it shows up over HTTP under the workflow's id

  {temporal_command(stack)} workflow start --address {stack.temporal_address} --type EditWorkflow \\
    --task-queue {queue} --workflow-id my-edit-$(date +%s) --input-file {near(sample / "input.json")}
"""


def stores(platform: Production) -> str:
    """Where they are, and how a shell gets the settings of workers and gateways."""
    return f"""  PostgreSQL   127.0.0.1:{platform.postgres.port}  (databases: {CATALOG}, {", ".join(DATABASES)})
  S3           {platform.object_store.url}
  settings     set -a; . {near(platform.environment_file)}; set +a   (then: make doctor, or one more python worker.py)
"""


def temporal_command(stack: Stack) -> Path | str:
    own = stack.binary or cached("temporal")
    return "temporal" if shutil.which("temporal") or not runnable(own) else near(own)


def write_sample(folder: Path) -> Path:
    """The bodies for the lines above: the sample form is too long to be typed."""
    document = {"filename": "travel-claim.pdf", "url": data_url(sample_form())}
    edit = {"document": document, "instructions": sample_instructions()}
    folder.mkdir(exist_ok=True)
    (folder / "travel-claim.pdf").write_bytes(sample_form())
    (folder / "input.json").write_text(json.dumps(edit))
    (folder / "edit.json").write_text(json.dumps({**edit, "background": True}))
    return folder


def near(path: Path) -> Path:
    """As short as it can be typed from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    sys.exit(main())
