"""What a document looks like: a PNG of each page, and which pages differ."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

SCALE = 1.5  # pixels a point: 108 dpi, readable on a screen


def draw_pages(document: bytes) -> list[Image.Image]:
    with pypdfium2.PdfDocument(document) as pages:
        pages.init_forms()  # without it no widget is drawn
        return [page.render(scale=SCALE).to_pil() for page in pages]


def save_pages(pictures: list[Image.Image], folder: Path, name: str) -> list[Path]:
    paths = [folder / f"{name}-{number}.png" for number in range(1, len(pictures) + 1)]
    for picture, path in zip(pictures, paths, strict=True):
        picture.save(path, compress_level=1)
    return paths


def changed_pages(before: list[Image.Image], after: list[Image.Image]) -> list[int]:
    """Page numbers, from 1, on which at least one pixel differs."""
    pairs = enumerate(zip(before, after, strict=True), start=1)
    return [number for number, (one, other) in pairs if ImageChops.difference(one, other).getbbox() is not None]
