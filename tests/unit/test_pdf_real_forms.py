"""Real forms, where a collection of them lies beside the checkout: all are read, filled and readable again."""

from __future__ import annotations

from pathlib import Path

import pytest

from durable_edits.form import Field, FieldKind, FieldStatus
from durable_edits.pdf import fill_form, read_form
from tests.pdf_view import changed

FOLDER = Path(__file__).parents[3] / "shared" / "forms"
FORMS = sorted(FOLDER.glob("*.pdf"))

pytestmark = pytest.mark.skipif(not FORMS, reason="no collection of real forms in ../shared/forms")


def wanted(field: Field) -> str | None:
    match field.kind:
        case FieldKind.TEXT:
            return "Zoë Łuk"[: field.max_length]
        case FieldKind.CHECKBOX:
            return "true"
        case FieldKind.RADIO | FieldKind.CHOICE:
            return next((option.value for option in field.options if option.label.strip()), None)
        case _:
            return None


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_real_form_is_filled_and_says_what_it_holds(path: Path) -> None:
    data = path.read_bytes()
    asked = {f.key: value for f in read_form(data).fields if not f.read_only and (value := wanted(f)) is not None}

    filled = fill_form(data, asked)

    held = {field.key: field.value for field in read_form(filled.data).fields}
    assert {key: held[key] for key in asked} == asked
    assert not [e for e in filled.report if e.status in {FieldStatus.FAILED, FieldStatus.GLYPH_MISSING}]
    assert filled.data.startswith(data)
    first = next(field.box.page for field in filled.form.fields if field.key in asked and field.box)
    assert changed(data, filled.data, first) is not None
