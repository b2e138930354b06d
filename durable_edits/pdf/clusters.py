"""What a reader takes for one letter: a base with its marks, a syllable of Hangul, an emoji of several characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

ZERO_WIDTH_JOINER = "\u200d"
EMOJI_STYLE, TEXT_STYLE = "\ufe0f", "\ufe0e"
_MARKS = {"Mn", "Mc", "Me"}
_SPACING_VOWELS = "\u0e33\u0eb3"  # Thai and Lao AM: letters by category, yet part of the letter before
_CONJOINING = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"  # viramas that join consonants
_HAN_AND_KANA = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u30fa\u30fd-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_LEADING_VOWELS = "\u0e40-\u0e44\u0ec0-\u0ec4"  # of Thai and Lao: a syllable starts with them
_NOT_FIRST = "、。，．・：；？！ー々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ）」』】〉》〕］｝”’%‰℃,.:;?!)]}"
_NOT_LAST = "（「『【〈《〔［｛“‘([{$£¥€"
_IDEOGRAPH = re.compile(f"[{_HAN_AND_KANA}]")
_LEADING_VOWEL = re.compile(f"[{_LEADING_VOWELS}]")
_WORDS = re.compile(r"[^\s\u200b]+[\s\u200b]*|[\s\u200b]+")
_UNSPACED = re.compile(f"[{_HAN_AND_KANA}{_LEADING_VOWELS}]")


def clusters(text: str) -> list[str]:
    """Letters with what belongs to them, composed where Unicode has one character for both.

    Single characters are left as they are: normalizing those would turn one form of a Han character into another.
    """
    return [unicodedata.normalize("NFC", each) if len(each) > 1 else each for each in _letters(text)]


def beginning(text: str, longest: int) -> str:
    """At most `longest` characters of a text, ending with a whole letter."""
    used = 0
    for letter in _letters(text):
        if used + len(letter) > longest:
            break
        used += len(letter)
    return text[:used]


def pieces(text: str) -> list[str]:
    """Text cut where a line may end: behind blanks, between Han characters and kana, before a Thai leading vowel."""
    words = _WORDS.findall(text)
    if text.isascii() or not _UNSPACED.search(text):
        return words
    return [piece for word in words for piece in _unspaced(word)]


def ignorable(character: str) -> bool:
    """Controls, joiners and selectors have no shape to miss."""
    code = ord(character)
    if code < 0x7F:
        return code < 0x20
    return (
        unicodedata.category(character) in {"Cf", "Cc"}
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE0FFF
        or code in {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2028, 0x2029}
        or 0x180B <= code <= 0x180F
    )


def _letters(text: str) -> list[str]:
    found: list[str] = []
    for each in text:
        if found and _belongs(found[-1], each):
            found[-1] += each
        else:
            found.append(each)
    return found


def _unspaced(word: str) -> Iterator[str]:
    piece = ""
    for cluster in clusters(word):
        if piece and _may_break(piece[-1], cluster[0]):
            yield piece
            piece = ""
        piece += cluster
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST or after.isspace():
        return False
    return bool(_IDEOGRAPH.match(before) or _IDEOGRAPH.match(after) or _LEADING_VOWEL.match(after))


def _belongs(letter: str, character: str) -> bool:
    """Whether `character` is part of the letter before it (UAX 29, as far as forms need it)."""
    code = ord(character)
    if code < 0x300:
        return False
    last = letter[-1]
    if _extends(character):
        return True
    if last == ZERO_WIDTH_JOINER:
        return _pictographic(character) or letter[-2:-1] in set(_CONJOINING)
    if last in _CONJOINING:
        return unicodedata.category(character) == "Lo" and ord(letter[0]) >> 7 == code >> 7
    if _regional(character):
        return len(letter) == 1 and _regional(last)
    return _hangul_goes_on(ord(last), code)


def _extends(character: str) -> bool:
    """Marks, joiners, colours of skin, and the tags of a flag."""
    code = ord(character)
    return (
        unicodedata.category(character) in _MARKS
        or character in _SPACING_VOWELS
        or character in {"\u200c", ZERO_WIDTH_JOINER}
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _pictographic(character: str) -> bool:
    return unicodedata.category(character) == "So" or ord(character) >= 0x1F000


def _regional(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _hangul_goes_on(last: int, code: int) -> bool:
    """Leading consonants, vowels and trailing consonants that make up one syllable."""
    syllable = 0xAC00 <= last <= 0xD7A3
    if 0x1100 <= last <= 0x115F:
        return 0x1100 <= code <= 0x11A7 or 0xAC00 <= code <= 0xD7A3
    if 0x1160 <= last <= 0x11A7 or (syllable and (last - 0xAC00) % 28 == 0):
        return 0x1160 <= code <= 0x11FF
    return (0x11A8 <= last <= 0x11FF or syllable) and 0x11A8 <= code <= 0x11FF
