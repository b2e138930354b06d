"""Whole documents as programs write them, keep them, sign them, and damage them."""

from __future__ import annotations

import functools
import re
import zlib

from tests.made_forms import FIRST, checkbox, document, encrypted, made_form, stream, text
from tests.rules.choice_forms import list_of_several
from tests.rules.rule import RULES, rule
from tests.rules.sources import edited, objects_of

OTHER = (20, 200, 220, 220)
FORM = functools.partial(made_form, [text("t"), text("untouched", OTHER, more="/V (stays)")])


def _xref_stream(data: bytes, number: int, rows: dict[int, tuple[int, int, int]], entries: str = "") -> bytes:
    size = max([*rows, number]) + 1
    rows = {**rows, number: (1, len(data), 0)}
    table = b"".join(
        kind.to_bytes(1, "big") + place_.to_bytes(4, "big") + more.to_bytes(2, "big")
        for kind, place_, more in (rows.get(each, (0, 0, 0)) for each in range(size))
    )
    packed = zlib.compress(table)
    head = f"<< /Type /XRef /Size {size} /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length {len(packed)} {entries} >>"
    body = b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, head.encode(), packed)
    return data + body + b"startxref\n%d\n%%%%EOF\n" % len(data)


def _bytes(source: str | bytes) -> bytes:
    return source.encode("latin-1") if isinstance(source, str) else source


def _object_stream(objects: dict[int, bytes]) -> bytes:
    heads, bodies, offset = [], [], 0
    for number, body in objects.items():
        heads.append(f"{number} {offset}")
        bodies.append(body + b"\n")
        offset += len(body) + 1
    head = " ".join(heads).encode() + b"\n"
    packed = zlib.compress(head + b"".join(bodies))
    entries = f"/Type /ObjStm /N {len(objects)} /First {len(head)} /Filter /FlateDecode /Length {len(packed)}"
    return b"<< %s >>\nstream\n%s\nendstream" % (entries.encode(), packed)


@rule
def object_streams() -> bytes:
    return packed(FORM())


def packed(data: bytes) -> bytes:
    """A document with all its objects but streams in an object stream."""
    objects = objects_of(data)
    packed = {number: _bytes(body) for number, body in objects.items() if b"stream" not in _bytes(body)}
    loose = {number: body for number, body in objects.items() if number not in packed}
    container = max(objects) + 1
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    rows = {}
    for number, body in {**loose, container: _object_stream(packed)}.items():
        rows[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, _bytes(body))
    rows |= {number: (2, container, index) for index, number in enumerate(packed)}
    return _xref_stream(bytes(out), container + 1, rows)


@rule
def hybrid_cross_reference() -> bytes:
    """The fields are in an object stream that only the /XRefStm beside the table knows."""
    objects = objects_of(FORM())
    packed = {number: _bytes(objects.pop(number)) for number in (FIRST, FIRST + 1)}
    container = max(objects) + 1
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number, body in {**objects, container: _object_stream(packed)}.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, _bytes(body))
    beside = len(out)
    rows = {number: (2, container, index) for index, number in enumerate(packed)}
    out = bytearray(_xref_stream(bytes(out), container + 1, rows).rpartition(b"startxref")[0])
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in offsets.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, offset)
    out += b"trailer\n<< /Root 1 0 R /Size %d /XRefStm %d >>\n" % (container + 2, beside)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


@rule
def cross_reference_off_by_some_bytes() -> bytes:
    return re.sub(rb"(\d{10}) 00000 n", lambda row: b"%010d 00000 n" % (int(row[1]) + 3), FORM())


@rule
def cross_reference_that_is_not_there() -> bytes:
    data = FORM()
    return data[: data.rindex(b"xref\n0 1")] + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"


@rule
def start_of_the_cross_reference_wrong() -> bytes:
    return re.sub(rb"startxref\n\d+", b"startxref\n7", FORM())


