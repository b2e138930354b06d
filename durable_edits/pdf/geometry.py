"""Where a widget stands on the page as displayed."""

from __future__ import annotations

from durable_edits.form import Box
from durable_edits.pdf.pages import Page
from durable_edits.pdf.tree import Widget


def box_of(widget: Widget) -> Box | None:
    """None for a widget that no page shows or that has no rectangle."""
    rect = widget.rect
    return None if widget.page is None or rect is None else displayed(widget.page, rect)


def displayed(page: Page, rect: tuple[float, float, float, float]) -> Box:
    """Fractions of the visible page from its top left, after /Rotate; cut to the page."""
    x0, y0, x1, y1 = page.box
    width, height = x1 - x0, y1 - y0
    left, right = _within((rect[0] - x0) / width), _within((rect[2] - x0) / width)
    top, bottom = _within((y1 - rect[3]) / height), _within((y1 - rect[1]) / height)
    match page.rotate:
        case 90:
            left, top, right, bottom = 1 - bottom, left, 1 - top, right
        case 180:
            left, top, right, bottom = 1 - right, 1 - bottom, 1 - left, 1 - top
        case 270:
            left, top, right, bottom = top, 1 - right, bottom, 1 - left
    return Box(
        left=round(left, 6),
        top=round(top, 6),
        width=round(right - left, 6),
        height=round(bottom - top, 6),
        page=page.number,
    )


def on_page(page: Page, box: Box) -> tuple[float, float, float, float]:
    """Where a box of the page as displayed is in the page's own space: left, bottom, right, top."""
    x0, y0, x1, y1 = page.box
    left, top, right, bottom = box.left, box.top, box.left + box.width, box.top + box.height
    match page.rotate:
        case 90:
            left, top, right, bottom = top, 1 - right, bottom, 1 - left
        case 180:
            left, top, right, bottom = 1 - right, 1 - bottom, 1 - left, 1 - top
        case 270:
            left, top, right, bottom = 1 - bottom, left, 1 - top, right
    width, height = x1 - x0, y1 - y0
    return x0 + left * width, y1 - bottom * height, x0 + right * width, y1 - top * height


def _within(fraction: float) -> float:
    return min(max(fraction, 0.0), 1.0)
