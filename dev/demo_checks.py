"""What the demo holds a finished edit to: nothing failed, nothing lost, every value really in the document."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from pypdf import PdfReader

from dev.errors import PromiseBroken


def check_report(report: Mapping[str, Any]) -> None:
    failed = [f"{entry['key']} ({entry['reason']})" for entry in report["fields"] if entry["status"] == "failed"]
    if failed:
        raise PromiseBroken(f"Fields that could not be filled: {', '.join(failed)}.")
    if not report["fields"]:
        raise PromiseBroken("The report names no field at all.")


def check_sample(report: Mapping[str, Any], values: Mapping[str, str], expected: Mapping[str, str]) -> None:
    """The sample's answers must all be used, and all stand in the edit's output (`values`, by key)."""
    if report["unused"]:
        left = ", ".join(f"{each['label']} ({each['reason']})" for each in report["unused"])
        raise PromiseBroken(f"Instructions that reached no field: {left}.")
    wrong = {key: values.get(key) for key, value in expected.items() if values.get(key) != value}
    if wrong:
        raise PromiseBroken(f"The edit's output holds other values than were sent: {wrong}.")


def check_document(document: bytes, expected: Mapping[str, str]) -> None:
    """Read the filled PDF back with a reader that is not ours, and look for every value."""
    fields = PdfReader(io.BytesIO(document)).get_fields() or {}
    held = {name: str(field.get("/V", "")) for name, field in fields.items()}
    wrong = {key: held.get(key) for key, value in expected.items() if not _holds(held, key, value)}
    if wrong:
        raise PromiseBroken(f"The filled PDF, read back, holds other values than were sent: {wrong}.")


def _holds(held: Mapping[str, str], key: str, value: str) -> bool:
    if key in held:
        return held[key] not in {"", "/Off"} if value == "true" else held[key] == value
    group, _, option = key.rpartition(".")  # a button of a radio group has its group's name and its own state's
    return held.get(group) == f"/{option}"


def shown_value(values: Mapping[str, str | None], key: str) -> str:
    """A field's value in the output; for a radio group, the button that is on."""
    if key in values:
        return values[key] or ""
    return ", ".join(
        name.removeprefix(f"{key}.") for name, on in values.items() if name.startswith(f"{key}.") and on == "true"
    )
