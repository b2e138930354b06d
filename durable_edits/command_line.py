"""`python -m durable_edits read|plan|fill`: what an edit does, on files of one's own, in this very process.

What was asked for goes to standard output, what happened to standard error. The exit code is 0 when each planned value
stands in the form as planned, 3 when at least one does not, 1 for an error of the tree, 2 for a command that is none.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from durable_edits.errors import BadRequest, EditsError
from durable_edits.form import Field, FieldStatus, Filled, Form, Plan, ReportEntry
from durable_edits.pdf import fill_form, prove, read_form
from durable_edits.planner import plan

DONE, FAILED, NOT_ALL_FILLED = 0, 1, 3
AS_ASKED = {FieldStatus.FILLED, FieldStatus.UNCHANGED}
SHOWN = 60  # characters of a value or a description in a line


def main(arguments: Sequence[str]) -> int:
    wanted = _parser().parse_args(arguments)
    try:
        code: int = wanted.run(wanted)
    except EditsError as error:
        _tell(f"{error.code}: {error.message}")
        return FAILED
    except OSError as error:
        _tell(f"{error.filename or 'standard output'}: {error.strerror}")
        return FAILED
    return code


def _read(wanted: argparse.Namespace) -> int:
    form = read_form(wanted.form.read_bytes())
    _tell(f"{len(form.fields)} fields on {form.pages} pages")
    print(form.model_dump_json(indent=2) if wanted.json else "\n".join(map(_field_line, form.fields)))
    return DONE


def _plan(wanted: argparse.Namespace) -> int:
    planned = _planned(read_form(wanted.form.read_bytes()), wanted)
    print(planned.model_dump_json(indent=2) if wanted.json else _lines(planned.values))
    return DONE


def _fill(wanted: argparse.Namespace) -> int:
    document = wanted.form.read_bytes()
    planned = _planned(read_form(document), wanted)
    filled = fill_form(document, planned.values, color=wanted.color)
    report = prove(document, filled.data, filled.report, values=planned.values).corrected(filled.report)
    _write(wanted.output, filled.data)
    result = Filled(form=filled.form, report=report, unused=planned.unused, notes=filled.notes)
    if wanted.json:
        print(result.model_dump_json(indent=2))
    return _told(result, planned, wanted.output)


def _planned(form: Form, wanted: argparse.Namespace) -> Plan:
    if wanted.plan is not None:
        try:
            return Plan.model_validate_json(wanted.plan.read_bytes())
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            message = f"{wanted.plan} is no plan: {first['msg']}. Make one with `plan --json`."
            raise BadRequest(message) from None
    planned = plan(form, sys.stdin.read() if wanted.instructions == "-" else wanted.instructions)
    _tell(f"{len(planned.values)} values for {len(form.fields)} fields")
    for left in planned.unused:
        _tell(f"not used: {_short(left.label or left.value)}: {left.reason}")
    return planned


def _told(result: Filled, planned: Plan, output: Path) -> int:
    amiss = [entry for entry in result.report if _amiss(entry, planned)]
    for entry in amiss:
        _tell(f"{entry.key}: {entry.status}: {entry.reason}".rstrip(": "))
    for note in result.notes:
        _tell(str(note))
    _tell(f"{output}: {len(planned.values) - len(amiss)} of {len(planned.values)} values stand in the form")
    return NOT_ALL_FILLED if amiss else DONE


def _amiss(entry: ReportEntry, planned: Plan) -> bool:
    """A button of a radio group may have been asked for by its own name: the report speaks of the group."""
    asked = entry.key in planned.values or any(key.startswith(f"{entry.key}.") for key in planned.values)
    return asked and entry.status not in AS_ASKED


def _field_line(field: Field) -> str:
    page = field.box.page if field.box is not None else "-"
    options = " | ".join(option.value for option in field.options)
    said = "" if field.value is None else f"= {_short(field.value)}"
    return "\t".join([field.key, field.kind, f"page {page}", _short(field.description), _short(options), said]).rstrip()


def _lines(values: dict[str, str]) -> str:
    return "\n".join(f"{key}\t{_short(value)}" for key, value in values.items())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _write(path: Path, data: bytes) -> None:
    """All or nothing: `path` may be the form itself, and the disk may be full."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m durable_edits", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="read|plan|fill")

    read = commands.add_parser("read", help="list the form's fields")
    planning = commands.add_parser("plan", help="work out a value for each field, and fill nothing")
    fill = commands.add_parser("fill", help="fill the form, read it back, and say what became of each value")
    for command, run in ((read, _read), (planning, _plan), (fill, _fill)):
        command.set_defaults(run=run, plan=None)
        command.add_argument("form", type=Path, help="a PDF")
        command.add_argument("--json", action="store_true", help="everything, as JSON on standard output")
    planning.add_argument("instructions", help="what to fill in; `-` reads standard input")
    source = fill.add_mutually_exclusive_group(required=True)
    source.add_argument("instructions", nargs="?", help="what to fill in; `-` reads standard input")
    source.add_argument("--plan", type=Path, help="a plan of `plan --json`, perhaps edited, in place of instructions")
    fill.add_argument("-o", "--output", type=Path, required=True, help="where the filled form goes")
    fill.add_argument("--color", default="#000080", help="of the filled text, #RRGGBB")
    return parser
