"""Documents that are broken or mean harm, each made from its number alone: the same number gives the same bytes."""

from __future__ import annotations

import functools
import random
import re
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.forms import every_kind, text_form
from tests.made_forms import COMB, FIRST, document, encrypted, kitchen_sink, made_form, place, text
from tests.rules.document_forms import object_streams
from tests.rules.forms import RULES

REAL = Path(__file__).parents[3] / "shared" / "forms"
REAL_BYTES = 200_000  # of a real form that is mutated: a larger one costs time and finds nothing else
BOMB = 400_000_000  # bytes that a bomb unpacks to
_OBJECT = re.compile(rb"(?s)\d+ 0 obj.*?endobj")
_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?![\w.])")
_NAME = re.compile(rb"/[A-Za-z]+")
NUMBERS = (b"0", b"-1", b"1", b"65535", b"2147483648", b"-2147483649", b"99999999999999999999", b"1e99", b"0.5", b".")
TOKENS = (b"null", b"[]", b"<<>>", b"()", b"true", b"<", b">>", b"]", b"endobj", b"stream\n", b"9 9 R", b"%", b"\x00")
Mutation = Callable[[random.Random, bytes], bytes]


@functools.cache
def seeds() -> list[bytes]:
    """Only what this project makes itself, so that a number means the same document everywhere."""
    own = [make() for _name, make in sorted(RULES.items())]
    sink, three_pages = kitchen_sink(), text_form(["a", "b", "c"], pages=3)
    return [*own, sink, every_kind(), three_pages, encrypted(sink, "AES-256"), object_streams()]


@functools.cache
def real_seeds() -> list[bytes]:
    files = sorted(REAL.glob("*.pdf"))
    return [data for file in files if len(data := file.read_bytes()) <= REAL_BYTES]


