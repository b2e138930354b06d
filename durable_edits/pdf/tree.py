"""The field tree (ISO 32000-1, 12.7.3): terminal fields with what they inherit, and the widgets that show them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field

from pypdf.generic import DictionaryObject, IndirectObject, NameObject, PdfObject, StreamObject, TextStringObject

from durable_edits.errors import DocumentTooComplex, DocumentWithoutFields, InvalidDocument
from durable_edits.form import FieldKind
from durable_edits.pdf.document import Document, items, numbers, resolved
from durable_edits.pdf.lazily import lazily
from durable_edits.pdf.limits import MAX_DEPTH, MAX_FIELDS
from durable_edits.pdf.pages import Page, Pages
from durable_edits.pdf.template import Place, within
from durable_edits.pdf.xref import unpacked

INHERITED = ("/FT", "/Ff", "/V", "/DV", "/DA", "/Q", "/MaxLen", "/Opt", "/I", "/TI")

READ_ONLY, REQUIRED = 1 << 0, 1 << 1
MULTILINE, PASSWORD, COMB = 1 << 12, 1 << 13, 1 << 24
RADIO, PUSH_BUTTON, RADIOS_IN_UNISON = 1 << 15, 1 << 16, 1 << 25
HIDDEN, NO_VIEW = 1 << 1, 1 << 5  # of an annotation's /F
COMBO, EDIT, MULTI_SELECT = 1 << 17, 1 << 18, 1 << 21


@dataclass(eq=False)
class Widget:
    place: Place
    page: Page | None

    @property
    def dictionary(self) -> DictionaryObject:
        return self.place.dictionary

    @lazily
    def rect(self) -> tuple[float, float, float, float] | None:
        """Lower left and upper right corner; None for a widget without a place."""
        box = numbers(self.dictionary.get("/Rect"), 4)
        if box is None:
            return None
        return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])

    @lazily
    def seen(self) -> bool:
        """Whether a viewer shows it: some of it lies on a page, and it is neither hidden nor without a view."""
        flags = self.dictionary.get("/F")
        if self.page is None or self.rect is None or (isinstance(flags, int) and flags & (HIDDEN | NO_VIEW)):
            return False
        (left, bottom, right, top), page = self.rect, self.page.box
        return left < page[2] and right > page[0] and bottom < page[3] and top > page[1]

    @lazily
    def on_states(self) -> dict[str, NameObject]:
        """Names of the states that show the button on: without their slash, and as the file has them."""
        appearance = resolved(self.dictionary.get("/AP"), DictionaryObject)
        normal = resolved(appearance.get("/N"), DictionaryObject) if appearance is not None else None
        if normal is None or "/Length" in normal or hasattr(normal, "get_data"):
            return {}
        return {str(name)[1:]: name for name in normal if name != "/Off"}


@dataclass(eq=False)
class FieldNode:
    """A terminal field. Fields that share a name are one: `places` holds each of their dictionaries."""

    key: str
    places: list[Place]
    values: dict[str, PdfObject]
    widgets: list[Widget] = field(default_factory=list)

    @property
    def flags(self) -> int:
        flags = self.values.get("/Ff")
        return int(flags) if isinstance(flags, int | float) else 0

    @lazily
    def kind(self) -> FieldKind | None:
        """None for push buttons and for what is no field at all."""
        match self.values.get("/FT"):
            case "/Tx":
                return FieldKind.TEXT
            case "/Ch":
                return FieldKind.CHOICE
            case "/Sig":
                return FieldKind.SIGNATURE
            case "/Btn" if not self.flags & PUSH_BUTTON:
                if self.flags & RADIO:
                    return FieldKind.RADIO
                states = {state for widget in self.widgets for state in widget.on_states}
                return FieldKind.RADIO if len(self.widgets) > 1 and len(states) > 1 else FieldKind.CHECKBOX
            case _:
                return None

    @property
    def description(self) -> str:
        for place in [*self.places, *(widget.place for widget in self.widgets)]:
            if tooltip := text_of(place.dictionary.get("/TU")).strip():
                return tooltip
        return ""


@dataclass(eq=False, slots=True)
class FieldTree:
    form: Place
    nodes: list[FieldNode]


def text_of(value: object) -> str:
    """The text of a string, name or stream; "" for anything else."""
    found = value.get_object() if isinstance(value, PdfObject) else value
    if isinstance(found, TextStringObject):
        return str(found)
    if isinstance(found, bytes):
        return found.decode("latin-1")
    if isinstance(found, str):
        return found.removeprefix("/")
    if isinstance(found, StreamObject):
        data = unpacked(found)
        if data.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
            return data.decode("utf-16", "replace")
        return data.decode("utf-8-sig", "replace")
    return ""


def read_tree(document: Document, pages: Pages) -> FieldTree:
    """Raises DocumentWithoutFields, DocumentTooComplex, InvalidDocument (a form that is XFA only)."""
    form = resolved(document.root.get("/AcroForm"), DictionaryObject)
    root_ref = document.source.trailer.raw_get("/Root")
    if form is None or not isinstance(root_ref, IndirectObject):
        raise DocumentWithoutFields("The document has no form fields; send a form that can be filled in.")
    form_ref = document.root.raw_get("/AcroForm")
    place = (
        Place(form, form_ref, form) if isinstance(form_ref, IndirectObject) else Place(form, root_ref, document.root)
    )
    nodes = _merged(_Walk(document, place, pages).nodes())
    if not any(node.kind for node in nodes):
        if "/XFA" in form:
            raise InvalidDocument(
                "The form is XFA only, which few viewers show; save it as an AcroForm.", reason="xfa_only"
            )
        raise DocumentWithoutFields("The document has no form fields; send a form that can be filled in.")
    return FieldTree(place, nodes)


def _key(raw: object) -> object:
    """What tells dictionaries apart: an object's number, else which direct dictionary it is."""
    return raw.idnum if isinstance(raw, IndirectObject) else ("direct", id(raw))


