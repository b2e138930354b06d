"""`python -m durable_edits`: the same pure rooms on files, without the service."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from durable_edits.command_line import main
from durable_edits.form import Filled, Form, Plan
from durable_edits.pdf import read_form
from tests.forms import every_kind

INSTRUCTIONS = "Full name: Ada Lovelace\nColour: blue\nFavourite animal: heron"


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "form.pdf"
    path.write_bytes(every_kind())
    return path


def value(path: Path, key: str) -> str | None:
    return next(field.value for field in read_form(path.read_bytes()).fields if field.key == key)


def test_read_lists_each_field_with_its_options(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(form)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(read_form(form.read_bytes()).fields)
    assert "country\tchoice\tpage 1\tCountry\tDE | FR" in lines


def test_read_as_json_is_the_whole_form(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["read", "--json", str(form)])

    assert Form.model_validate_json(capsys.readouterr().out) == read_form(form.read_bytes())


def test_fill_writes_the_form_and_tells_what_was_not_used(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = form.with_name("out.pdf")

    assert main(["fill", str(form), INSTRUCTIONS, "-o", str(out)]) == 0

    assert (value(out, "name"), value(out, "colour")) == ("Ada Lovelace", "blue")
    assert "not used: Favourite animal" in capsys.readouterr().err


def test_fill_as_json_says_what_became_of_each_field(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["fill", "--json", str(form), INSTRUCTIONS, "-o", str(form.with_name("out.pdf"))])

    result = Filled.model_validate_json(capsys.readouterr().out)
    assert {entry.key: entry.status for entry in result.report}["name"] == "filled"
    assert [left.value for left in result.unused] == ["heron"]


def test_a_form_may_be_filled_in_place(form: Path) -> None:
    main(["fill", str(form), INSTRUCTIONS, "-o", str(form)])

    assert value(form, "name") == "Ada Lovelace"


def test_instructions_come_from_standard_input_too(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(INSTRUCTIONS))

    assert main(["fill", str(form), "-", "-o", str(form)]) == 0

    assert value(form, "name") == "Ada Lovelace"


def test_an_edited_plan_is_filled_as_it_stands(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", "--json", str(form), INSTRUCTIONS])
    planned = Plan.model_validate_json(capsys.readouterr().out)
    planned.values["name"] = "Grace Hopper"
    edited = form.with_name("plan.json")
    edited.write_text(planned.model_dump_json())

    assert main(["fill", str(form), "--plan", str(edited), "-o", str(form)]) == 0

    assert (value(form, "name"), value(form, "colour")) == ("Grace Hopper", "blue")


@pytest.mark.parametrize(
    "values", [{"country": "Atlantis"}, {"nowhere": "x"}, {"colour.green": "true"}, {"colour.blue": "maybe"}]
)
def test_a_value_that_does_not_stand_in_the_form_is_told_by_the_exit_code(
    form: Path, values: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = form.with_name("plan.json")
    asked.write_text(json.dumps({"values": {"name": "Ada", **values}}))

    assert main(["fill", str(form), "--plan", str(asked), "-o", str(form.with_name("out.pdf"))]) == 3

    assert "1 of 2 values stand in the form" in capsys.readouterr().err


def test_an_error_names_itself_and_leaves_no_file(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form.write_bytes(b"no PDF")

    assert main(["fill", str(form), "Name: Ada", "-o", str(form.with_name("out.pdf"))]) == 1

    assert capsys.readouterr().err.startswith("invalid_document: ")
    assert [path.name for path in form.parent.iterdir()] == ["form.pdf"]


@pytest.mark.parametrize("plan", ["{", '{"values": {"name": 3}}'])
def test_what_is_no_plan_is_refused(form: Path, plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = form.with_name("plan.json")
    path.write_text(plan)

    assert main(["fill", str(form), "--plan", str(path), "-o", str(form)]) == 1

    assert "is no plan" in capsys.readouterr().err


def test_a_file_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(tmp_path / "nowhere.pdf")]) == 1

    assert "nowhere.pdf: No such file" in capsys.readouterr().err


def test_it_runs_as_a_module_and_loads_no_temporal(form: Path) -> None:
    look = (
        "import runpy, sys\n"
        f"sys.argv = ['durable_edits', 'read', {str(form)!r}]\n"
        "try:\n    runpy.run_module('durable_edits', run_name='__main__')\n"
        "finally:\n    print([name for name in ('temporalio', 'sqlalchemy', 'httpx') if name in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"
