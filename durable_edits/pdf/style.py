"""How one widget looks: its default appearance (/DA), alignment, rotation, border and background."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pypdf.generic import DictionaryObject

from durable_edits.pdf.document import items, resolved
from durable_edits.pdf.limits import MAX_SIDE
from durable_edits.pdf.tree import FieldNode, Widget, text_of

_FONT = re.compile(r"/(\S+)\s+(-?\d*\.?\d+)\s+Tf")
_COLOR = re.compile(r"((?:-?\d*\.?\d+\s+){1,4})(g|rg|k)\b")
_OPERATORS = {1: "g", 3: "rg", 4: "k"}


@dataclass(frozen=True, slots=True)
class Style:
    """`width` and `height` are of the upright content: for a widget turned by 90 or 270 degrees they are swapped."""

    width: float
    height: float
    rotation: int
    font: str
    size: float
    color: str
    align: int
    border_width: float
    border_style: str
    border_color: str | None
    background: str | None

    @classmethod
    def bare(cls, width: float, height: float, rotation: int, size: float) -> Style:
        """Of a box without a border and background; `width` and `height` as turned."""
        return cls(width, height, rotation, "Helv", size, "0 g", 0, 0.0, "S", None, None)

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        match self.rotation:
            case 90:
                return 0, 1, -1, 0, self.height, 0
            case 180:
                return -1, 0, 0, -1, self.width, self.height
            case 270:
                return 0, -1, 1, 0, 0, self.width
            case _:
                return 1, 0, 0, 1, 0, 0


def read_style(node: FieldNode, widget: Widget) -> Style | None:
    """None for a widget without a visible rectangle."""
    rect = widget.rect
    if rect is None:
        return None
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    if not has_room(width, height):
        return None
    marks = resolved(widget.dictionary.get("/MK"), DictionaryObject) or DictionaryObject()
    turn = marks.get("/R")
    rotation = int(turn) % 360 // 90 * 90 if isinstance(turn, int | float) else 0
    if rotation in {90, 270}:
        width, height = height, width
    appearance = text_of(widget.dictionary.get("/DA")) or text_of(node.values.get("/DA"))
    font, size, color = _parsed(appearance)
    border_color, background = color_operator(marks.get("/BC"), stroke=True), color_operator(marks.get("/BG"))
    border_width, border_style = _border(widget.dictionary)
    align = widget.dictionary.get("/Q", node.values.get("/Q"))
    return Style(
        width=width,
        height=height,
        rotation=rotation,
        font=font,
        size=size,
        color=color,
        align=int(align) if isinstance(align, int) and align in {0, 1, 2} else 0,
        border_width=min(max(border_width, 0.0), min(width, height) / 2) if border_color else 0.0,
        border_style=border_style,
        border_color=border_color,
        background=background,
    )


@functools.lru_cache(maxsize=512)
def _parsed(appearance: str) -> tuple[str, float, str]:
    """Font, size and colour of a default appearance; the last of each counts."""
    fonts, colors = _FONT.findall(appearance), _COLOR.findall(appearance)
    font, size = fonts[-1] if fonts else ("Helv", "0")
    return font, abs(float(size)), f"{colors[-1][0].strip()} {colors[-1][1]}" if colors else "0 g"


def color_operator(value: object, *, stroke: bool = False) -> str | None:
    """A colour array as the operator that sets it; None for transparent."""
    parts = [item.get_object() for item in items(value)]
    if len(parts) not in _OPERATORS or not all(isinstance(part, int | float) for part in parts):
        return None
    operator = _OPERATORS[len(parts)]
    return " ".join(
        [*(f"{min(max(float(str(part)), 0), 1):g}" for part in parts), operator.upper() if stroke else operator]
    )


@functools.lru_cache
def hex_operator(color: str) -> bytes:
    """`#RRGGBB` as an rg operator."""
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return b"%.4g %.4g %.4g rg" % (red, green, blue)


def has_room(width: float, height: float) -> bool:
    return 1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE


def _border(widget: DictionaryObject) -> tuple[float, str]:
    style = resolved(widget.get("/BS"), DictionaryObject)
    if style is not None:
        width, kind = style.get("/W", 1), style.get("/S", "/S")
        return (float(width) if isinstance(width, int | float) else 1.0), str(kind)[1:]
    old = [item.get_object() for item in items(widget.get("/Border"))]
    if len(old) >= 3 and isinstance(old[2], int | float):
        return float(old[2]), "S"
    return 1.0, "S"


def decorate(style: Style) -> list[str]:
    """Background and border as content operators."""
    content: list[str] = []
    w, h, line = style.width, style.height, style.border_width
    if style.background:
        content.append(f"q {style.background} 0 0 {w:g} {h:g} re f Q")
    if style.border_color and line > 0:
        if style.border_style in {"B", "I"}:
            content += _relief(style)
        dash = "[3] 0 d " if style.border_style == "D" else ""
        path = (
            f"0 {line / 2:g} m {w:g} {line / 2:g} l"
            if style.border_style == "U"
            else (f"{line / 2:g} {line / 2:g} {w - line:g} {h - line:g} re")
        )
        content.append(f"q {style.border_color} {line:g} w {dash}{path} S Q")
    return content


def _relief(style: Style) -> list[str]:
    """The light and the dark edge of a bevelled or inset border (ISO 32000-1, table 166)."""
    w, h, b = style.width, style.height, style.border_width
    light, dark = ("1 g", "0.5 g") if style.border_style == "B" else ("0.5 g", "0.75 g")
    upper = f"{b:g} {b:g} m {b:g} {h - b:g} l {w - b:g} {h - b:g} l {w - 2 * b:g} {h - 2 * b:g} l"
    lower = f"{w - b:g} {h - b:g} m {w - b:g} {b:g} l {b:g} {b:g} l {2 * b:g} {2 * b:g} l"
    return [
        f"q {light} {upper} {2 * b:g} {h - 2 * b:g} l {2 * b:g} {2 * b:g} l f Q",
        f"q {dark} {lower} {w - 2 * b:g} {2 * b:g} l {w - 2 * b:g} {h - 2 * b:g} l f Q",
    ]