def cross_reference_with_a_damaged_section() -> bytes:
    """A reader mends it, but whoever follows /Prev to it from behind ends up with the old objects."""
    data = list_of_several()
    assert b"\n8 1\n" in data
    return data.replace(b"\n8 1\n", b"\n99999999999999999999 1\n")


def cross_reference_numbered_from_one() -> bytes:
    """The table says that it begins with object 1, and begins with object 0."""
    data = FORM()
    objects = objects_of(data)
    offsets = {int(m[1]): m.start() for m in re.finditer(rb"(?m)^(\d+) 0 obj", data)}
    size = max(objects) + 1
    start = data.rindex(b"xref\n0 1")
    rows = b"0000000000 65535 f \n"
    for number in range(1, size):
        rows += b"%010d 00000 %s \n" % (offsets.get(number, 0), b"n" if number in offsets else b"f")
    table = b"xref\n1 %d\n%strailer\n<< /Root 1 0 R /Size %d >>\n" % (size, rows, size)
    return data[:start] + table + b"startxref\n%d\n%%%%EOF\n" % start


def cross_reference_with_rows_off_by_one() -> bytes:
    """Every object's row is that of the one before it."""
    data = FORM()
    offsets = {int(m[1]): m.start() for m in re.finditer(rb"(?m)^(\d+) 0 obj", data)}
    rows = b"".join(
        b"%d 1\n%010d 00000 n \n" % (number, offsets[before])
        for before, number in zip(offsets, list(offsets)[1:], strict=False)
    )
    start = data.rindex(b"xref\n0 1")
    table = b"xref\n0 1\n0000000000 65535 f \n%strailer\n<< /Root 1 0 R /Size %d >>\n" % (rows, max(offsets) + 1)
    return data[:start] + table + b"startxref\n%d\n%%%%EOF\n" % start


def font_that_stands_elsewhere() -> bytes:
    """Nothing but one field's font is not where the table says: it shows when that field is filled."""
    data = _with_a_font("<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>")
    at = data.index(b"\n99 0 obj") + 1
    return data.replace(b"%010d 00000 n" % at, b"%010d 00000 n" % (at + 3))


def font_that_nobody_can_read() -> bytes:
    return _with_a_font(f"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /FirstChar {'1' * 100} >>")


def _with_a_font(font: str) -> bytes:
    form = made_form([checkbox("b", (20, 200, 40, 220)), text("t", da="/Other 12 Tf")], fonts="/Other 99 0 R")
    return document({**objects_of(form), 99: font})


def startxref_within_a_number() -> bytes:
    """Two bytes were lost before it: it leads to the last digit of the number that it should lead to."""
    data = object_streams()
    number = re.search(rb"\n(\d\d) 0 obj\n<< /Type /XRef", data)
    assert number is not None
    return re.sub(rb"startxref\n\d+", b"startxref\n%d" % (number.start(1) + 1), data)


@rule
def garbage_before_the_header() -> bytes:
    """Offsets count from the header, as a mail program leaves it."""
    return b"Content-Type: application/pdf\r\n\r\n" + FORM()


@rule
def garbage_before_the_header_counted_in() -> bytes:
    data, junk = FORM(), b"\x00\x00junk\n"
    moved = re.sub(rb"(\d{10}) 00000 n", lambda row: b"%010d 00000 n" % (int(row[1]) + len(junk)), data)
    return junk + re.sub(rb"startxref\n(\d+)", lambda at: b"startxref\n%d" % (int(at[1]) + len(junk)), moved)


@rule
def garbage_after_the_end() -> bytes:
    return FORM() + b"\r\n" + b"\x00" * 300


@rule
def line_ends_of_an_old_mac() -> bytes:
    return FORM().replace(b"\nstartxref\n", b"\rstartxref\r").replace(b"%%EOF\n", b"%%EOF\r")


