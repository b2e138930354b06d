"""One widget as every appearance of it begins: its style, its font, and the bytes around what is drawn in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from durable_edits.pdf.field_font import OWN, FieldFont
from durable_edits.pdf.serialise import number_token
from durable_edits.pdf.style import Style, decorate


@dataclass(eq=False)
class Frame:
    style: Style
    font: FieldFont

    def like(self, other: Frame) -> bool:
        """Whether what is drawn in one may be shown in the other."""
        return self.style == other.style and self.font is other.font

    @cached_property
    def ascii_widths(self) -> tuple[float | None, ...]:
        """In sizes, by code; None for what has no code of its own in the font."""
        return tuple(None if each is None else each / 1000 for each in self.font.ascii_widths)

    @cached_property
    def entries(self) -> bytes:
        """Of the appearance's dictionary, all but its resources and length."""
        style = self.style
        box = b"%b %b" % (number_token(style.width), number_token(style.height))
        turned = b" ".join(map(number_token, style.matrix))
        matrix = b"/Matrix[%b]" % turned if style.rotation else b""
        return b"/Type/XObject/Subtype/Form/BBox[0 0 %b]%b" % (box, matrix)

    @cached_property
    def own_entries(self) -> bytes:
        """`entries` with the field's font as the only resource."""
        return self.entries + resources({OWN: self.font.token})

    @cached_property
    def under(self) -> bytes:
        """Background and border."""
        return "".join(f"{line}\n" for line in decorate(self.style)).encode("latin-1")

    @cached_property
    def before_text(self) -> bytes:
        """What text is drawn into, up to its colour."""
        style, b = self.style, self.style.border_width
        clip = f"{b:g} {b:g} {max(style.width - 2 * b, 0):g} {max(style.height - 2 * b, 0):g} re W n"
        return self.under + f"/Tx BMC\nq\n{clip}\nBT\n".encode("latin-1")


AFTER_TEXT = b"\nET\nQ\nEMC"


def resources(fonts: dict[str, bytes]) -> bytes:
    listed = b"".join(b"/%b %b" % (name.encode("latin-1"), token) for name, token in fonts.items())
    return b"/Resources<</Font<<%b>>>>" % listed if fonts else b"/Resources<<>>"
