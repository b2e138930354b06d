"""Field trees as authors leave them behind."""

from __future__ import annotations

from tests.made_forms import FIRST, document, made_form, place, text
from tests.rules.rule import rule
from tests.rules.sources import edited

BOX = (20, 300, 220, 320)
OTHER = (20, 200, 220, 220)


@rule
def kids_without_names() -> bytes:
    parent = f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R {FIRST + 2} 0 R] >>"
    return made_form([parent, *(f"<< /Parent {FIRST} 0 R {place(box)} >>" for box in (BOX, OTHER))])


@rule
def widgets_that_fields_does_not_list() -> bytes:
    return edited(made_form([text("listed"), text("t", OTHER)]), (b"/Fields [10 0 R 11 0 R]", b"/Fields [10 0 R]"))


@rule
def empty_fields() -> bytes:
    return edited(made_form([text("t")]), (b"/Fields [10 0 R]", b"/Fields []"))


@rule
def field_that_no_page_shows() -> bytes:
    return made_form([text("t"), "<< /T (unseen) /FT /Tx /DA (/Helv 12 Tf) >>"])


@rule
def widget_that_no_page_lists() -> bytes:
    return edited(made_form([text("t"), text("unseen", OTHER)]), (b"/Annots [10 0 R 11 0 R]", b"/Annots [10 0 R]"))


@rule
def hidden_widget() -> bytes:
    return made_form([text("t"), text("unseen", OTHER).replace("/F 4", "/F 2")])


@rule
def names_from_the_root_down() -> bytes:
    return made_form(
        [
            f"<< /T (person) /Kids [{FIRST + 1} 0 R] >>",
            f"<< /T (name) /Parent {FIRST} 0 R /Kids [{FIRST + 2} 0 R] >>",
            f"<< /T (first) /Parent {FIRST + 1} 0 R /FT /Tx /DA (/Helv 12 Tf) {place(BOX)} >>",
        ]
    )


@rule
def level_without_a_name() -> bytes:
    return made_form(
        [
            f"<< /T (person) /Kids [{FIRST + 1} 0 R] >>",
            f"<< /Parent {FIRST} 0 R /Kids [{FIRST + 2} 0 R] >>",
            f"<< /T (first) /Parent {FIRST + 1} 0 R /FT /Tx /DA (/Helv 12 Tf) {place(BOX)} >>",
        ]
    )


@rule
def names_in_utf16() -> bytes:
    return made_form([text("x").replace("(x)", "<FEFF59D3540D>")])


@rule
def kids_that_do_not_know_their_parent() -> bytes:
    parent = f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R] >>"
    return edited(made_form([parent, f"<< {place(BOX)} >>"]), (b"/Fields [10 0 R 11 0 R]", b"/Fields [10 0 R]"))


@rule
def kid_that_repeats_its_parents_type() -> bytes:
    parent = f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R] >>"
    return made_form([parent, f"<< /Parent {FIRST} 0 R /FT /Tx /Ff 0 {place(BOX)} >>"])


@rule
def field_listed_twice() -> bytes:
    return edited(made_form([text("t")]), (b"/Fields [10 0 R]", b"/Fields [10 0 R 10 0 R]"))


@rule
def null_among_the_kids() -> bytes:
    parent = f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) /Kids [null {FIRST + 1} 0 R 99 0 R (x)] >>"
    return made_form([parent, f"<< /Parent {FIRST} 0 R {place(BOX)} >>"])


@rule
def field_that_is_its_own_kid() -> bytes:
    return made_form([f"<< /Kids [{FIRST} 0 R {FIRST + 1} 0 R] >>", text("t", more=f"/Parent {FIRST} 0 R")])


@rule
def parents_in_a_circle() -> bytes:
    return made_form(
        [text("t"), f"<< /T (u) /Parent {FIRST + 2} 0 R {place(OTHER)} >>", f"<< /T (v) /Parent {FIRST + 1} 0 R >>"]
    )


@rule
def everything_direct() -> bytes:
    """No object but the page and the catalog: fields, widgets and form are written in place."""
    field = text("t")
    return document(
        {
            1: "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /DA (/Helv 0 Tf 0 g) /DR << /Font << /Helv "
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> >>",
            2: "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            3: f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Annots [{field}] >>",
        }
    )


@rule
def one_field_on_two_pages() -> bytes:
    parent = f"<< /T (t) /FT /Tx /DA (/Helv 12 Tf) /Kids [{FIRST + 1} 0 R {FIRST + 2} 0 R] >>"
    kids = [f"<< /Parent {FIRST} 0 R {place(box)} >>" for box in (BOX, OTHER)]
    data = made_form([parent, *kids], pages=2)
    return edited(
        data,
        (b"/Annots [11 0 R 12 0 R]", b"/Annots [11 0 R]"),
        (b"14 0 obj\n<< /Type /Page ", b"14 0 obj\n<< /Annots [12 0 R] /Type /Page "),
    )


@rule
def annotations_in_an_array_of_their_own() -> bytes:
    return edited(made_form([text("t"), f"[{FIRST} 0 R]"]), (b"/Annots [10 0 R]", b"/Annots 11 0 R "))


@rule
def stale_page_of_a_widget() -> bytes:
    return made_form([text("t", more="/P 99 0 R")])
