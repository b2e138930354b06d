"""What a signature forbids is left alone, and what a fill means for the whole document is said."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter

from durable_edits.form import FieldStatus, Note, Reason
from durable_edits.pdf import FilledDocument, fill_form, read_form
from tests.made_forms import made_form, place, text

OTHERS = [text("a.b", (20, 200, 220, 220)), text("a", (20, 230, 220, 250)), text("ab", (20, 260, 220, 280))]


def signed(reference: str = "", lock: str = "", *, value: bool = True, catalog: str = "") -> bytes:
    """A form whose signature field comes first."""
    stored = f"/V << /Type /Sig /Filter /Adobe.PPKLite /Contents <00> /Reference [{reference}] >>" if value else ""
    field = f"<< /T (signature) /FT /Sig {stored} {lock} {place((20, 300, 220, 320))} >>"
    return made_form([field, *OTHERS]).replace(b"/Type /Catalog", f"/Type /Catalog {catalog}".encode())


def certified(level: int) -> bytes:
    reference = f"[<< /TransformMethod /DocMDP /TransformParams << /P {level} /V /1.2 >> >>]"
    data = signed(catalog=f"/Perms << /DocMDP << /Type /Sig /Reference {reference} >> >>")
    return moved(data)


def moved(data: bytes) -> bytes:
    """Written anew by a strict reader's own rules, since the catalog has grown."""
    out = io.BytesIO()
    PdfWriter(clone_from=PdfReader(io.BytesIO(data))).write(out)
    return out.getvalue()


def refused(filled: FilledDocument) -> dict[str, str]:
    return {entry.key: entry.reason for entry in filled.report if entry.status is FieldStatus.READ_ONLY}


def asked() -> dict[str, str]:
    return {"a.b": "1", "a": "2", "ab": "3"}


def test_a_certificate_against_any_change_is_obeyed() -> None:
    data = certified(1)

    filled = fill_form(data, asked())

    assert refused(filled) == dict.fromkeys(asked(), Reason.CERTIFIED)
    assert filled.data == data
    assert all(field.read_only for field in read_form(data).fields)


def test_a_certificate_that_lets_forms_be_filled_in_does() -> None:
    assert not refused(fill_form(certified(2), asked()))


@pytest.mark.parametrize(
    ("rule", "locked"),
    [
        ("/Action /All", {"a.b", "a", "ab"}),
        ("/Action /Include /Fields [(a)]", {"a.b", "a"}),
        ("/Action /Exclude /Fields [(a.b)]", {"a", "ab"}),
    ],
)
@pytest.mark.parametrize("where", ["signature", "field"])
def test_the_fields_that_a_signature_locks_stay(rule: str, locked: set[str], where: str) -> None:
    reference = f"<< /TransformMethod /FieldMDP /TransformParams << {rule} >> >>" if where == "signature" else ""
    data = signed(reference, f"/Lock << {rule} >>" if where == "field" else "")

    assert refused(fill_form(data, asked())) == dict.fromkeys(locked, Reason.LOCKED)


def test_a_lock_holds_only_once_it_is_signed() -> None:
    assert not refused(fill_form(signed(lock="/Lock << /Action /All >>", value=False), asked()))


def test_what_was_signed_stays_and_that_more_came_is_said() -> None:
    data = signed()

    filled = fill_form(data, asked())

    assert filled.data.startswith(data)
    assert filled.notes == [Note.SIGNED]


def test_that_the_xfa_went_is_said_where_it_did() -> None:
    blank = made_form([text("t")], acroform="/XFA [(template) 6 0 R]")

    assert fill_form(blank, {"t": "x"}).notes == [Note.XFA_DROPPED]
    assert fill_form(blank, {}).notes == []