def mutated(number: int, *, real: bool = False) -> bytes:
    """With `real`, of the real forms beside the checkout, where there are some."""
    chance = random.Random(number)  # noqa: S311 - a test's dice must fall the same every time
    if number % 25 == 0:
        return BOMBS[number // 25 % len(BOMBS)](chance)
    data = chance.choice((real_seeds() if real else []) or seeds())
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        data = chance.choice(MUTATIONS)(chance, data)
    return data


def _flip(chance: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _noise(chance: random.Random, data: bytes) -> bytes:
    start, length = chance.randrange(len(data) + 1), chance.choice((1, 8, 64))
    return data[:start] + chance.randbytes(length) + data[start + length :]


def _cut_end(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _cut_middle(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 7, 50, 500)) :]


def _double(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    end = start + chance.choice((5, 40, 400))
    return data[:end] + data[start:end] + data[end:]


def _swap_objects(chance: random.Random, data: bytes) -> bytes:
    """Two objects change their bodies, or one stands in for the other."""
    found = _OBJECT.findall(data)
    if len(found) < 2:
        return data
    first, second = chance.sample(found, 2)
    (head, body), (other_head, other_body) = (each.split(b"obj", 1) for each in (first, second))
    swapped = data.replace(first, head + b"obj" + other_body)
    return swapped if chance.random() < 0.5 else swapped.replace(second, other_head + b"obj" + body)


def _other_number(chance: random.Random, data: bytes) -> bytes:
    return _replaced(chance, data, _NUMBER, chance.choice(NUMBERS))


def _other_token(chance: random.Random, data: bytes) -> bytes:
    return _replaced(chance, data, chance.choice((_NUMBER, _NAME)), chance.choice(TOKENS))


def _other_name(chance: random.Random, data: bytes) -> bytes:
    names = _NAME.findall(data)
    return _replaced(chance, data, _NAME, chance.choice(names)) if names else data


def _other_reference(chance: random.Random, data: bytes) -> bytes:
    return _replaced(chance, data, re.compile(rb"\d+ 0 R"), b"%d 0 R" % chance.randrange(1, 16))


def _replaced(chance: random.Random, data: bytes, what: re.Pattern[bytes], by: bytes) -> bytes:
    spots = list(what.finditer(data))
    if not spots:
        return data
    spot = chance.choice(spots)
    return data[: spot.start()] + by + data[spot.end() :]


MUTATIONS: tuple[Mutation, ...] = (
    _flip,
    _noise,
    _cut_end,
    _cut_middle,
    _double,
    _swap_objects,
    _other_number,
    _other_number,
    _other_token,
    _other_token,
    _other_name,
    _other_reference,
)


@functools.cache
def _zeros() -> bytes:
    """Much from little: BOMB bytes of spaces, packed."""
    packer = zlib.compressobj(9)
    block = b" " * 1_000_000
    return b"".join(packer.compress(block) for _ in range(BOMB // len(block))) + packer.flush()


def _packed(entries: str, body: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(body), body)


def _stream_bomb(chance: random.Random) -> bytes:
    """A field's value, its appearance, the page's content: a stream that fills the memory."""
    bomb = _packed("/Filter /FlateDecode /Type /XObject /Subtype /Form /BBox [0 0 9 9]", _zeros())
    where = chance.choice(("/V", "/AP << /N %s >>", "/DA", "/RV", "/TU", "/T", "/Opt"))
    entry = where.replace("%s", f"{FIRST + 1} 0 R") if "%s" in where else f"{where} {FIRST + 1} 0 R"
    return document({**_objects(text("t", more=entry)), FIRST + 1: bomb})


def _filter_bomb(chance: random.Random) -> bytes:
    """Packed twice, so that a few hundred bytes become all that."""
    twice = zlib.compress(_zeros(), 9)
    bomb = _packed("/Filter [/FlateDecode /FlateDecode]", twice)
    return document({**_objects(text("t", more=f"/V {FIRST + 1} 0 R")), FIRST + 1: bomb})


def _object_stream_bomb(chance: random.Random) -> bytes:
    count = chance.choice((1, 2_000_000_000))
    bomb = _packed(f"/Type /ObjStm /N {count} /First 20 /Filter /FlateDecode", _zeros())
    data = document({**_objects(text("t")), FIRST + 1: bomb})
    return data.replace(b"/Fields [10 0 R]", b"/Fields [12 0 R]")


def _font_bomb(chance: random.Random) -> bytes:
    font = "/Big << /Type /Font /Subtype /TrueType /BaseFont /Big /FirstChar 0 /LastChar 2000000000 /Widths [1] "
    font += (
        f"/FontDescriptor << /Type /FontDescriptor /Flags 4 /FontFile2 {FIRST + 1} 0 R >> /ToUnicode {FIRST + 1} 0 R "
    )
    font += f"/Encoding {FIRST + 1} 0 R >>"
    data = made_form([text("t", da="/Big 12 Tf"), "null"], fonts=font)
    return data.replace(b"11 0 obj\nnull", b"11 0 obj\n" + _packed("/Filter /FlateDecode", _zeros()))


def _deep(chance: random.Random) -> bytes:
    depth = chance.choice((500, 5_000, 200_000))
    open_, close = chance.choice((("[", "]"), ("<< /A ", " >>"), ("(", ")")))
    return document(_objects(text("t", more=f"/X {open_ * depth} null {close * depth}")))


def _endless_table(chance: random.Random) -> bytes:
    return made_form([text("t")]).replace(b"xref\n0 1\n", b"xref\n0 %d\n" % chance.choice((10**9, 10**18)))


def _endless_rows(chance: random.Random) -> bytes:
    return re.sub(rb"/W \[1 4 2\]", b"/W [%d 4 2]" % chance.choice((0, 10**6, 10**9)), object_streams())


def _huge_size(chance: random.Random) -> bytes:
    return re.sub(rb"/Size \d+", b"/Size %d" % chance.choice((0, -5, 10**9, 10**20)), made_form([text("t")]))


def _wide_comb(chance: random.Random) -> bytes:
    return made_form([text("t", flags=COMB, more=f"/MaxLen {chance.choice((10**6, 10**9, 10**18))}")])


def _kids_without_end(chance: random.Random) -> bytes:
    """A tree that is small in the file and huge to walk: every level has its next twenty times."""
    levels = [f"<< /T (n{level}) /Kids [{' '.join([f'{FIRST + level + 1} 0 R'] * 20)}] >>" for level in range(30)]
    return made_form([*levels, f"<< /T (t) /FT /Tx {place((20, 300, 220, 320))} >>"])


def _pages_without_end(chance: random.Random) -> bytes:
    objects = _objects(text("t"))
    for level in range(30):
        kids = " ".join([f"{101 + level} 0 R"] * 20)
        objects[100 + level] = f"<< /Type /Pages /Count 9 /Kids [{kids}] >>"
    objects[130] = "<< /Type /Page /MediaBox [0 0 9 9] >>"
    objects[2] = "<< /Type /Pages /Count 1 /Kids [11 0 R 100 0 R] >>"
    return document(objects)


def _many_options(chance: random.Random) -> bytes:
    options = "(x) " * chance.choice((10_000, 300_000))
    return made_form([f"<< /T (t) /FT /Ch /Ff 0 /Opt [{options}] /DA (/Helv 1 Tf) {place((20, 20, 220, 380))} >>"])


def _references_in_a_circle(chance: random.Random) -> bytes:
    objects = _objects(text("t", more="/MK 20 0 R /AP 20 0 R /DR 20 0 R /V 20 0 R"))
    return document({**objects, 20: "21 0 R", 21: "20 0 R"})


def _objects(field: str) -> dict[int, str | bytes]:
    return {
        1: "<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R >>",
        2: "<< /Type /Pages /Count 1 /Kids [12 0 R] >>",
        3: "<< /Fields [10 0 R] /DA (/Helv 0 Tf 0 g) >>",
        FIRST: field,
        12: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Annots [10 0 R] >>",
    }


BOMBS: tuple[Callable[[random.Random], bytes], ...] = (
    _stream_bomb,
    _deep,
    _filter_bomb,
    _endless_table,
    _object_stream_bomb,
    _endless_rows,
    _font_bomb,
    _huge_size,
    _kids_without_end,
    _wide_comb,
    _pages_without_end,
    _many_options,
    _references_in_a_circle,
)
