"""What a person sees in a document, by pdfium: the letters in a box, and which pixels two documents differ in."""

from __future__ import annotations

import pypdfium2
from PIL import Image, ImageChops

from durable_edits.form import Box

SCALE = 3.0
VISIBLE = 24  # of 255; less is the smoothing of edges


def page_image(data: bytes, page: int = 1) -> Image.Image:
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        picture: Image.Image = document[page - 1].render(scale=SCALE).to_pil()
        return picture.convert("RGB")


def text_in(data: bytes, box: Box) -> str:
    """The letters drawn within the box, of an unturned page."""
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        document[box.page - 1].flatten()
        page = document[box.page - 1]
        width, height = page.get_size()
        left, top = box.left * width, height - box.top * height
        found = page.get_textpage().get_text_bounded(
            left - 1, top - box.height * height - 1, left + box.width * width + 1, top + 1
        )
    return " ".join(found.split())


def changed(before: bytes, after: bytes, page: int = 1) -> tuple[float, float, float, float] | None:
    """Where two documents look different: left, top, right, bottom as fractions of the page; None for nowhere."""
    old, new = page_image(before, page), page_image(after, page)
    difference = ImageChops.difference(old, new).convert("L").point(lambda value: 255 if value > VISIBLE else 0)
    area = difference.getbbox()
    if area is None:
        return None
    return area[0] / old.width, area[1] / old.height, area[2] / old.width, area[3] / old.height


def within(area: tuple[float, float, float, float] | None, box: Box) -> bool:
    """Something is drawn, and all of it in the box (a pixel's smoothing apart)."""
    slack = 0.004
    return (
        area is not None
        and area[0] >= box.left - slack
        and area[1] >= box.top - slack
        and area[2] <= box.left + box.width + slack
        and area[3] <= box.top + box.height + slack
    )
