"""How a field looks: like what a good viewer would draw from what the form says, or from less than that."""

from __future__ import annotations

import pytest
from PIL import Image

from durable_edits.pdf import fill_form
from tests.made_forms import MULTILINE
from tests.pdf_view import SCALE, changed, page_image
from tests.rules import look_forms as forms
from tests.rules.rule import Make, needs_poppler, outcome

pytestmark = needs_poppler

RED, YELLOW = (255, 0, 0), (255, 255, 0)


def at(picture: Image.Image, x: float, y: float) -> object:
    """The colour at a point of a page 400 points high."""
    return picture.getpixel((int(x * SCALE), int((400 - y) * SCALE)))


@pytest.mark.parametrize("name", forms.DEFAULT_APPEARANCES)
def test_text_is_right_with_a_default_appearance(name: str) -> None:
    assert outcome(forms.DEFAULT_APPEARANCES[name](), {"t": "Ada gq Ä"}).wrong == {}


@pytest.mark.parametrize("name", forms.DEFAULT_APPEARANCES)
def test_letters_that_the_font_lacks_are_right_too(name: str) -> None:
    assert outcome(forms.DEFAULT_APPEARANCES[name](), {"t": "Łódź 東京"}).wrong == {}


@pytest.mark.parametrize("form", [forms.appearance_of_the_form_alone, forms.form_without_resources], ids=["DA", "DR"])
def test_a_font_that_nobody_defines_is_replaced(form: Make) -> None:
    assert outcome(form(), {"t": "Ada gq"}).wrong == {}


@pytest.mark.parametrize("flags", [0, MULTILINE], ids=["line", "multiline"])
@pytest.mark.parametrize("align", [0, 1, 2])
def test_text_stands_left_in_the_middle_or_right(align: int, flags: int) -> None:
    blank = forms.aligned(align, flags)

    found = outcome(blank, {"t": "HHH"})

    area = changed(blank, found.filled.data)
    assert found.wrong == {}
    assert area is not None
    before, after = area[0] * 400 - 100, 260 - area[2] * 400
    assert (before < after - 10, before > after + 10) == ((True, False), (False, False), (False, True))[align]


def test_alignment_is_inherited() -> None:
    blank = forms.alignment_of_the_parent()

    area = changed(blank, fill_form(blank, {"t": "HHH"}).data)

    assert area is not None
    assert 260 - area[2] * 400 < 5


@pytest.mark.parametrize("flags", [0, MULTILINE], ids=["line", "multiline"])
@pytest.mark.parametrize("page", [0, 90, 180, 270])
@pytest.mark.parametrize("widget", [0, 90, 180, 270])
def test_text_is_upright_in_its_own_turn_on_any_page(widget: int, page: int, flags: int) -> None:
    assert outcome(forms.turned(widget, page, flags), {"t": "Ada gq Ä"}).wrong == {}


@pytest.mark.parametrize("flags", [0, MULTILINE], ids=["line", "multiline"])
@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("style", "SDBIU")
def test_background_and_border_stay_with_the_text_inside(style: str, width: float, flags: int) -> None:
    found = outcome(forms.bordered(style, width, flags), {"t": "Ada gq"})

    picture = page_image(found.filled.data)
    assert found.wrong == {}
    assert at(picture, 240, 265 - width) == YELLOW
    assert at(picture, 180, 250 + width / 2) == RED or style == "D"
    assert at(picture, 180, 280 - width / 2) == (YELLOW if style == "U" else RED) or style == "D"


def test_a_dashed_border_has_gaps() -> None:
    picture = page_image(outcome(forms.bordered("D", 2), {"t": "x"}).filled.data)

    line = {at(picture, x, 251) for x in range(110, 250)}
    assert {RED, YELLOW} <= line


def test_a_bevel_is_light_above_and_dark_below_and_an_inset_the_other_way_round() -> None:
    bevel, inset = (page_image(outcome(forms.bordered(style, 2), {"t": "x"}).filled.data) for style in "BI")

    def edges(picture: Image.Image) -> list[int]:
        return [sum(pixel) if isinstance(pixel := at(picture, 180, y), tuple) else 0 for y in (277, 253)]

    above, below = edges(bevel)
    assert above > below
    above, below = edges(inset)
    assert above < below


def test_a_border_of_the_old_kind_is_drawn() -> None:
    picture = page_image(outcome(forms.border_of_the_old_kind(), {"t": "x"}).filled.data)

    assert at(picture, 180, 251.5) == RED


def test_a_border_without_a_colour_is_not_drawn() -> None:
    picture = page_image(outcome(forms.border_without_a_colour(), {"t": "x"}).filled.data)

    assert at(picture, 200, 251.5) == (255, 255, 255)


def test_a_border_as_wide_as_the_box_does_not_cover_the_text() -> None:
    assert outcome(forms.border_as_wide_as_the_box(), {"t": "Ada"}).wrong == {}
