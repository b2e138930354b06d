"""`make up`: Temporal with its UI, worker and gateway in the foreground, until Ctrl-C or SIGTERM drains them.

State in EDITS_HOME (default `.edits/`). With TEMPORAL_ADDRESS set, that server is used and none is started.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import signal
import sys
import threading
from pathlib import Path

from dev.edits_api import data_url
from dev.errors import PortTaken, StackError
from dev.processes import is_free
from dev.sample_form import sample_form, sample_instructions
from dev.stack import ROOT, Stack

# What each port serves, the variable that moves it, and where it is otherwise.
TEMPORAL = ("the Temporal server", "EDITS_DEV_TEMPORAL_PORT", 7233)
UI = ("the Temporal UI", "EDITS_DEV_UI_PORT", 8233)
GATEWAY = ("the gateway", "EDITS_PORT", 8000)
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
    home = Path(os.environ.get("EDITS_HOME") or ROOT / ".edits").expanduser().absolute()
    home.mkdir(parents=True, exist_ok=True)
    temporal_port, ui_port, gateway_port = (free_port(*each) for each in (TEMPORAL, UI, GATEWAY))
    keys = os.environ.get("EDITS_API_KEYS") or f"default:{kept_key(home / 'api-key')}"
    env = {**os.environ, "EDITS_API_KEYS": keys}
    with Stack(home, temporal_port=temporal_port, ui_port=ui_port, gateway_port=gateway_port, env=env) as stack:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        key = keys.split(",")[0].strip().rpartition(":")[2]
        print(welcome(stack, key))
        while not stop.wait(LOOK):
            stack.check()
        print("\ndraining")
        codes = stack.stop()
    print("\n".join(f"  {name} ended with code {code}" for name, code in codes.items()))
    return 0 if not any(codes.values()) else 1


def free_port(what: str, variable: str, usual: int) -> int:
    """Raises PortTaken with the way out. A Temporal server that somebody else runs needs no port of ours."""
    port = int(os.environ.get(variable) or usual)
    ours = variable == GATEWAY[1] or not os.environ.get("TEMPORAL_ADDRESS")
    if ours and not is_free(port):
        raise PortTaken(f"Port {port}, for {what}, is taken. Stop whatever listens there, or set {variable}.")
    return port


def kept_key(path: Path) -> str:
    """The key of this home: made once, readable by its owner alone."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"sk_edits_{secrets.token_urlsafe(24)}\n")
    return path.read_text().strip()


def welcome(stack: Stack, key: str) -> str:
    sample = write_sample(stack.home / "sample")
    auth = f"-H 'Authorization: Bearer {key}'"
    temporal = "temporal" if shutil.which("temporal") or stack.binary is None else near(stack.binary)
    queue = stack.env.get("EDITS_TASK_QUEUE", "edits")
    return f"""
durable-edits is up; Ctrl-C drains and stops it

  gateway      {stack.url}  (its interface: {stack.url}/docs)
  Temporal     {stack.temporal_address}
  Temporal UI  {stack.ui_url or "wherever your server has it"}
  API key      {key}
  state, logs  {near(stack.home)}

Try it: a background edit of a sample form; what became of it; its report; a cancel (put its id for ID)

  curl -s {auth} -H 'Content-Type: application/json' --data @{near(sample / "edit.json")} {stack.url}/v1/edits
  curl -s {auth} '{stack.url}/v1/edits/ID?include_output=false'
  curl -s {auth} {stack.url}/v1/edits/ID/report
  curl -s {auth} -X POST {stack.url}/v1/edits/ID/cancel

The same through Temporal alone; it shows up over HTTP under the workflow's id

  {temporal} workflow start --address {stack.temporal_address} --type EditWorkflow --task-queue {queue} \\
    --workflow-id my-edit-$(date +%s) --input-file {near(sample / "input.json")}
"""


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
