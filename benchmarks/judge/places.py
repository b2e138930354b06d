"""Where a widget lies on a displayed page: its own space, fractions of the page, pixels of a picture."""

from __future__ import annotations

from benchmarks.judge.raw import Page, Rect


def fractions(page: Page, rect: Rect) -> Rect:
    """Left, top, right, bottom from the displayed page's top left, cut to the page."""
    x0, y0, x1, y1 = page.box
    left, right = (rect[0] - x0) / (x1 - x0), (rect[2] - x0) / (x1 - x0)
    top, bottom = (y1 - rect[3]) / (y1 - y0), (y1 - rect[1]) / (y1 - y0)
    if page.rotate == 90:
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    elif page.rotate == 180:
        left, top, right, bottom = 1 - right, 1 - bottom, 1 - left, 1 - top
    elif page.rotate == 270:
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    return min(max(left, 0), 1), min(max(top, 0), 1), min(max(right, 0), 1), min(max(bottom, 0), 1)


def displayed_points(page: Page, rect: Rect) -> Rect:
    """Left, top, right, bottom in points from the displayed page's top left."""
    width, height = page.box[2] - page.box[0], page.box[3] - page.box[1]
    if page.rotate in {90, 270}:
        width, height = height, width
    left, top, right, bottom = fractions(page, rect)
    return left * width, top * height, right * width, bottom * height


def pixels(page: Page, rect: Rect, shape: tuple[int, ...], grow: float = 0.0) -> tuple[slice, slice]:
    """Rows and columns; `grow` is in pixels."""
    height, width = shape[0], shape[1]
    left, top, right, bottom = fractions(page, rect)
    rows = slice(max(int(top * height - grow), 0), min(int(bottom * height + grow + 1), height))
    columns = slice(max(int(left * width - grow), 0), min(int(right * width + grow + 1), width))
    return rows, columns


def holds(rect: Rect, x: float, y: float, slack: float = 0.0) -> bool:
    return rect[0] - slack <= x <= rect[2] + slack and rect[1] - slack <= y <= rect[3] + slack


def distance(rect: Rect, x: float, y: float) -> float:
    across = max(rect[0] - x, 0.0, x - rect[2])
    down = max(rect[1] - y, 0.0, y - rect[3])
    return float((across**2 + down**2) ** 0.5)
