"""A small writer of PDF forms (ISO 32000-1): printed text, lines and boxes, and every kind of AcroForm field.

Boxes are (left, top, width, height) in points from the page's top left. Text is Helvetica, in what WinAnsi can spell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]
Colour = tuple[float, float, float]

PAGE_WIDTH, PAGE_HEIGHT = 595.0, 842.0  # A4
INK: Colour = (0.13, 0.15, 0.19)
REGULAR, BOLD = "Helv", "HeBo"
CIRCLE = 0.5523  # how far a Bezier's handles stand out for a quarter of a circle of radius 1

# Field flags, ISO 32000-1 tables 221, 226, 228, 230.
MULTILINE, COMB = 1 << 12, 1 << 24
NO_TOGGLE_TO_OFF, RADIO = 1 << 14, 1 << 15
COMBO = 1 << 17

CATALOG, PAGES, FORM, FONT_REGULAR, FONT_BOLD, FONT_SYMBOLS, FIRST_FREE = 1, 2, 3, 4, 5, 6, 7


def text_string(value: str) -> str:
    """A PDF text string: literal where ASCII is enough, else UTF-16 with its mark."""
    if value.isascii():
        return f"({value.translate(_ESCAPES)})"
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


_ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in values)


def circle(x: float, y: float, radius: float) -> str:
    """Path operators of a circle around (x, y)."""
    r, k = radius, radius * CIRCLE
    return (
        f"{_numbers(x + r, y)} m "
        f"{_numbers(x + r, y + k, x + k, y + r, x, y + r)} c {_numbers(x - k, y + r, x - r, y + k, x - r, y)} c "
        f"{_numbers(x - r, y - k, x - k, y - r, x, y - r)} c {_numbers(x + k, y - r, x + r, y - k, x + r, y)} c"
    )


@dataclass
class Page:
    """What is printed on one page, and which widgets lie on it."""

    number: int
    drawing: list[str] = field(default_factory=list)
    widgets: list[int] = field(default_factory=list)

    def text(
        self, x: float, top: float, words: str, *, size: float = 9, font: str = REGULAR, colour: Colour = INK
    ) -> None:
        """`top` is the baseline's distance from the page's top."""
        at = _numbers(x, PAGE_HEIGHT - top)
        self.drawing.append(f"BT {_numbers(*colour)} rg /{font} {_numbers(size)} Tf {at} Td {_shown(words)} Tj ET")

    def box(self, box: Box, *, fill: Colour | None = None, line: Colour | None = None, width: float = 0.6) -> None:
        left, top, across, down = box
        colours = f"{_numbers(*fill)} rg " if fill else ""
        colours += f"{_numbers(*line)} RG {_numbers(width)} w " if line else ""
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[fill is not None, line is not None]
        self.drawing.append(f"{colours}{_numbers(left, PAGE_HEIGHT - top - down, across, down)} re {paint}")

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: Colour, width: float = 0.6) -> None:
        points = f"{_numbers(start[0], PAGE_HEIGHT - start[1])} m {_numbers(end[0], PAGE_HEIGHT - end[1])} l"
        self.drawing.append(f"{_numbers(*colour)} RG {_numbers(width)} w {points} S")

    def circle(self, x: float, top: float, radius: float, line: Colour, fill: Colour) -> None:
        path = circle(x, PAGE_HEIGHT - top, radius)
        self.drawing.append(f"{_numbers(*fill)} rg {_numbers(*line)} RG 0.6 w {path} b")


def _shown(words: str) -> str:
    escaped = words.translate(_ESCAPES).encode("cp1252")
    return "(" + "".join(chr(byte) if byte < 0x80 else f"\\{byte:03o}" for byte in escaped) + ")"


class FormWriter:
    """Collects pages and fields; `to_bytes` is the document. A dot in a field's name makes a group of fields."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._objects: dict[int, str] = {}
        self._next = FIRST_FREE
        self._pages: list[Page] = []
        self._top: list[int] = []
        self._groups: dict[str, tuple[int, list[int]]] = {}

    def page(self) -> Page:
        page = Page(self._reserve())
        self._pages.append(page)
        return page

    def text(  # noqa: PLR0913 - a text field has that many sides
        self,
        page: Page,
        name: str,
        box: Box,
        *,
        tooltip: str = "",
        flags: int = 0,
        max_length: int | None = None,
        rotation: int = 0,
        flush_right: bool = False,
    ) -> None:
        extra = f" /FT /Tx /Ff {flags} /DA (/{REGULAR} 10 Tf 0 g)"
        extra += " /Q 2" if flush_right else ""
        extra += f" /MaxLen {max_length}" if max_length else ""
        extra += f" /MK << /R {rotation} >>" if rotation else ""
        self._widget(page, name, box, tooltip, extra)

    def choice(self, page: Page, name: str, box: Box, options: Sequence[tuple[str, str]], *, tooltip: str = "") -> None:
        """`options`: (what is stored, what is shown)."""
        listed = " ".join(f"[{text_string(stored)} {text_string(shown)}]" for stored, shown in options)
        extra = f" /FT /Ch /Ff {COMBO} /DA (/{REGULAR} 10 Tf 0 g) /Opt [{listed}]"
        self._widget(page, name, box, tooltip, extra)

    def checkbox(self, page: Page, name: str, box: Box, *, tooltip: str = "") -> None:
        _, _, width, height = box
        tick = f"{_numbers(width * 0.2, height * 0.5)} m {_numbers(width * 0.42, height * 0.24)} l "
        tick += f"{_numbers(width * 0.82, height * 0.8)} l"
        states = self._states(box, "Yes", f"q 0 0 0.5 RG {_numbers(width * 0.12)} w 1 J 1 j {tick} S Q")
        extra = f" /FT /Btn /DA (/ZaDb 0 Tf 0 g) /MK << /CA (4) >> /V /Off /AS /Off {states}"
        self._widget(page, name, box, tooltip, extra)

    def radio(self, page: Page, name: str, buttons: Sequence[tuple[str, Box]], *, tooltip: str = "") -> None:
        """`buttons`: (name of the state, box), one of which can be on."""
        group = self._reserve()
        kids = []
        for state, box in buttons:
            _, _, width, height = box
            dot = circle(width / 2, height / 2, width * 0.27)
            states = self._states(box, state, f"q 0 0 0.5 rg {dot} f Q")
            kids.append(
                self._add(self._annotation(page, box, f" /Parent {group} 0 R /MK << /CA (l) >> /AS /Off {states}"))
            )
        page.widgets += kids
        flags = RADIO | NO_TOGGLE_TO_OFF
        kid_list = " ".join(f"{kid} 0 R" for kid in kids)
        parent, title = self._place(name, group)
        self._objects[group] = (
            f"<< {title}{parent}{_tooltip(tooltip)} /FT /Btn /Ff {flags} /V /Off /Kids [{kid_list}] >>"
        )

    def signature(self, page: Page, name: str, box: Box, *, tooltip: str = "") -> None:
        self._widget(page, name, box, tooltip, " /FT /Sig")

    def to_bytes(self) -> bytes:
        for page in self._pages:
            content = self._stream("\n".join(page.drawing))
            annotations = " ".join(f"{widget} 0 R" for widget in page.widgets)
            self._objects[page.number] = (
                f"<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 {_numbers(PAGE_WIDTH, PAGE_HEIGHT)}] "
                f"/Resources << /Font << /{REGULAR} {FONT_REGULAR} 0 R /{BOLD} {FONT_BOLD} 0 R >> >> "
                f"/Contents {content} 0 R /Annots [{annotations}] >>"
            )
        self._write_groups()
        self._write_roots()
        return self._file()

    def _write_groups(self) -> None:
        for name, (number, kids) in self._groups.items():
            self._objects[number] = f"<< /T {text_string(name)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>"

    def _write_roots(self) -> None:
        kids = " ".join(f"{page.number} 0 R" for page in self._pages)
        fields = " ".join(f"{number} 0 R" for number in self._top)
        fonts = f"/{REGULAR} {FONT_REGULAR} 0 R /{BOLD} {FONT_BOLD} 0 R /ZaDb {FONT_SYMBOLS} 0 R"
        latin = "/Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont"
        self._objects |= {
            CATALOG: f"<< /Type /Catalog /Pages {PAGES} 0 R /AcroForm {FORM} 0 R /Lang (en) >>",
            PAGES: f"<< /Type /Pages /Kids [{kids}] /Count {len(self._pages)} >>",
            FORM: f"<< /Fields [{fields}] /DA (/{REGULAR} 0 Tf 0 g) /DR << /Font << {fonts} >> >> >>",
            FONT_REGULAR: f"<< {latin} /Helvetica >>",
            FONT_BOLD: f"<< {latin} /Helvetica-Bold >>",
            FONT_SYMBOLS: "<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>",
        }

    def _file(self) -> bytes:
        info = self._add(f"<< /Title {text_string(self._title)} >>")
        parts, offset, offsets = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], 15, []
        for number in sorted(self._objects):
            part = f"{number} 0 obj\n{self._objects[number]}\nendobj\n".encode("latin-1")
            offsets.append(offset)
            parts.append(part)
            offset += len(part)
        table = "".join(f"{each:010d} 00000 n \n" for each in offsets)
        size = len(offsets) + 1
        trailer = f"trailer\n<< /Size {size} /Root {CATALOG} 0 R /Info {info} 0 R >>\nstartxref\n{offset}\n%%EOF\n"
        return b"".join(parts) + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")

    def _widget(self, page: Page, name: str, box: Box, tooltip: str, extra: str) -> None:
        number = self._reserve()
        parent, title = self._place(name, number)
        self._objects[number] = self._annotation(page, box, f" {title}{parent}{_tooltip(tooltip)}{extra}")
        page.widgets.append(number)

    def _annotation(self, page: Page, box: Box, extra: str) -> str:
        left, top, width, height = box
        rect = _numbers(left, PAGE_HEIGHT - top - height, left + width, PAGE_HEIGHT - top)
        return f"<< /Type /Annot /Subtype /Widget /F 4 /P {page.number} 0 R /Rect [{rect}]{extra} >>"

    def _place(self, name: str, number: int) -> tuple[str, str]:
        """Put a field into its group or at the top; its /Parent and /T entries."""
        group, _, last = name.rpartition(".")
        if not group:
            self._top.append(number)
            return "", f"/T {text_string(last)}"
        if group not in self._groups:
            self._groups[group] = (self._reserve(), [])
            self._top.append(self._groups[group][0])
        parent, kids = self._groups[group]
        kids.append(number)
        return f" /Parent {parent} 0 R", f"/T {text_string(last)}"

    def _states(self, box: Box, on: str, drawing: str) -> str:
        frame = f"/Type /XObject /Subtype /Form /BBox [0 0 {_numbers(box[2], box[3])}]"
        return f"/AP << /N << /{on} {self._stream(drawing, frame)} 0 R /Off {self._stream('', frame)} 0 R >> >>"

    def _stream(self, content: str, entries: str = "") -> int:
        return self._add(f"<< {entries} /Length {len(content)} >>\nstream\n{content}\nendstream")

    def _add(self, body: str) -> int:
        number = self._reserve()
        self._objects[number] = body
        return number

    def _reserve(self) -> int:
        self._next += 1
        return self._next - 1


def _tooltip(text: str) -> str:
    return f" /TU {text_string(text)}" if text else ""
