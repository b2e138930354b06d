"""The bidirectional algorithm, in letters that show what moved: small ones for Latin, Hebrew ones for right to left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durable_edits.pdf.bidi import MAX_DEPTH, brackets, direction_mark, levels, mirrored, visual_order

LRE, RLE, PDF, LRO, RLO = "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"
LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
CONTROLS = LRE + RLE + PDF + LRO + RLO + LRI + RLI + FSI + PDI + "\u200e\u200f"


def shown(text: str) -> str:
    """From left to right, brackets not yet turned, without what only directs."""
    found = levels(text)
    if found is None:
        return text
    return "".join(text[index] for index in visual_order(found) if text[index] not in CONTROLS)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("abc אבג def", "abc גבא def"),
        ("אבג abc דהו", "והד abc גבא"),
        ("אבג 123 דהו", "והד 123 גבא"),
        ("אבג 12,5 ד", "ד 12,5 גבא"),
        ("אבג -5", "5- גבא"),
        ("אבג 5%", "5% גבא"),
        ("ابج 12/3", "12/3 جبا"),
        ("abc אבג 12 def", "abc 12 גבא def"),
        ("אבג.", ".גבא"),
        ("abc אבג.", "abc גבא."),
        ("אב (ab) גד", "דג )ab( בא"),
        ("a (אב) b", "a (בא) b"),
        ("אב [גד]", "]דג[ בא"),
        ("א ab (ג", "ג( ab א"),
        ("אבג\u0301ד", "ד\u0301גבא"),
        (f"abc {RLI}אב 12{PDI} def", "abc 12 בא def"),
        (f"אב {LRI}a גד b{PDI} הו", "וה a דג b בא"),
        (f"{FSI}אב{PDI}: ab", "בא: ab"),
        (f"{RLO}abc{PDF} d", "cba d"),
        (f"a {RLE}b א{PDF} c", "a א b c"),
        ("אב  ", "  בא"),
        ("ab ابج دهو cd", "ab وهد جبا cd"),
        (f"ab {RLE}אב  {PDF}", "ab בא  "),
        ("a (ב) 1", "a (ב) 1"),
    ],
)
def test_letters_stand_where_the_algorithm_puts_them(text: str, order: str) -> None:
    assert shown(text) == order


def test_text_of_one_direction_costs_no_levels() -> None:
    assert levels("plain, (with) 12 % – and 日本") is None


def test_embeddings_deeper_than_anybody_means_are_left_out() -> None:
    found = levels("א" + RLE * 1000 + "ב" + LRI * 1000 + "a")

    assert found is not None
    assert max(found) <= MAX_DEPTH + 1


def test_a_line_is_told_the_direction_of_its_paragraph() -> None:
    assert [direction_mark(text) for text in ("ab", "ab אב", "אב ab", "12 אב")] == ["", "\u200e", "\u200f", "\u200f"]


def test_every_bracket_is_turned_into_its_partner_and_back() -> None:
    assert brackets()["("] == ")"
    assert brackets()["「"] == "」"
    assert all(mirrored()[mirrored()[each]] == each for each in mirrored())


@given(st.text(st.sampled_from("abאבجد12٣ .,+-$()[]\u0301" + CONTROLS), max_size=40))
def test_no_letter_is_lost_or_doubled(text: str) -> None:
    found = levels(text)

    if found is not None:
        assert sorted(visual_order(found)) == list(range(len(text)))
