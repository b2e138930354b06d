"""overlay: text and check marks on pages that have no fields for them."""

from __future__ import annotations

import pytest

from durable_edits.errors import BadRequest, DocumentTooManyPages
from durable_edits.form import Box, FieldStatus, Mark, Reason
from durable_edits.pdf import FilledDocument, overlay
from tests.made_forms import encrypted, made_form
from tests.pdf_view import changed, page_image, text_in, within

BOX = Box(left=0.2, top=0.3, width=0.4, height=0.06, page=1)
PRINTED = "q 0.5 0 0 0.5 0 0 cm BT /F 20 Tf 40 40 Td (printed) Tj ET"  # what it puts aside it never takes back


def plain(page: str = "", *, pages: int = 1) -> bytes:
    return made_form([], page=page, printed=PRINTED, pages=pages)


def text_mark(value: str, box: Box = BOX, *, check: bool = False) -> Mark:
    return Mark(key="m", box=box, value=value, check=check)


def statuses(done: FilledDocument) -> list[FieldStatus]:
    return [entry.status for entry in done.report]


@pytest.mark.parametrize("value", ["Ada Lovelace", "Zoë Łukasz – 5 €", "日本"])
def test_a_text_is_seen_in_its_box_and_what_was_printed_stays(value: str) -> None:
    done = overlay(plain(), [text_mark(value)])

    assert statuses(done) == [FieldStatus.FILLED]
    assert text_in(done.data, BOX) == value
    assert "printed" in text_in(done.data, Box(left=0, top=0.5, width=1, height=0.5, page=1))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("check", [False, True])
def test_a_mark_stands_upright_in_its_box_on_a_turned_and_cropped_page(rotate: int, check: bool) -> None:
    blank = plain(f"/MediaBox [0 0 500 400] /CropBox [50 20 450 380] /Rotate {rotate}")

    done = overlay(blank, [text_mark("true", check=check)])

    area = changed(blank, done.data)
    assert within(area, BOX)
    assert area is not None
    width, height = page_image(done.data).size
    if not check:
        assert (area[2] - area[0]) * width > (area[3] - area[1]) * height


def test_everything_of_the_input_stays_and_the_same_request_gives_the_same_bytes() -> None:
    blank = plain()

    first, second = (overlay(blank, [text_mark("Ada"), text_mark("true", check=True)]).data for _ in range(2))

    assert first.startswith(blank)
    assert first == second


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_an_encrypted_document_stays_so(algorithm: str) -> None:
    done = overlay(encrypted(plain(), algorithm), [text_mark("Ada")])

    assert b"(Ada)" not in done.data
    assert text_in(done.data, BOX) == "Ada"


def test_a_box_that_is_marked_off_stays_empty() -> None:
    blank = plain()

    done = overlay(blank, [text_mark("false", check=True)])

    assert statuses(done) == [FieldStatus.UNCHANGED]
    assert done.data == blank


def test_what_cannot_be_shown_whole_is_said() -> None:
    narrow = BOX.model_copy(update={"width": 0.05})

    [entry] = overlay(plain(), [text_mark("a text far too long for its box", narrow)]).report

    assert entry.status is FieldStatus.DOES_NOT_FIT
    assert "of 31 characters are visible" in entry.reason


@pytest.mark.parametrize(
    ("change", "reason"), [({"page": 2}, Reason.NO_PAGE), ({"page": 0}, Reason.NO_PAGE), ({"width": 0}, Reason.NO_ROOM)]
)
def test_a_box_that_is_nowhere_fails_alone(change: dict[str, float], reason: Reason) -> None:
    done = overlay(plain(), [text_mark("x", BOX.model_copy(update=change)), text_mark("Ada")])

    assert (done.report[0].status, done.report[0].reason) == (FieldStatus.FAILED, reason)
    assert text_in(done.data, BOX) == "Ada"


def test_a_certified_document_is_left_alone() -> None:
    source = made_form([], acroform=">> /Perms << /DocMDP 8 0 R ").replace(b"/AcroForm 3 0 R", b"/Perms 3 0 R   ")
    certified = source.replace(b"<< /Fields []", b"<< /DocMDP 8 0 R /Fields []")

    done = overlay(certified, [text_mark("Ada")])

    assert (statuses(done), done.report[0].reason) == ([FieldStatus.READ_ONLY], Reason.CERTIFIED)
    assert done.data == certified


def test_limits_and_colours_are_those_of_a_fill() -> None:
    with pytest.raises(DocumentTooManyPages):
        overlay(plain(pages=3), [], max_pages=2)
    with pytest.raises(BadRequest):
        overlay(plain(), [], color="blue")