class _Walk:
    def __init__(self, document: Document, form: Place, pages: Pages) -> None:
        self._form = form
        self._source = document.source
        self._read_page = pages.page
        self._annotations = [(number, raw) for number, array in pages.annotated for raw in items(array)]
        # The page's word, not the widget's own /P, which is often missing or stale.
        self._pages: dict[object, int] = {}
        for number, raw in self._annotations:
            self._pages.setdefault(_key(raw), number)
        self._seen: set[object] = set()
        self._orphans: dict[object, list[tuple[PdfObject, Place]]] = {}
        self._count = 0

    def nodes(self) -> Iterator[FieldNode]:
        inherited = {name: self._form.dictionary[name] for name in ("/DA", "/Q") if name in self._form.dictionary}
        for raw in items(self._form.dictionary.get("/Fields")):
            place = self._place(raw, self._form, "/Fields")
            if place is not None and not ("/Parent" in place.dictionary and "/T" not in place.dictionary):
                yield from self._visit(place, raw, "", inherited, 0)
        yield from self._strays(inherited)

    def _strays(self, inherited: dict[str, PdfObject]) -> Iterator[FieldNode]:
        """Widgets that a page shows but that /Fields does not lead to; their fields may not know of them."""
        tops: list[tuple[Place, PdfObject]] = []
        for number, raw in self._annotations:
            if _key(raw) in self._seen:
                continue
            if isinstance(raw, IndirectObject):
                text = self._source.peek(raw)
                if b"/Widget" not in text and b"#" not in text:
                    continue
            widget, page = resolved(raw, DictionaryObject), self._read_page(number)
            if page is None or page.ref is None or widget is None or widget.get("/Subtype") != "/Widget":
                continue
            top, up = raw, widget
            for _ in range(MAX_DEPTH):
                above = up.raw_get("/Parent") if "/Parent" in up else None
                parent = resolved(above, DictionaryObject)
                if parent is None or above is None or _key(above) in self._seen:
                    break
                top, up = above, parent
            holder = Place(page.dictionary, page.ref, page.dictionary)
            place, own = self._place(top, holder, "/Annots"), self._place(raw, holder, "/Annots")
            if place is None or own is None:
                continue
            if "/T" not in widget and "/Parent" in widget:
                self._orphans.setdefault(_key(widget.raw_get("/Parent")), []).append((raw, own))
            tops.append((place, top))
        for place, top in tops:
            yield from self._visit(place, top, "", inherited, 0)

    def _page_of(self, raw: PdfObject) -> Page | None:
        number = self._pages.get(_key(raw))
        return None if number is None else self._read_page(number)

    def _place(self, raw: PdfObject, parent: Place, name: str) -> Place | None:
        found = resolved(raw, DictionaryObject)
        if found is None:
            return None
        return Place(found, raw, found) if isinstance(raw, IndirectObject) else within(parent, name, found)

    def _visit(
        self, place: Place, raw: PdfObject, prefix: str, inherited: dict[str, PdfObject], depth: int
    ) -> Iterator[FieldNode]:
        if _key(raw) in self._seen or depth > MAX_DEPTH:
            return
        self._seen.add(_key(raw))
        self._count += 1
        if self._count > MAX_FIELDS:
            raise DocumentTooComplex(f"The form has more than {MAX_FIELDS} fields; split it.", limit=MAX_FIELDS)
        node = place.dictionary
        name = text_of(node.get("/T")) if "/T" in node else ""
        key = f"{prefix}.{name}" if prefix and name else prefix or name
        mine = {each: node[each] for each in INHERITED if each in node}
        values = inherited | mine if mine else inherited
        kids = items(node.get("/Kids")) if "/Kids" in node else []
        places = [(kid, spot) for kid in kids if (spot := self._place(kid, place, "/Kids")) is not None]
        if self._orphans:
            known = {_key(kid) for kid in kids}
            places += [each for each in self._orphans.get(_key(raw), ()) if _key(each[0]) not in known]
        children = [(kid, spot) for kid, spot in places if _is_field(spot.dictionary, node)]
        for kid, spot in children:
            yield from self._visit(spot, kid, key, values, depth + 1)
        found = FieldNode(key, [place], values)
        for kid, spot in places:
            if _key(kid) not in self._seen and not _is_field(spot.dictionary, node):
                self._seen.add(_key(kid))
                found.widgets.append(Widget(spot, self._page_of(kid)))
        if children and not found.widgets:
            return
        if not places and (node.get("/Subtype") == "/Widget" or "/Rect" in node):
            found.widgets.append(Widget(place, self._page_of(raw)))
        if key and "/FT" in values:
            yield found


def _is_field(kid: DictionaryObject, parent: DictionaryObject) -> bool:
    """A kid with a name, or with kids of its own; every other one is a widget of its parent.

    Buttons of a group that repeat its name are meant as its widgets.
    """
    if "/T" not in kid:
        return "/Kids" in kid and kid.get("/Subtype") != "/Widget"
    repeated = kid.get("/Subtype") == "/Widget" and parent.get("/FT") == "/Btn" == kid.get("/FT", "/Btn")
    return not (repeated and text_of(kid.get("/T")) == text_of(parent.get("/T")))


def _merged(nodes: Iterator[FieldNode]) -> list[FieldNode]:
    """One node for each name; fields that share one are kept in step."""
    found: dict[str, FieldNode] = {}
    for node in nodes:
        first = found.setdefault(node.key, node)
        if first is not node:
            first.places += node.places
            first.widgets += node.widgets
            first.values = node.values | first.values
    return list(found.values())
