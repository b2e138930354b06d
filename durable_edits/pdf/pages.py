"""The page tree (ISO 32000-1, 7.7.3): how many pages, and which of them carry annotations.

Leaves are told by their source where that is enough: a long document has few pages that a form is on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pypdf.generic import DictionaryObject, IndirectObject, NullObject, PdfObject

from durable_edits.errors import DocumentTooManyPages
from durable_edits.pdf.document import Document, Source, items, numbers, resolved
from durable_edits.pdf.limits import MAX_DEPTH
from durable_edits.pdf.tokens import Tokens

INHERITED = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
# What makes a node's source worth reading: kids (then it is no page), a name in another spelling.
_WORTH_READING = (b"/Kids", b"/Pages", b"#")
_ANNOTATIONS = re.compile(rb"/Annots[\0\t\n\f\r ]*(?:(\[[^][()<>{}/%]*\])|(\d+)[\0\t\n\f\r ]+(\d+)[\0\t\n\f\r ]+R\b)")


@dataclass(frozen=True, slots=True)
class Page:
    """`box` is the visible part in the page's own space; `rotate` is 0, 90, 180 or 270, clockwise."""

    number: int
    dictionary: DictionaryObject
    ref: IndirectObject | None
    box: tuple[float, float, float, float]
    rotate: int
    resources: PdfObject | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as the tree has it: a reference or a dictionary, and what it inherits."""

    raw: PdfObject
    inherited: dict[str, PdfObject]


@dataclass(slots=True)
class Pages:
    """`annotated`: the pages that something may stand on, by number, with their /Annots."""

    leaves: list[Leaf] = field(default_factory=list)
    annotated: list[tuple[int, PdfObject]] = field(default_factory=list)
    _read: dict[int, Page | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.leaves)

    def page(self, number: int) -> Page | None:
        """A page by its number from 1; None for one whose dictionary cannot be read."""
        if number not in self._read:
            leaf = self.leaves[number - 1]
            node = resolved(leaf.raw, DictionaryObject)
            self._read[number] = None if node is None else _page(number, node, leaf)
        return self._read[number]


def read_pages(document: Document, max_pages: int) -> Pages:
    """Raises DocumentTooManyPages."""
    pages, seen, source = Pages(), set[object](), document.source
    stack: list[tuple[PdfObject, dict[str, PdfObject], int]] = [(document.root.get("/Pages", NullObject()), {}, 0)]
    while stack:
        raw, inherited, depth = stack.pop()
        key: object = raw.idnum if isinstance(raw, IndirectObject) else ("direct", id(raw))
        if key in seen or depth > MAX_DEPTH:
            continue
        seen.add(key)
        if isinstance(raw, IndirectObject):
            told = _annotations(source.peek(raw), source)
            if told is not None:
                _add(pages, Leaf(raw, inherited), told, max_pages)
                continue
        node = resolved(raw, DictionaryObject)
        if node is None:
            continue
        kids = items(node.get("/Kids"))
        if kids and node.get("/Type") != "/Page":
            mine = {name: node[name] for name in INHERITED if name in node}
            below = inherited | mine if mine else inherited
            stack.extend((kid, below, depth + 1) for kid in reversed(kids))
        elif node.get("/Type") != "/Pages":
            _add(pages, Leaf(raw, inherited), node.get("/Annots", NullObject()), max_pages)
    return pages


def _annotations(text: bytes, source: Source) -> PdfObject | None:
    """A page's /Annots by its source, null if it has none; None where that cannot be told."""
    if b"<<" not in text or any(mark in text for mark in _WORTH_READING):
        return None
    count = text.count(b"/Annots")
    if not count:
        return NullObject()
    match = _ANNOTATIONS.search(text) if count == 1 else None
    if match is None:
        return None
    if match[1] is None:
        return IndirectObject(int(match[2]), int(match[3]), source)
    return Tokens(match[1], source).top(0)[0] if match[1].strip(b"[]\0\t\n\f\r ") else NullObject()


def _add(pages: Pages, leaf: Leaf, annotations: PdfObject, max_pages: int) -> None:
    pages.leaves.append(leaf)
    if not isinstance(annotations, NullObject):
        pages.annotated.append((len(pages), annotations))
    if len(pages) > max_pages:
        raise too_many_pages(max_pages)


def too_many_pages(max_pages: int) -> DocumentTooManyPages:
    return DocumentTooManyPages(
        f"The document has more than {max_pages} pages (EDITS_MAX_PAGES); send its form alone.", limit=max_pages
    )


def _page(number: int, node: DictionaryObject, leaf: Leaf) -> Page:
    found = leaf.inherited | {name: node[name] for name in INHERITED if name in node}
    media = numbers(found.get("/MediaBox"), 4) or [0.0, 0.0, 612.0, 792.0]
    crop = numbers(found.get("/CropBox"), 4) or media
    x0, x1 = sorted((crop[0], crop[2]))
    y0, y1 = sorted((crop[1], crop[3]))
    rotate = found.get("/Rotate")
    turn = int(rotate) % 360 if isinstance(rotate, int | float) else 0
    ref = leaf.raw if isinstance(leaf.raw, IndirectObject) else None
    return Page(number, node, ref, (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), turn // 90 * 90, found.get("/Resources"))
