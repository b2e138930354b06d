"""The page tree (ISO 32000-1, 7.7.3): how many pages, and which of them carry annotations.

Leaves are told by their source where that is enough: a long document has few pages that a form is on.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pypdf.generic import DictionaryObject, IndirectObject, NullObject, PdfObject

from durable_edits.errors import DocumentTooManyPages
from durable_edits.pdf.document import Document, items, numbers, resolved
from durable_edits.pdf.limits import MAX_DEPTH

INHERITED = ("/MediaBox", "/CropBox", "/Rotate")
# What makes a page's source worth reading: annotations, kids (then it is none), a name in another spelling.
_WORTH_READING = (b"/Annots", b"/Kids", b"/Pages", b"#")


@dataclass(frozen=True, slots=True)
class Page:
    """`box` is the visible part in the page's own space; `rotate` is 0, 90, 180 or 270, clockwise."""

    number: int
    dictionary: DictionaryObject
    ref: IndirectObject | None
    box: tuple[float, float, float, float]
    rotate: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as the tree has it: a reference or a dictionary, and what it inherits."""

    raw: PdfObject
    inherited: dict[str, PdfObject]


@dataclass(slots=True)
class Pages:
    """`annotated`: the pages that were read because something may stand on them."""

    leaves: list[Leaf] = field(default_factory=list)
    annotated: list[Page] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.leaves)

    def page(self, number: int) -> Page | None:
        """A page by its number from 1; None for one whose dictionary cannot be read."""
        leaf = self.leaves[number - 1]
        node = resolved(leaf.raw, DictionaryObject)
        return None if node is None else _page(number, node, leaf)


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
            text = source.peek(raw)
            if b"<<" in text and not any(mark in text for mark in _WORTH_READING):
                _add(pages, Leaf(raw, inherited), max_pages)
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
            leaf = Leaf(raw, inherited)
            _add(pages, leaf, max_pages)
            pages.annotated.append(_page(len(pages), node, leaf))
    return pages


def _add(pages: Pages, leaf: Leaf, max_pages: int) -> None:
    pages.leaves.append(leaf)
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
    return Page(number, node, ref, (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), turn // 90 * 90)
