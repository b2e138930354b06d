"""What two viewers make of a document: pictures of its pages, and letters with their places.

A page is drawn once by each viewer, not once a field.
"""

from __future__ import annotations

import ctypes
import html
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import pypdfium2
from numpy.typing import NDArray
from PIL import Image
from pypdfium2 import raw as pdfium

Picture = NDArray[numpy.uint8]

SCALE = 2.0  # pixels a point: enough that the thinnest check mark is more than a shade
POPPLER_SECONDS = 300
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


class ViewerError(Exception):
    """A viewer refuses the document."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One character as pdfium extracts it: the box of its ink and the point it is set at, in the page's own space."""

    character: str
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Word:
    """One word as poppler extracts it: points of the displayed page from its top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Seen:
    """`printed`: letters of the pages' own content; `drawn`: those of their annotations. All by page."""

    pdfium: list[Picture]
    poppler: list[Picture]
    printed: list[list[Letter]]
    drawn: list[list[Letter]]
    words: list[list[Word]]


def see(data: bytes) -> Seen:
    """Raises ViewerError."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "form.pdf")
        file.write_bytes(data)
        painting = _start("pdftoppm", "-q", "-cropbox", "-r", f"{72 * SCALE:g}", str(file), str(Path(folder, "page")))
        reading = _start("pdftotext", "-q", "-cropbox", "-bbox", str(file), str(Path(folder, "words")))
        try:
            pictures = pdfium_pictures(data)
            printed, drawn = pdfium_letters(data)
        finally:
            _end(painting)
            _end(reading)
        poppler = poppler_pages(Path(folder))
        if len(poppler) != len(pictures):
            raise ViewerError(f"poppler shows {len(poppler)} pages, pdfium {len(pictures)}")
        return Seen(
            pictures, poppler, printed, drawn, list(_words(Path(folder, "words").read_text("utf-8", "replace")))
        )


def pictures_of(data: bytes) -> tuple[list[Picture], list[Picture]]:
    """By pdfium and by poppler."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "form.pdf")
        file.write_bytes(data)
        painting = _start("pdftoppm", "-q", "-cropbox", "-r", f"{72 * SCALE:g}", str(file), str(Path(folder, "page")))
        try:
            pictures = pdfium_pictures(data)
        finally:
            _end(painting)
        return pictures, poppler_pages(Path(folder))


def pdfium_pictures(data: bytes) -> list[Picture]:
    with _opened(data) as document:
        document.init_forms()
        found = []
        for index in range(len(document)):
            picture: Picture = document[index].render(scale=SCALE, rev_byteorder=True).to_numpy()
            found.append(picture[:, :, :3].copy())
        return found


def pdfium_letters(data: bytes) -> tuple[list[list[Letter]], list[list[Letter]]]:
    """Of the content alone, and what the annotations add to it when they are made part of it."""
    printed, drawn = [], []
    with _opened(data) as document:
        for index in range(len(document)):
            page = document[index]
            own = list(_letters(page))
            pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
            page.close()
            merged = list(_letters(document[index]))
            printed.append(own)
            drawn.append(without(merged, own))
    return printed, drawn


def without(letters: list[Letter], others: list[Letter]) -> list[Letter]:
    """The letters that are not among the others, each counted once."""
    left: dict[tuple[str, int, int], int] = {}
    for letter in others:
        left[_spot(letter)] = left.get(_spot(letter), 0) + 1
    found = []
    for letter in letters:
        spot = _spot(letter)
        if left.get(spot, 0):
            left[spot] -= 1
        else:
            found.append(letter)
    return found


def _spot(letter: Letter) -> tuple[str, int, int]:
    return letter.character, round(letter.left * 4), round(letter.bottom * 4)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ViewerError(f"pdfium: {error}") from error


def _letters(page: pypdfium2.PdfPage) -> Iterator[Letter]:
    text = page.get_textpage()
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    pending = 0
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if 0xD800 <= code < 0xDC00:
            pending = code
            continue
        if 0xDC00 <= code < 0xE000 and pending:
            code = 0x10000 + ((pending - 0xD800) << 10) + code - 0xDC00
        pending = 0
        if code <= 32 or pdfium.FPDFText_IsGenerated(text, index) == 1:
            continue
        pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        yield Letter(chr(code), left.value, bottom.value, right.value, top.value, x.value, y.value)
    text.close()


def _start(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(POPPLER_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def poppler_pages(folder: Path) -> list[Picture]:
    found = []
    for file in sorted(folder.glob("page*.ppm"), key=lambda path: int(path.stem.rpartition("-")[2])):
        with Image.open(file) as picture:
            found.append(numpy.asarray(picture.convert("RGB")))
        file.unlink()
    return found


def _words(source: str) -> Iterator[list[Word]]:
    for part in source.split("<page ")[1:]:
        yield [
            Word(html.unescape(found[5]), float(found[1]), float(found[2]), float(found[3]), float(found[4]))
            for found in _WORD.finditer(part)
        ]
