"""One widget as every appearance of it begins: its style, its font, and the bytes around what is drawn in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from durable_edits.pdf.field_font import OWN, FieldFont
from durable_edits.pdf.lazily import lazily
from durable_edits.pdf.serialise import number_token
from durable_edits.pdf.style import Style, decorate

Draw = Callable[[bytes, bytes], bytes | None]
"""The content that shows ASCII in a colour, or None where that takes more than a table of widths."""


@dataclass(eq=False)
class Frame:
    style: Style
    font: FieldFont

    def drawing(self, kind: object, make: Callable[[], Draw | None]) -> Draw | None:
        """What draws plain text of a kind in it, made once."""
        if kind not in self._drawings:
            self._drawings[kind] = make()
        return self._drawings[kind]

    @lazily
    def _drawings(self) -> dict[object, Draw | None]:
        return {}

    @lazily
    def entries(self) -> bytes:
        """Of the appearance's dictionary, all but its resources and length."""
        style = self.style
        box = b"%b %b" % (number_token(style.width), number_token(style.height))
        turned = b" ".join(map(number_token, style.matrix))
        matrix = b"/Matrix[%b]" % turned if style.rotation else b""
        return b"/Type/XObject/Subtype/Form/BBox[0 0 %b]%b" % (box, matrix)

    @lazily
    def own_entries(self) -> bytes:
        """`entries` with the field's font as the only resource."""
        return self.entries + resources({OWN: self.font.token})

    @lazily
    def under(self) -> bytes:
        """Background and border."""
        return "".join(f"{line}\n" for line in decorate(self.style)).encode("latin-1")

    @lazily
    def before_text(self) -> bytes:
        """What text is drawn into, up to its colour."""
        style, b = self.style, self.style.border_width
        clip = f"{b:g} {b:g} {max(style.width - 2 * b, 0):g} {max(style.height - 2 * b, 0):g} re W n"
        return self.under + f"/Tx BMC\nq\n{clip}\nBT\n".encode("latin-1")


AFTER_TEXT = b"\nET\nQ\nEMC"


def resources(fonts: dict[str, bytes]) -> bytes:
    listed = b"".join(b"/%b %b" % (name.encode("latin-1"), token) for name, token in fonts.items())
    return b"/Resources<</Font<<%b>>>>" % listed if fonts else b"/Resources<<>>"
