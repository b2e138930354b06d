"""A dictionary that a fill changes, ready to be written again: its source without the entries that change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from pypdf.generic import DictionaryObject, IndirectObject, PdfObject

from durable_edits.pdf.document import Source
from durable_edits.pdf.serialise import Change, changed_entries, serialised
from durable_edits.pdf.tokens import CHANGING, spelled


@dataclass(frozen=True, slots=True)
class Template:
    """`body` is everything but the entries of CHANGING, which are `kept` by name, each with its name."""

    body: bytes
    kept: dict[str, bytes]

    def written(self, change: Change) -> bytes:
        kept = b"".join(b"\n" + entry for name, entry in self.kept.items() if name not in change)
        return b"<<%b%b%b>>" % (self.body, kept, changed_entries(change))


@dataclass(eq=False)
class Place:
    """A dictionary and the indirect object it is written with: itself, or for a direct one whatever holds it."""

    dictionary: DictionaryObject
    holder: IndirectObject
    owner: PdfObject
    _template: Template | None = None

    @property
    def whole(self) -> bool:
        return self.owner is self.dictionary

    def template(self, source: Source) -> Template:
        """Of a dictionary that is an object of its own."""
        if self._template is None:
            self._template = _template(self, source)
        return self._template


def within(parent: Place, name: str, dictionary: DictionaryObject) -> Place:
    """A direct dictionary in the array that `parent` has under a name; the array may be an object of its own."""
    raw = dict.get(parent.dictionary, name)
    if isinstance(raw, IndirectObject):
        array = raw.get_object()
        if array is not None:
            return Place(dictionary, raw, array)
    return Place(dictionary, parent.holder, parent.owner)


def _template(place: Place, source: Source) -> Template:
    outline = source.outline(place.holder.idnum)
    kept: dict[str, bytes] = {}
    if outline is None:
        number, generation = place.holder.idnum, place.holder.generation
        encrypt = partial(source.cipher.encrypt_string, number, generation) if source.cipher is not None else None
        parts = []
        for name, value in dict.items(place.dictionary):
            entry = spelled(name) + b" " + serialised(value, encrypt)
            if name in CHANGING:
                kept[str(name)] = entry
            else:
                parts.append(entry)
        return Template(b"\n".join(parts), kept)
    buffer, last, parts = outline.buffer, outline.start + 2, []
    for name, start, end in outline.entries:
        parts.append(buffer[last:start])
        kept.setdefault(str(name), buffer[start:end])
        last = end
    parts.append(buffer[last : outline.end - 2])
    return Template(b"".join(parts), kept)
