"""Forms as PDF authors write them, right and wrong, from the source text of their objects.

`tests.forms` and `dev.form_writer` make well-formed ones; this is for everything that those would never write.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, PdfObject

Rect = tuple[float, float, float, float]

FIRST = 10  # the object number of a form's first field; the others follow it

MULTILINE, PASSWORD, COMB = 1 << 12, 1 << 13, 1 << 24
RADIO, PUSH_BUTTON = 1 << 15, 1 << 16
COMBO, EDIT, MULTI_SELECT = 1 << 17, 1 << 18, 1 << 21


def document(objects: dict[int, str | bytes], *, trailer: str = "") -> bytes:
    """Objects by number, 1 being the catalog, with a cross-reference table."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    rows = []
    for number, source in sorted(objects.items()):
        rows.append(b"%d 1\n%010d 00000 n \n" % (number, out.tell()))
        body = source.encode("latin-1") if isinstance(source, str) else source
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 1\n0000000000 65535 f \n" + b"".join(rows))
    out.write(b"trailer\n<< /Root 1 0 R /Size %d %s >>\n" % (max(objects) + 1, trailer.encode()))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(content: str, entries: str = "") -> str:
    return f"<< /Length {len(content)} {entries} >>\nstream\n{content}\nendstream"


def made_form(
    fields: Sequence[str], *, pages: int = 1, page: str = "", acroform: str = "", printed: str = "", fonts: str = ""
) -> bytes:
    """Fields and widgets by their source, numbered from FIRST on.

    Whatever has a /Rect is shown on the first page, whatever has no /Parent is listed in /Fields. `page`, `acroform`
    and `fonts` are further entries of those dictionaries; `printed` is the first page's content.
    """
    numbers = range(FIRST, FIRST + len(fields))
    sheets = range(FIRST + len(fields), FIRST + len(fields) + pages)
    roots = " ".join(f"{n} 0 R" for n, source in zip(numbers, fields, strict=True) if "/Parent" not in source)
    shown = " ".join(f"{n} 0 R" for n, source in zip(numbers, fields, strict=True) if "/Rect" in source)
    objects: dict[int, str | bytes] = {
        1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R >>",
        2: f"<< /Type /Pages /Count {pages} /Kids [{' '.join(f'{n} 0 R' for n in sheets)}] >>",
        3: f"<< /Fields [{roots}] /DA (/Helv 0 Tf 0 g) "
        f"/DR << /Font << /Helv 4 0 R /ZaDb 5 0 R {fonts} >> >> {acroform} >>",
        4: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>",
        6: stream(printed),
        7: stream("1 0 0 rg 0 0 20 20 re f", "/Type /XObject /Subtype /Form /BBox [0 0 20 20]"),
        8: stream("", "/Type /XObject /Subtype /Form /BBox [0 0 20 20]"),
    }
    objects |= dict(zip(numbers, fields, strict=True))
    for sheet in sheets:
        mine = f"/Annots [{shown}] /Contents 6 0 R {page}" if sheet == sheets[0] else ""
        box = "" if "/MediaBox" in mine else "/MediaBox [0 0 400 400]"
        objects[sheet] = f"<< /Type /Page /Parent 2 0 R {box} /Resources << /Font << /F 4 0 R >> >> {mine} >>"
    return document(objects)


def place(rect: Rect, more: str = "") -> str:
    """A widget's entries."""
    return f"/Subtype /Widget /F 4 /Rect [{' '.join(f'{side:g}' for side in rect)}] {more}"


def text(
    name: str, rect: Rect = (20, 300, 220, 320), *, flags: int = 0, da: str = "/Helv 12 Tf", more: str = ""
) -> str:
    return f"<< /T ({name}) /FT /Tx /Ff {flags} /DA ({da}) {place(rect, more)} >>"


def states(*names: str) -> str:
    """An appearance that shows a red square in each of the states, and nothing in /Off."""
    return f"/AP << /N << {' '.join(f'/{name} 7 0 R' for name in names)} /Off 8 0 R >> >>"


def checkbox(name: str, rect: Rect = (20, 300, 40, 320), *, on: str = "Yes", more: str = "") -> str:
    return f"<< /T ({name}) /FT /Btn {place(rect, states(on))} {more} >>"


def radio(name: str, buttons: Sequence[str], *, first: int = FIRST, flags: int = RADIO, more: str = "") -> list[str]:
    """A group and its buttons, 40 points apart; `first` is the group's object number."""
    kids = " ".join(f"{first + 1 + index} 0 R" for index in range(len(buttons)))
    group = f"<< /T ({name}) /FT /Btn /Ff {flags} /Kids [{kids}] {more} >>"
    spots = [(20.0 + 40 * index, 300.0, 40.0 + 40 * index, 320.0) for index in range(len(buttons))]
    return [
        group,
        *(
            f"<< /Parent {first} 0 R /AS /Off {place(spot, states(each))} >>"
            for spot, each in zip(spots, buttons, strict=True)
        ),
    ]


def choice(name: str, options: str, rect: Rect = (20, 300, 220, 320), *, flags: int = COMBO, more: str = "") -> str:
    """`options` is what stands between the brackets of /Opt."""
    return f"<< /T ({name}) /FT /Ch /Ff {flags} /Opt [{options}] /DA (/Helv 12 Tf) {place(rect, more)} >>"


def kitchen_sink() -> bytes:
    """Every kind of field, one form."""
    colours = radio("colour", ["red", "blue"], more="/TU (Colour)")
    return made_form(
        [
            *colours,
            text("name", (20, 270, 180, 288), more="/TU (Full name)"),
            text("code", (200, 270, 360, 288), flags=COMB, more="/MaxLen 8"),
            text("notes", (20, 200, 180, 260), flags=MULTILINE),
            text("secret", (200, 240, 360, 258), flags=PASSWORD),
            text("framed", (200, 200, 360, 230), more="/MK << /BC [0 0 1] /BG [1 1 0.8] >> /BS << /W 2 >>"),
            text("turned", (370, 200, 390, 320), more="/MK << /R 90 >>"),
            text("fixed", (20, 170, 180, 188), flags=1, more="/V (read only)"),
            checkbox("agree", (20, 140, 34, 154)),
            checkbox("odd", (60, 140, 74, 154), on="Ja"),
            f"<< /T (bare) /FT /Btn {place((100, 140, 114, 154))} >>",
            choice("country", "[(DE) (Germany)] [(FR) (France)]", (20, 110, 180, 128)),
            choice("other", "(one) (two)", (200, 110, 360, 128), flags=COMBO | EDIT),
            choice("list", "(alpha) (beta) (gamma) (delta)", (20, 40, 180, 100), flags=MULTI_SELECT),
            f"<< /T (push) /FT /Btn /Ff {PUSH_BUTTON} {place((200, 80, 260, 100))} >>",
            f"<< /T (signature) /FT /Sig {place((200, 40, 360, 70))} >>",
        ]
    )


def encrypted(data: bytes, algorithm: str, *, password: str = "") -> bytes:
    """The same document, encrypted for the user's `password` (empty: anyone may open it)."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def widgets(data: bytes) -> list[DictionaryObject]:
    """What the first page shows of the form, as it is stored."""
    shown: Sequence[PdfObject] = PdfReader(io.BytesIO(data)).pages[0].annotations or []
    return [widget for each in shown if isinstance(widget := each.get_object(), DictionaryObject)]
