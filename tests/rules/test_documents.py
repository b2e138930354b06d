"""Documents: whatever wrote them or hurt them, they come back whole, and what must stay stays."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from durable_edits.errors import InvalidDocument
from durable_edits.form import FieldStatus, Note
from durable_edits.pdf import fill_form, read_form
from tests.rules import document_forms as forms
from tests.rules import signed_forms
from tests.rules.rule import Make, needs_poppler, outcome

pytestmark = needs_poppler

needs_qpdf = pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")


@pytest.mark.parametrize(
    "form",
    [
        forms.object_streams,
        forms.hybrid_cross_reference,
        forms.cross_reference_off_by_some_bytes,
        forms.cross_reference_that_is_not_there,
        forms.start_of_the_cross_reference_wrong,
        forms.garbage_before_the_header,
        forms.garbage_before_the_header_counted_in,
        forms.garbage_after_the_end,
        forms.line_ends_of_an_old_mac,
        forms.stream_of_wrong_length,
        forms.length_in_an_object_of_its_own,
        forms.page_tree_in_a_circle,
        forms.page_tree_without_types,
        forms.page_without_a_media_box,
        forms.history_of_two_increments,
        forms.history_in_a_circle,
        forms.usage_rights,
        forms.xfa_beside_the_form,
        forms.viewers_asked_to_draw,
        signed_forms.signed,
    ],
    ids=lambda form: form.__name__,
)
def test_a_document_comes_back_filled_and_otherwise_as_it_was(form: Make) -> None:
    assert outcome(form(), {"t": "Ada gq"}).wrong == {}


def test_a_value_that_a_damaged_table_would_hide_is_not_said_to_be_filled() -> None:
    """Written where readers find it, or refused."""
    with contextlib.suppress(InvalidDocument):
        filled = fill_form(forms.cross_reference_with_a_damaged_section(), {"c": "DE\nIT"})
        assert read_form(filled.data).fields[0].value == "DE\nIT"


@pytest.mark.parametrize(
    "form",
    [forms.cross_reference_numbered_from_one, forms.cross_reference_with_rows_off_by_one],
    ids=["numbered from one", "rows off by one"],
)
def test_objects_that_the_table_misnumbers_are_found(form: Make) -> None:
    assert outcome(form(), {"t": "Ada gq"}, twin=forms.FORM()).wrong == {}


def test_an_object_found_astray_while_filling_has_the_whole_document_mended() -> None:
    assert outcome(forms.font_that_stands_elsewhere(), {"b": "true", "t": "Ada gq"}).wrong == {}


def test_a_field_that_fails_takes_nothing_of_the_one_before_it() -> None:
    filled = fill_form(forms.font_that_nobody_can_read(), {"b": "true", "t": "Ada"})

    assert [entry.status for entry in filled.report] == [FieldStatus.FILLED, FieldStatus.FAILED]
    assert read_form(filled.data).fields[0].value == "true"


def test_a_field_that_failed_fails_again() -> None:
    """What cannot be read must not be half read by then: the same bytes in, the same bytes out."""
    blank = forms.packed(forms.font_that_nobody_can_read())

    first, second = (fill_form(blank, {"b": "true", "t": "Ada"}) for _ in range(2))

    assert (first.data, first.report) == (second.data, second.report)


def test_an_increment_never_builds_on_a_cross_reference_that_begins_within_a_number() -> None:
    """Readers that look at what stands before it take the whole chain for broken, and find other objects than ours."""
    filled = fill_form(forms.startxref_within_a_number(), {"t": "Ada"})

    assert not filled.data.startswith(forms.startxref_within_a_number())
    assert read_form(filled.data).fields[0].value == "Ada"


@pytest.mark.parametrize("algorithm", forms.ALGORITHMS)
def test_an_encrypted_document_stays_so_and_is_filled(algorithm: str) -> None:
    found = outcome(forms.protected(algorithm), {"t": "Łódź gq", "b": "true"})

    assert found.wrong == {}
    assert b"Ada" not in found.filled.data


@needs_qpdf
@pytest.mark.parametrize("more", [[], ["--object-streams=generate"]], ids=["table", "object streams"])
def test_a_linearized_document_is_filled(tmp_path: Path, more: list[str]) -> None:
    blank, linear = tmp_path / "blank.pdf", tmp_path / "linear.pdf"
    blank.write_bytes(forms.FORM())
    subprocess.run(["qpdf", "--linearize", *more, str(blank), str(linear)], check=True)

    assert b"/Linearized" in linear.read_bytes()
    assert outcome(linear.read_bytes(), {"t": "Ada gq"}).wrong == {}


@needs_qpdf
@pytest.mark.parametrize(
    "form",
    [
        forms.FORM,
        forms.object_streams,
        forms.hybrid_cross_reference,
        forms.history_of_two_increments,
        signed_forms.signed,
    ],
    ids=["table", "object streams", "hybrid", "history", "signed"],
)
def test_a_strict_reader_has_nothing_to_say_about_the_increment(tmp_path: Path, form: Make) -> None:
    filled = tmp_path / "filled.pdf"
    filled.write_bytes(fill_form(form(), {"t": "Łódź"}).data)

    checked = subprocess.run(["qpdf", "--check", str(filled)], capture_output=True, text=True, check=False)

    assert "WARNING" not in checked.stdout + checked.stderr
    assert checked.returncode == 0


@pytest.mark.parametrize(
    "form",
    [
        forms.object_streams,
        forms.hybrid_cross_reference,
        forms.history_of_two_increments,
        forms.usage_rights,
        signed_forms.signed,
    ],
    ids=lambda form: form.__name__,
)
def test_every_byte_of_the_input_stays(form: Make) -> None:
    assert fill_form(form(), {"t": "Ada"}).data.startswith(form())


def test_the_newest_value_of_a_history_counts() -> None:
    assert read_form(forms.history_of_two_increments()).fields[0].value == "second"


def test_usage_rights_are_kept() -> None:
    filled = PdfReader(io.BytesIO(fill_form(forms.usage_rights(), {"t": "Ada"}).data))

    assert "/UR3" in str(filled.root_object["/Perms"])


def test_xfa_goes_and_the_report_says_so() -> None:
    filled = fill_form(forms.xfa_beside_the_form(), {"t": "Ada"})

    assert not PdfReader(io.BytesIO(filled.data)).xfa
    assert "XFA" in str(filled.report) + str(getattr(filled, "notes", ""))


def test_a_form_that_is_xfa_alone_is_a_clear_error() -> None:
    with pytest.raises(InvalidDocument) as caught:
        read_form(forms.xfa_alone())

    assert caught.value.details["reason"] == "xfa_only"


def test_fields_that_nobody_asked_for_are_still_seen_once_viewers_are_not_asked_to_draw() -> None:
    filled = fill_form(forms.viewers_asked_to_draw(), {"t": "Ada"})

    assert "/NeedAppearances" not in str(PdfReader(io.BytesIO(filled.data)).root_object["/AcroForm"])
    assert outcome(forms.viewers_asked_to_draw(), {"t": "Ada"}).wrong == {}


@pytest.mark.parametrize("permission", [2, 3])
def test_a_certified_document_that_allows_filling_in_is_filled(permission: int) -> None:
    blank = signed_forms.certified(permission)

    assert outcome(blank, {"t": "Ada"}).wrong == {}
    assert fill_form(blank, {"t": "Ada"}).data.startswith(blank)


def test_a_certificate_that_allows_filling_in_allows_no_other_change_of_the_form() -> None:
    """Nor of its XFA, which a viewer of it goes on showing: that is said."""
    blank = signed_forms.certified_with_xfa()

    filled = fill_form(blank, {"t": "Ada"})

    assert b"\n3 0 obj" not in filled.data[len(blank) :]
    assert PdfReader(io.BytesIO(filled.data)).xfa
    assert Note.XFA_KEPT in filled.notes
    assert Note.XFA_DROPPED not in filled.notes
    assert outcome(blank, {"t": "Ada"}).wrong == {}


def test_a_certified_document_that_allows_nothing_is_left_alone_and_said() -> None:
    blank = signed_forms.certified(1)

    filled = fill_form(blank, {"t": "Ada"})

    assert filled.data == blank
    assert filled.report[0].status is FieldStatus.READ_ONLY
    assert filled.report[0].reason


@pytest.mark.parametrize(
    ("how", "names", "free"),
    [("All", "", ""), ("Include", "(t)", "other"), ("Exclude", "(other)", "other")],
    ids=["all", "include", "exclude"],
)
def test_fields_that_a_signature_locks_are_left_alone_and_said(how: str, names: str, free: str) -> None:
    filled = fill_form(signed_forms.locked(how, names), {"t": "Ada", "other": "Bob"})

    statuses = {entry.key: entry.status for entry in filled.report}
    assert statuses["t"] is FieldStatus.READ_ONLY
    assert statuses["other"] is (FieldStatus.FILLED if free else FieldStatus.READ_ONLY)


def test_a_lock_that_nobody_has_signed_locks_nothing() -> None:
    assert outcome(signed_forms.lock_before_signing(), {"t": "Ada"}).wrong == {}
