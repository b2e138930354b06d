"""What a document's own objects say of its form, read by pypdf from the widgets upward: not the way the engine reads.

The judge trusts nothing of durable_edits.pdf; a mistake that both made alike would be one that nobody sees.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject, StreamObject, TextStringObject

Rect = tuple[float, float, float, float]

READ_ONLY = 1 << 0
MULTILINE, PASSWORD, COMB = 1 << 12, 1 << 13, 1 << 24
RADIO, PUSH, UNISON = 1 << 15, 1 << 16, 1 << 25
COMBO, EDIT, MULTI_SELECT = 1 << 17, 1 << 18, 1 << 21
HIDDEN, NO_VIEW = 1 << 1, 1 << 5
DEPTH = 64


@dataclass(frozen=True)
class Page:
    box: Rect
    rotate: int


@dataclass(frozen=True)
class Widget:
    """`page` from 0, None where no page lists it; `drawing` is the content of the appearance it now shows."""

    page: int | None
    rect: Rect | None
    visible: bool
    state: str
    on_states: tuple[str, ...]
    drawing: bytes
    own_value: PdfObject | None
    rotation: int


@dataclass
class Field:
    """Every field dictionary of one full name, with what they say; `values` holds each one's own /V."""

    key: str
    type: str
    flags: int
    max_length: int
    align: int
    options: list[tuple[str, str]]
    values: list[PdfObject | None] = field(default_factory=list)
    rich: bool = False
    indexes: list[int] | None = None
    widgets: list[Widget] = field(default_factory=list)

    @property
    def states(self) -> list[str]:
        return list(dict.fromkeys(state for widget in self.widgets for state in widget.on_states))

    @property
    def is_group(self) -> bool:
        return self.type == "/Btn" and (bool(self.flags & RADIO) or len(self.states) > 1)

    @property
    def cells(self) -> int:
        combed = self.flags & COMB and not self.flags & (MULTILINE | PASSWORD)
        return self.max_length if self.type == "/Tx" and combed and self.max_length > 0 else 0


@dataclass
class RawDocument:
    pages: list[Page]
    fields: dict[str, Field]
    encrypted: bool
    viewer_draws: bool
    xfa: bool


def read_raw(data: bytes, password: str = "") -> RawDocument:
    """Raises what pypdf raises for a document that it cannot read."""
    reader = _reader(data)
    encrypted = reader.is_encrypted
    if encrypted and not reader.decrypt(password):
        raise PyPdfError("not opened by its password")
    root = reader.trailer["/Root"].get_object()
    assert isinstance(root, DictionaryObject)
    form = _dictionary(root.get("/AcroForm")) or DictionaryObject()
    found = _Reading(form)
    pages = []
    for number, page in enumerate(_leaves(root)):
        pages.append(_page(page))
        for raw in _array(page.get("/Annots")):
            widget = _dictionary(raw)
            if widget is not None and widget.get("/Subtype") == "/Widget":
                found.add(widget, number)
    for raw in _array(form.get("/Fields")):
        found.add_unseen(raw, 0)
    needs = form.get("/NeedAppearances")
    draws = bool(getattr(needs, "value", False))
    return RawDocument(pages, found.fields, encrypted, draws, "/XFA" in form)


def _reader(data: bytes) -> PdfReader:
    """pypdf mends a cross-reference that it can't follow, but not one that nobody points to."""
    try:
        return PdfReader(io.BytesIO(data))
    except PyPdfError:
        return PdfReader(io.BytesIO(data + b"\nstartxref\n0\n%%EOF\n"))


class _Reading:
    def __init__(self, form: DictionaryObject) -> None:
        self.fields: dict[str, Field] = {}
        self._form = form
        self._seen: set[int] = set()
        self._holders: set[int] = set()

    def add(self, widget: DictionaryObject, page: int | None) -> None:
        if id(widget) in self._seen:
            return
        self._seen.add(id(widget))
        chain = list(_upward(widget))
        named = [link for link in chain if text_of(link.get("/T"))]
        key = ".".join(text_of(link.get("/T")) for link in reversed(named))
        kind = str(_inherited(chain, "/FT") or "")
        if not key or not kind:
            return
        field = self.fields.setdefault(key, self._new(key, kind, chain))
        holder = named[0]
        if id(holder) not in self._holders:
            self._holders.add(id(holder))
            field.values.append(_inherited(chain[chain.index(holder) :], "/V"))
            field.rich |= "/RV" in holder
            listed = _array(holder.get("/I"))
            field.indexes = [int(str(each)) for each in listed] if "/I" in holder else field.indexes
        if "/Rect" in widget or widget.get("/Subtype") == "/Widget":
            field.widgets.append(_widget(widget, page, own=widget is not holder))

    def add_unseen(self, raw: PdfObject, depth: int) -> None:
        """Fields that no page shows."""
        node = _dictionary(raw)
        if node is None or depth > DEPTH:
            return
        kids = [kid for kid in _array(node.get("/Kids")) if _dictionary(kid) is not None]
        for kid in kids:
            self.add_unseen(kid, depth + 1)
        if not kids:
            self.add(node, None)

    def _new(self, key: str, kind: str, chain: list[DictionaryObject]) -> Field:
        align = _inherited([*chain, self._form], "/Q")
        return Field(
            key=key,
            type=kind,
            flags=_number(_inherited(chain, "/Ff")),
            max_length=_number(_inherited(chain, "/MaxLen")),
            align=_number(align),
            options=_options(_inherited(chain, "/Opt")),
        )


