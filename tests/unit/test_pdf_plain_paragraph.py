"""The quick way to set a paragraph draws what the thorough one draws."""

from __future__ import annotations

import random
import re

import pytest

from durable_edits.pdf.appearance import draw_paragraphs
from durable_edits.pdf.cache import compiled_form
from durable_edits.pdf.faces import Face
from durable_edits.pdf.fallback import EmbeddedFace
from durable_edits.pdf.frame import Frame
from durable_edits.pdf.limits import MAX_PAGES
from durable_edits.pdf.plain_paragraph import plain_paragraph
from durable_edits.pdf.typesetting import Typesetter
from tests.made_forms import MULTILINE, Rect, made_form, text

WORDS = ["a", "I", "jumping", "over", "several", "lines", "Incomprehensibilities", "W" * 30, "42"]
COLOR = b"0 g"


def frame_of(rect: Rect, da: str, align: int) -> Frame:
    blank = made_form([text("t", rect, flags=MULTILINE, da=da, more=f"/Q {align}")])
    [(_place, frame)] = compiled_form(blank, None, MAX_PAGES).fields["t"].frames
    return frame


def drawn(content: bytes) -> tuple[list[bytes], list[float]]:
    """The codes of the lines, and the size and places."""
    size = re.findall(rb"/\w+ (\S+) Tf", content)[:1]
    lines = re.findall(rb"1 0 0 1 (\S+) (\S+) Tm\s+(?:/\w+ \S+ Tf\s+)?<(\w*)> Tj", content)
    places = [float(each) for x, y, _codes in lines for each in (x, y)]
    return [codes for *_place, codes in lines], [float(*size), *places]


def no_fallback(face: Face) -> EmbeddedFace:
    raise AssertionError(face.name)


@pytest.mark.parametrize("align", [0, 1, 2], ids=["left", "middle", "right"])
@pytest.mark.parametrize(
    ("rect", "da"),
    [
        ((20, 200, 320, 320), "/Helv 12 Tf"),
        ((20, 300, 60, 340), "/Helv 12 Tf"),
        ((20, 300, 80, 320), "/Helv 10 Tf"),
        ((20, 300, 120, 330), "/Helv 0 Tf"),
        ((20, 100, 45, 320), "/Helv 24 Tf"),
    ],
    ids=["roomy", "small", "low", "sizeless", "narrow"],
)
def test_a_paragraph_set_quickly_is_the_same(rect: Rect, da: str, align: int) -> None:
    frame = frame_of(rect, da, align)
    draw, chance = plain_paragraph(frame), random.Random(1)  # noqa: S311 - a test's dice must fall the same every time
    assert draw is not None
    quick = 0
    for _ in range(200):
        value = " ".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 12)))
        content = draw(value.encode(), COLOR)
        thorough, placed = draw_paragraphs(value, frame, Typesetter(frame.font, no_fallback), COLOR)
        assert (content is None) == (not placed.fits)
        if content is not None:
            (codes, places), (own_codes, own_places) = drawn(thorough), drawn(content)
            assert own_codes == codes
            assert own_places == pytest.approx(places, abs=0.01)
            quick += 1

    assert quick
