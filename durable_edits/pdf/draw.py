"""One fill of one document: the objects changed, the fallback fonts in use, and the appearance of each widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from durable_edits.form import FieldStatus
from durable_edits.pdf.appearance import draw_line, draw_list, draw_text
from durable_edits.pdf.document import Source
from durable_edits.pdf.faces import Face
from durable_edits.pdf.fallback import EmbeddedFace
from durable_edits.pdf.field_font import OWN
from durable_edits.pdf.frame import Frame, resources
from durable_edits.pdf.increment import Increment
from durable_edits.pdf.layout import Placed
from durable_edits.pdf.serialise import Change, serialised
from durable_edits.pdf.template import Place
from durable_edits.pdf.tokens import string_token, text_bytes
from durable_edits.pdf.tree import FieldNode
from durable_edits.pdf.typesetting import Typesetter

Drawing = tuple[Placed, set[str]]
"""A placed text, and the letters of it that nobody has."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of one field; `value` is what it now holds, if anything was stored."""

    status: FieldStatus
    reason: str = ""
    stored: bool = False
    value: str | None = None


class Canvas:
    def __init__(self, source: Source, color: bytes) -> None:
        self.color = color
        self.increment = Increment(source)
        self._source = source
        self._faces: dict[str, EmbeddedFace] = {}
        self._changes: dict[Place, dict[str, bytes | None]] = {}
        self._pending: dict[Place, dict[str, bytes | None]] = {}
        self._mark = 0, 0

    @property
    def changed(self) -> bool:
        return bool(self._changes or self.increment.changed)

    def begin(self) -> None:
        """What follows until `keep` is one field's, and goes as a whole if it fails."""
        self._pending = {}
        self._mark = len(self.increment.changed), len(self.increment.new)

    def keep(self) -> None:
        for place, change in self._pending.items():
            self._changes.setdefault(place, {}).update(change)
        self._pending = {}

    def drop(self) -> None:
        changed, new = self._mark
        self._pending = {}
        del self.increment.changed[changed:]
        self.increment.new[new:] = [None] * (len(self.increment.new) - new)  # a font's number may be among them

    def change(self, place: Place, change: Change) -> None:
        self._pending.setdefault(place, {}).update(change)

    def string(self, place: Place, text: str) -> bytes:
        """A text as it is written into the object that holds a place."""
        raw = text_bytes(text)
        cipher = self.increment.cipher
        if cipher is not None:
            raw = cipher.encrypt_string(place.holder.idnum, place.holder.generation, raw)
        return string_token(raw)

    def draw_text(self, node: FieldNode, place: Place, frame: Frame, text: str, color: bytes) -> Drawing:
        """Give the widget an appearance that shows `text`. Also: letters nobody has."""

        def draw(setter: Typesetter) -> tuple[bytes, Placed]:
            return draw_text(text, node, frame, setter, color)

        return self._draw(place, frame, draw)

    def draw_line(self, place: Place, frame: Frame, text: str, color: bytes) -> Drawing:
        def draw(setter: Typesetter) -> tuple[bytes, Placed]:
            return draw_line(text, frame, setter, color)

        return self._draw(place, frame, draw)

    def draw_list(
        self, place: Place, frame: Frame, labels: list[str], chosen: set[str], color: bytes
    ) -> tuple[Drawing, int]:
        """Also: the index of the first visible line."""
        top = 0

        def draw(setter: Typesetter) -> tuple[bytes, Placed]:
            nonlocal top
            content, placed, top = draw_list(labels, chosen, frame, setter, color)
            return content, placed

        return self._draw(place, frame, draw), top

    def appearance(self, frame: Frame, content: bytes, fonts: dict[str, bytes]) -> int:
        """A new form XObject's number."""
        number = self.increment.reserve()
        self.increment.put_stream(number, frame.entries + resources(fonts), content)
        return number

    def finish(self) -> bytes:
        """The document with its increment."""
        for face in self._faces.values():
            face.write(self.increment)
        self._write_changes()
        return self.increment.write()

    def _draw(self, place: Place, frame: Frame, draw: Callable[[Typesetter], tuple[bytes, Placed]]) -> Drawing:
        number, drawing = self.drawing(frame, draw)
        self.change(place, {"/AP": b"<</N %d 0 R>>" % number, "/AS": None})
        return drawing

    def drawing(self, frame: Frame, draw: Callable[[Typesetter], tuple[bytes, Placed]]) -> tuple[int, Drawing]:
        """A new form XObject's number, and what became of the text in it."""
        used: dict[str, EmbeddedFace] = {}

        def embed(face: Face) -> EmbeddedFace:
            embedded = self._faces.get(face.name)
            if embedded is None:
                embedded = EmbeddedFace(face, self.increment.reserve())
                self._faces[face.name] = embedded
            used[face.name] = embedded
            return embedded

        setter = Typesetter(frame.font, embed)
        content, placed = draw(setter)
        fonts = {OWN: frame.font.token} | {name: b"%d 0 R" % each.number for name, each in used.items()}
        return self.appearance(frame, content, fonts), (placed, setter.missing)

    def _write_changes(self) -> None:
        """Dictionaries that are objects of their own from their templates, the others inside what holds them."""
        inside: dict[int, list[Place]] = {}
        for place in self._changes:
            if not place.whole:
                inside.setdefault(place.holder.idnum, []).append(place)
        for place, change in self._changes.items():
            number, generation = place.holder.idnum, place.holder.generation
            if place.whole and number not in inside:
                self.increment.change(number, generation, place.template(self._source).written(change))
        for number, places in inside.items():
            held = [place for place in self._changes if place.holder.idnum == number]
            generation, cipher = places[0].holder.generation, self.increment.cipher
            encrypt = partial(cipher.encrypt_string, number, generation) if cipher is not None else None
            changes = {id(place.dictionary): self._changes[place] for place in held}
            self.increment.change(number, generation, serialised(places[0].owner, encrypt, changes))


def drawn(found: list[Drawing | None]) -> tuple[FieldStatus, str]:
    """The status of a value from how its widgets came out."""
    missing = sorted({letter for each in found if each is not None for letter in each[1]})
    if missing:
        names = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:5])
        return FieldStatus.GLYPH_MISSING, f"stored whole; no font here shows {names}"
    cut = next((each[0] for each in found if each is not None and not each[0].fits), None)
    if cut is not None:
        return FieldStatus.DOES_NOT_FIT, f"stored whole; {cut.shown} of {cut.total} characters are visible"
    return FieldStatus.FILLED, ""