def _widget(widget: DictionaryObject, page: int | None, *, own: bool) -> Widget:
    sides = [each for each in _array(widget.get("/Rect")) if isinstance(each, int | float)]
    rect = None
    if len(sides) == 4:
        x0, y0, x1, y1 = (float(str(side)) for side in sides)
        rect = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    appearances = _dictionary(widget.get("/AP")) or DictionaryObject()
    normal = _dictionary(appearances.get("/N"))
    state = text_of(widget.get("/AS"))
    on_states: tuple[str, ...] = ()
    if normal is not None and not isinstance(normal, StreamObject):
        on_states = tuple(str(name)[1:] for name in normal if name != "/Off")
        normal = _dictionary(normal.get(f"/{state}"))
    marks = _dictionary(widget.get("/MK")) or DictionaryObject()
    hidden = _number(widget.get("/F")) & (HIDDEN | NO_VIEW)
    room = rect is not None and rect[2] - rect[0] >= 1 and rect[3] - rect[1] >= 1
    return Widget(
        page=page,
        rect=rect,
        visible=page is not None and room and not hidden,
        state=state,
        on_states=on_states,
        drawing=_data(normal),
        own_value=widget.get("/V") if own else None,
        rotation=_number(marks.get("/R")) % 360,
    )


def _data(stream: DictionaryObject | None) -> bytes:
    if not isinstance(stream, StreamObject):
        return b""
    try:
        return bytes(stream.get_data())
    except Exception:  # a stream that a reader cannot decode shows nothing
        return b""


def _page(page: DictionaryObject) -> Page:
    boxes = []
    for name in ("/MediaBox", "/CropBox"):
        sides = [each for each in _array(_inherited(list(_upward(page)), name)) if isinstance(each, int | float)]
        if len(sides) == 4:
            x0, y0, x1, y1 = (float(str(side)) for side in sides)
            boxes.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    boxes = boxes or [(0.0, 0.0, 612.0, 792.0)]
    box = (
        max(each[0] for each in boxes),
        max(each[1] for each in boxes),
        min(each[2] for each in boxes),
        min(each[3] for each in boxes),
    )
    turn = _inherited(list(_upward(page)), "/Rotate")
    return Page(box if box[0] < box[2] and box[1] < box[3] else boxes[0], _number(turn) % 360 // 90 * 90)


def _leaves(root: DictionaryObject) -> Iterator[DictionaryObject]:
    """Page by page; a tree that bites its tail is walked once."""
    seen: set[int] = set()
    waiting = [root.get("/Pages")]
    while waiting:
        node = _dictionary(waiting.pop())
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        kids = _array(node.get("/Kids"))
        waiting += reversed(kids)
        if not kids and node.get("/Type") != "/Pages":
            yield node


def _upward(node: DictionaryObject) -> Iterator[DictionaryObject]:
    seen: set[int] = set()
    up: DictionaryObject | None = node
    while up is not None and id(up) not in seen and len(seen) < DEPTH:
        seen.add(id(up))
        yield up
        up = _dictionary(up.get("/Parent"))


def _inherited(chain: list[DictionaryObject], name: str) -> PdfObject | None:
    for link in chain:
        if name in link:
            found: PdfObject | None = link.get(name)
            return found.get_object() if found is not None else None
    return None


def _options(raw: PdfObject | None) -> list[tuple[str, str]]:
    found = []
    for each in _array(raw):
        pair = _array(each) if isinstance(each, ArrayObject) else [each]
        if pair:
            found.append((text_of(pair[0]), text_of(pair[-1])))
    return found


def _array(value: object) -> list[PdfObject]:
    found = value.get_object() if isinstance(value, PdfObject) else None
    return list(list.__iter__(found)) if isinstance(found, ArrayObject) else []


def _dictionary(value: object) -> DictionaryObject | None:
    found = value.get_object() if isinstance(value, PdfObject) else None
    return found if isinstance(found, DictionaryObject) else None


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def text_of(value: object) -> str:
    found = value.get_object() if isinstance(value, PdfObject) else value
    if isinstance(found, NameObject):
        return str(found).removeprefix("/")
    if isinstance(found, TextStringObject):
        return str(found)
    if isinstance(found, bytes):
        return found.decode("latin-1")
    return ""
