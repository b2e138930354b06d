"""`make demo`: one real edit end to end, one cancelled in flight, one cancel that comes too late; checked as it goes.

FORM=path.pdf and INSTRUCTIONS='Label: value' in the environment take the place of the sample.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import os
import secrets
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.envconfig import ClientConfig

from dev.demo_checks import check_document, check_report, check_sample, shown_value
from dev.edits_api import EditsApi
from dev.errors import PromiseBroken, StackError
from dev.pictures import changed_pages, draw_pages, save_pages
from dev.processes import free_ports
from dev.sample_form import big_form, big_instructions, expected_values, sample_form, sample_instructions
from dev.stack import ROOT, Stack

HOME = ROOT / ".demo"
OUT = HOME / "out"
EDIT = 120.0  # seconds one edit may take: under one for the sample
AGREE = 4.0  # seconds in which Temporal must say what the gateway already says
BIG_FIELDS, BIGGER = 3_000, 2  # long enough in flight to be cancelled; if not, that many times bigger
TRIES = 3


@dataclass(frozen=True)
class Wanted:
    """What to fill; `expected` is empty for a form that is not the sample."""

    filename: str
    document: bytes
    instructions: str
    expected: dict[str, str]


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # in a log, too, each line when it happens
    began = time.monotonic()
    try:
        wanted = read_wanted()
        shutil.rmtree(HOME, ignore_errors=True)
        OUT.mkdir(parents=True)
        run(wanted)
    except KeyboardInterrupt:
        return 130
    except (StackError, httpx.HTTPError, OSError) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    print(f"\nAll of it held. {time.monotonic() - began:.1f} s, everything is taken down again.")
    return 0


def read_wanted() -> Wanted:
    form = os.environ.get("FORM")
    if not form:
        instructions = os.environ.get("INSTRUCTIONS")
        return Wanted(
            "travel-claim.pdf",
            sample_form(),
            instructions or sample_instructions(),
            {} if instructions else expected_values(),
        )
    instructions = os.environ.get("INSTRUCTIONS", "")
    if not instructions.strip():
        raise StackError("FORM needs INSTRUCTIONS too, as lines of `Label: value` or as JSON.")
    try:
        document = Path(form).expanduser().read_bytes()
    except OSError as error:
        raise StackError(f"FORM={form} cannot be read: {error.strerror}.") from error
    return Wanted(Path(form).name, document, instructions, {})


def run(wanted: Wanted) -> None:
    temporal_port, ui_port, gateway_port = free_ports(3)
    key = f"sk_demo_{secrets.token_urlsafe(12)}"
    # The settings of somebody's real service must not lead the demo to its catalog or its queue.
    env = {name: value for name, value in os.environ.items() if not name.startswith("EDITS_")}
    env["EDITS_API_KEYS"] = f"default:{key}"
    if env.get("TEMPORAL_ADDRESS"):
        env["EDITS_TASK_QUEUE"] = f"edits-demo-{secrets.token_hex(4)}"
    began = time.monotonic()
    stack = Stack(HOME, temporal_port=temporal_port, ui_port=ui_port, gateway_port=gateway_port, env=env)
    with stack, contextlib.closing(EditsApi(stack.url, key)) as api:
        print(f"Temporal, worker and gateway are up after {time.monotonic() - began:.1f} s: {stack.url}")
        finished = fill(stack, api, wanted)
        cancel_in_flight(stack, api)
        cancel_finished(api, finished)


def fill(stack: Stack, api: EditsApi, wanted: Wanted) -> str:
    """A background edit, followed to its end and checked; its id."""
    print(f"\n1. A background edit of {wanted.filename}")
    began = time.monotonic()
    edit_id: str = api.create(wanted.filename, wanted.document, wanted.instructions)["id"]
    print(f"   {edit_id}")
    if stack.ui_url:
        run_path = f"{namespace(stack)}/workflows/{edit_id}"
        print(f"   its run in the Temporal UI: {stack.ui_url}/namespaces/{run_path}")
        print(f"   (that link lives as long as the demo; EDITS_HOME={HOME.name} make up shows the same run later)")
    last: dict[str, Any] = {}
    for last in api.statuses(edit_id, EDIT):
        print(f"   {milliseconds(began)}  {last['status']}")
    if last["status"] != "completed":
        raise PromiseBroken(f"The edit ended as {last['status']}: {json.dumps(last['error'], ensure_ascii=False)}")

    output = json.loads(api.get(edit_id))["output"]
    report = api.report(edit_id)
    values = {field["key"]: field["value"] for field in output["form_data"]}
    print_report(report, values)
    document = base64.b64decode(output["filled_document"]["url"].partition(",")[2])
    show(wanted, document)

    check_report(report)
    if wanted.expected:
        check_sample(report, values, wanted.expected)
        check_document(document, wanted.expected)
        print(f"   all {len(wanted.expected)} values sent are in the output and, read back by pypdf, in the PDF")
    return edit_id


def print_report(report: dict[str, Any], values: dict[str, str | None]) -> None:
    width = min(40, max([len(entry["key"]) for entry in report["fields"]], default=0))
    print("\n   the report, field by field")
    for entry in report["fields"]:
        reason = f"  ({entry['reason']})" if entry["reason"] else ""
        print(f"   {entry['status']:<14} {entry['key']:<{width}}  {shown_value(values, entry['key'])}{reason}".rstrip())
    for left in report["unused"]:
        print(f"   not used       {left['label']}: {left['value']}  ({left['reason']})")


def show(wanted: Wanted, document: bytes) -> None:
    """Write both documents and a PNG of each page. Raises PromiseBroken when nothing can be seen."""
    before, after = draw_pages(wanted.document), draw_pages(document)
    files = {"before": (wanted.document, before), "filled": (document, after)}
    print()
    for name, (content, pictures) in files.items():
        path = OUT / f"{name}.pdf"
        path.write_bytes(content)
        shown = [path, *save_pages(pictures, OUT, name)]
        print(f"   {name}: {'  '.join(str(each.relative_to(ROOT)) for each in shown)}")
    changed = changed_pages(before, after)
    if not changed:
        raise PromiseBroken("No page of the filled document looks different from before.")
    if wanted.expected and len(changed) < len(after):
        raise PromiseBroken(f"Only the pages {changed} look different, and every page had values.")


def cancel_in_flight(stack: Stack, api: EditsApi) -> None:
    print("\n2. A second edit, cancelled in flight")
    fields = BIG_FIELDS
    for _ in range(TRIES):
        edit_id = cancel_big(api, fields)
        if edit_id is not None:
            temporal = asyncio.run(closed_status(stack, edit_id))
            print(f"   Temporal says {temporal}")
            if temporal != "CANCELED":
                raise PromiseBroken(f"The gateway says cancelled, and Temporal says {temporal}.")
            return
        fields *= BIGGER
    raise PromiseBroken(
        f"{TRIES} edits were finished before a cancel could reach them; this machine is too fast for it."
    )


def cancel_big(api: EditsApi, fields: int) -> str | None:
    """The id of the cancelled edit; None if it was finished first."""
    document, instructions = big_form(fields), big_instructions(fields)
    began = time.monotonic()
    edit_id: str = api.create("stock-list.pdf", document, instructions)["id"]
    print(f"   {edit_id}, {fields} fields")
    for edit in api.statuses(edit_id, EDIT):
        print(f"   {milliseconds(began)}  {edit['status']}")
        if edit["status"] == "in_progress":
            break
    asked = time.monotonic()
    answer = api.cancel(edit_id)
    body = json.loads(answer)
    took = (time.monotonic() - asked) * 1000
    if body["status"] == "completed":
        print("   it was finished before the cancel got there; once more with a bigger form")
        return None
    empty = ("error", "output", "filled_document_ref", "usage")
    shown = "  ".join(f"{name}: {json.dumps(body[name])}" for name in ("status", *empty))
    print(f"   cancel was answered after {took:.0f} ms with  {shown}")
    if body["status"] != "cancelled" or any(body[name] is not None for name in empty):
        raise PromiseBroken(f"A cancelled edit came back as {answer[:500]!r}.")
    if api.get(edit_id) != answer:
        raise PromiseBroken("A cancelled edit reads otherwise than the cancel said.")
    return edit_id


def cancel_finished(api: EditsApi, edit_id: str) -> None:
    print("\n3. A cancel of the finished edit")
    before = api.get(edit_id)
    answer = api.cancel(edit_id)
    if not before == answer == api.get(edit_id):
        raise PromiseBroken("A cancel changed a finished edit.")
    print(f"   came back unchanged: {json.loads(answer)['status']}, the same {len(answer):,} bytes as GET gives")


async def closed_status(stack: Stack, edit_id: str) -> str:
    """What Temporal says of a run, given a moment to close it."""
    client = await Client.connect(**ClientConfig.load_client_connect_config(override_env_vars=stack.env))
    handle = client.get_workflow_handle(edit_id)
    end = time.monotonic() + AGREE
    while True:
        status = (await handle.describe()).status or WorkflowExecutionStatus.RUNNING
        if status is not WorkflowExecutionStatus.RUNNING or time.monotonic() > end:
            return status.name
        await asyncio.sleep(0.02)


def namespace(stack: Stack) -> str:
    return stack.env.get("TEMPORAL_NAMESPACE", "default")


def milliseconds(began: float) -> str:
    return f"{(time.monotonic() - began) * 1000:6.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
