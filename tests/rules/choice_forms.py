"""Combo and list boxes as authors write them."""

from __future__ import annotations

from tests.made_forms import COMBO, EDIT, FIRST, MULTI_SELECT, choice, made_form, place, stream
from tests.rules.rule import rule

PAIRS = "[(DE) (Germany)] [(FR) (France)] [(IT) (Italy)] [(ES) (Spain)]"
TALL = (20, 260, 220, 320)
SORTED = 1 << 19


@rule
def combo() -> bytes:
    return made_form([choice("c", "(red) (green) (blue)")])


@rule
def combo_of_pairs() -> bytes:
    return made_form([choice("c", PAIRS, more="/V (DE)")])


@rule
def combo_that_stores_what_it_shows() -> bytes:
    return made_form([choice("c", PAIRS, more="/V (Germany) /I [0]")])


@rule
def combo_that_can_be_typed_into() -> bytes:
    return made_form([choice("c", "(red) (green)", flags=COMBO | EDIT)])


@rule
def combo_with_options_on_the_parent() -> bytes:
    parent = (
        f"<< /T (c) /FT /Ch /Ff {COMBO} /Opt [{PAIRS}] /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R {FIRST + 2} 0 R] >>"
    )
    kids = [f"<< /Parent {FIRST} 0 R {place((20, 300 - 40 * n, 220, 320 - 40 * n))} >>" for n in range(2)]
    return made_form([parent, *kids])


@rule
def combo_kid_with_a_value_of_its_own() -> bytes:
    parent = f"<< /T (c) /FT /Ch /Ff {COMBO} /Opt [{PAIRS}] /V (DE) /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R] >>"
    return made_form([parent, f"<< /Parent {FIRST} 0 R /V (46) /I [1] {place((20, 300, 220, 320))} >>"])


@rule
def combo_with_options_that_are_no_strings() -> bytes:
    """Names, numbers, an empty pair, null."""
    return made_form([choice("c", "/red 5 [] null [(x)] (blue)")])


@rule
def combo_with_its_options_elsewhere() -> bytes:
    return made_form([choice("c", "").replace("/Opt []", f"/Opt {FIRST + 1} 0 R"), f"[{PAIRS}]"])


@rule
def list_box() -> bytes:
    return made_form([choice("c", PAIRS, TALL, flags=0, more="/V (ES) /I [3] /TI 2")])


@rule
def list_of_several() -> bytes:
    return made_form([choice("c", PAIRS, TALL, flags=MULTI_SELECT, more="/V [(ES) (FR)] /I [1 3]")])


@rule
def list_scrolled_away() -> bytes:
    """/TI says that the first line shown is the thirtieth."""
    options = " ".join(f"(option {number})" for number in range(40))
    return made_form([choice("c", options, TALL, flags=0, more="/TI 30 /V (option 31) /I [31]")])


@rule
def sorted_list() -> bytes:
    return made_form([choice("c", "(pear) (apple) (fig)", TALL, flags=SORTED)])


@rule
def list_with_an_old_drawing() -> bytes:
    drawn = stream("BT /Helv 12 Tf 2 40 Td (Spain) Tj ET", "/Type /XObject /Subtype /Form /BBox [0 0 200 60]")
    return made_form([choice("c", PAIRS, TALL, flags=0, more=f"/V (ES) /AP << /N {FIRST + 1} 0 R >>"), drawn])