@rule
def stream_of_wrong_length() -> bytes:
    printed = "BT /F 12 Tf 20 350 Td (Printed on the page) Tj ET"
    data = made_form([text("t"), text("untouched", OTHER)], printed=printed)
    return data.replace(b"/Length %d " % len(printed), b"/Length 07 " if len(printed) > 9 else b"")


@rule
def length_in_an_object_of_its_own() -> bytes:
    printed = stream("BT /F 12 Tf 20 350 Td (Printed) Tj ET")
    objects = objects_of(FORM())
    length = max(objects) + 1
    content = re.sub(r"/Length (\d+)", f"/Length {length} 0 R", printed)
    size = re.search(r"/Length (\d+)", printed)
    assert size is not None
    return document({**objects, 6: content, length: size[1]})


@rule
def page_tree_in_a_circle() -> bytes:
    return edited(FORM(), (b"/Kids [12 0 R]", b"/Kids [2 0 R 12 0 R 2 0 R]"))


@rule
def page_tree_without_types() -> bytes:
    return edited(FORM(), (b"/Type /Pages /Count", b"/Count"), (b"/Type /Page /Parent", b"/Parent"))


@rule
def page_without_a_media_box() -> bytes:
    return edited(FORM(), (b"/MediaBox [0 0 400 400]", b""))


@rule
def history_of_two_increments() -> bytes:
    """A value set, then another: the newest counts, and the oldest must not come back."""
    data = FORM()
    for value in ("first", "second"):
        previous = int(data.rpartition(b"startxref\n")[2].split()[0])
        offset = len(data)
        body = b"%d 0 obj\n%s\nendobj\n" % (FIRST, text("t", more=f"/V ({value})").encode())
        start = offset + len(body)
        data += body + b"xref\n%d 1\n%010d 00000 n \n" % (FIRST, offset)
        data += b"trailer\n<< /Root 1 0 R /Size 13 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (previous, start)
    return data


@rule
def history_in_a_circle() -> bytes:
    data = FORM()
    start = int(data.rpartition(b"startxref\n")[2].split()[0])
    return data.replace(b"/Root 1 0 R /Size", b"/Root 1 0 R /Prev %d /Size" % start)


@rule
def usage_rights() -> bytes:
    rights = "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] >>"
    marked = edited(FORM(), (b"/Type /Catalog", b"/Type /Catalog /Perms << /UR3 99 0 R >>"))
    return document({**objects_of(marked), 99: rights})


@rule
def xfa_beside_the_form() -> bytes:
    packet = stream("<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'></xdp:xdp>")
    fields = [text("t"), text("untouched", OTHER, more="/V (stays)"), packet]
    return edited(made_form(fields, acroform=f"/XFA [(template) {FIRST + 2} 0 R]"), (b" 12 0 R] /DA", b"] /DA"))


def xfa_alone() -> bytes:
    return edited(made_form([stream("<xdp/>")], acroform=f"/XFA {FIRST} 0 R"), (b"/Fields [10 0 R]", b"/Fields []"))


@rule
def viewers_asked_to_draw() -> bytes:
    """/NeedAppearances, and an appearance that is a frame without the value, as office programs write it."""
    frame = stream("0 0 0 RG 0.5 0.5 199 19 re S", "/Type /XObject /Subtype /Form /BBox [0 0 200 20]")
    untouched = text("untouched", OTHER, more=f"/V (stays) /AP << /N {FIRST + 2} 0 R >>")
    return edited(
        made_form([text("t"), untouched, frame], acroform="/NeedAppearances true"), (b" 12 0 R] /DA", b"] /DA")
    )


def protected(algorithm: str) -> bytes:
    return encrypted(made_form([text("t"), checkbox("b", (20, 200, 40, 220))]), algorithm)


ALGORITHMS = ("RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256")
RULES.update({f"encrypted_{each}": functools.partial(protected, each) for each in ALGORITHMS})
