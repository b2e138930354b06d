"""The order in which letters of both directions stand in a line: the bidirectional algorithm of Unicode (UAX 9)."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

MAX_DEPTH = 125  # BD2
MAX_OPEN_BRACKETS = 63  # BD16
REMOVED = {"LRE", "RLE", "LRO", "RLO", "PDF", "BN"}  # X9
OPENS_ISOLATE = {"LRI", "RLI", "FSI"}
NEUTRAL = {"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"}
TURNING = {"R", "AL", "AN", "RLE", "RLO", "RLI"}
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
_IRREGULAR = {0x298D: 0x2990, 0x298F: 0x298E, 0x2E20: 0x2E21}
_CANONICAL = {0x2329: 0x3008, 0x232A: 0x3009}
_BRACKET_BLOCKS = ((0x28, 0x7E), (0xF3A, 0xF3E), (0x169B, 0x169D), (0x2045, 0x2E5D), (0x3008, 0x301C), (0xFE59, 0xFF64))
_ALSO_MIRRORED = ("<>", "«»", "‹›", "≤≥", "≪≫", "⊂⊃", "⊆⊇")


def levels(text: str) -> list[int] | None:
    """Each character's embedding level, an odd one for right to left; None where everything runs left to right."""
    types = [unicodedata.bidirectional(each) or "L" for each in text]
    if TURNING.isdisjoint(types):
        return None
    base = _paragraph_level(types)
    found = _explicit(types, base)
    resolved = found.types.copy()
    for sequence in _sequences(types, found.levels):
        _resolve(text, resolved, found.levels, sequence, base)
    final = [_implicit(level, kind) for level, kind in zip(found.levels, resolved, strict=True)]
    return _reset_blanks(types, final, base)


def direction_mark(paragraph: str) -> str:
    """What a line of the paragraph begins with, so that it runs as the whole does; "" where all is left to right."""
    types = [unicodedata.bidirectional(each) for each in paragraph]
    if TURNING.isdisjoint(types):
        return ""
    return RIGHT_TO_LEFT_MARK if _paragraph_level(types) else LEFT_TO_RIGHT_MARK


def visual_order(item_levels: Sequence[int]) -> list[int]:
    """The items' indices from left to right (L2)."""
    order = list(range(len(item_levels)))
    odd = [level for level in item_levels if level % 2]
    for lowest in range(max(item_levels, default=0), min(odd, default=1) - 1, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and item_levels[order[end]] >= lowest:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end + 1
    return order


@functools.cache
def brackets() -> dict[str, str]:
    """Opening brackets with what closes each: BidiBrackets.txt, which follows from the characters' own properties."""
    pairs = {}
    for first, last in _BRACKET_BLOCKS:
        for code in range(first, last):
            if unicodedata.category(chr(code)) != "Ps" or not unicodedata.mirrored(chr(code)):
                continue
            closing = _IRREGULAR.get(code) or next(
                (near for near in (code + 1, code + 2) if unicodedata.category(chr(near)) == "Pe"), None
            )
            if closing is not None:
                pairs[chr(code)] = chr(closing)
    return pairs


@functools.cache
def _closing() -> frozenset[str]:
    return frozenset(brackets().values())


@functools.cache
def mirrored() -> dict[str, str]:
    """What stands for a character where text runs right to left."""
    pairs = [*brackets().items(), *((pair[0], pair[1]) for pair in _ALSO_MIRRORED)]
    return dict(pairs) | {closing: opening for opening, closing in pairs}


class _Explicit(NamedTuple):
    levels: list[int]
    types: list[str]


class _Embedding(NamedTuple):
    level: int
    override: str
    isolate: bool


def _paragraph_level(types: list[str]) -> int:
    """P2, P3: that of the first strong character outside isolates."""
    depth = 0
    for kind in types:
        if kind in OPENS_ISOLATE:
            depth += 1
        elif kind == "PDI":
            depth = max(depth - 1, 0)
        elif depth == 0 and kind in {"L", "R", "AL"}:
            return int(kind != "L")
    return 0


def _explicit(types: list[str], base: int) -> _Explicit:  # noqa: PLR0912 - X1 to X8 are one machine
    """X1 to X8. What X9 removes keeps its type."""
    stack = [_Embedding(base, "", False)]
    overflow_isolates = overflow_embeddings = valid_isolates = 0
    found_levels, found_types = [], []
    for index, kind in enumerate(types):
        shown = kind
        level = stack[-1].level
        if kind in {"LRE", "RLE", "LRO", "RLO"}:
            deeper = _deeper(level, right=kind[0] == "R")
            if deeper <= MAX_DEPTH and not overflow_isolates and not overflow_embeddings:
                stack.append(_Embedding(deeper, {"LRO": "L", "RLO": "R"}.get(kind, ""), False))
            elif not overflow_isolates:
                overflow_embeddings += 1
        elif kind in OPENS_ISOLATE:
            shown = stack[-1].override or kind
            right = kind == "RLI" or (kind == "FSI" and _paragraph_level(_isolated(types, index)) == 1)
            deeper = _deeper(level, right=right)
            if deeper <= MAX_DEPTH and not overflow_isolates and not overflow_embeddings:
                valid_isolates += 1
                stack.append(_Embedding(deeper, "", True))
            else:
                overflow_isolates += 1
        elif kind == "PDI":
            if overflow_isolates:
                overflow_isolates -= 1
            elif valid_isolates:
                overflow_embeddings = 0
                while not stack[-1].isolate:
                    stack.pop()
                stack.pop()
                valid_isolates -= 1
            level, shown = stack[-1].level, stack[-1].override or kind
        elif kind == "PDF":
            if not overflow_isolates:
                if overflow_embeddings:
                    overflow_embeddings -= 1
                elif not stack[-1].isolate and len(stack) > 1:
                    stack.pop()
        elif kind == "B":
            level = base
        elif kind != "BN":
            shown = stack[-1].override or kind
        found_levels.append(level)
        found_types.append(shown)
    return _Explicit(found_levels, found_types)


def _deeper(level: int, *, right: bool) -> int:
    return (level + 1) | 1 if right else (level + 2) & ~1


def _isolated(types: list[str], start: int) -> list[str]:
    """What the isolate that opens at `start` holds."""
    depth = 1
    for index in range(start + 1, len(types)):
        depth += (types[index] in OPENS_ISOLATE) - (types[index] == "PDI")
        if depth == 0:
            return types[start + 1 : index]
    return types[start + 1 :]


def _sequences(types: list[str], embedded: list[int]) -> list[list[int]]:
    """X10: the isolating run sequences, as indices, without what X9 removes."""
    runs: list[list[int]] = []
    for index, kind in enumerate(types):
        if kind in REMOVED:
            continue
        if runs and embedded[runs[-1][-1]] == embedded[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    partner = _partners(types)
    by_start = {run[0]: run for run in runs}
    continued = {partner[run[-1]] for run in runs if run[-1] in partner}
    sequences = []
    for run in runs:
        if run[0] in continued and run[0] in by_start:
            continue
        sequence = list(run)
        while (following := partner.get(sequence[-1])) is not None and following in by_start:
            sequence += by_start[following]
        sequences.append(sequence)
    return sequences


def _partners(types: list[str]) -> dict[int, int]:
    """Where each isolate that is closed closes (BD9)."""
    found, opened = {}, []
    for index, kind in enumerate(types):
        if kind in OPENS_ISOLATE:
            opened.append(index)
        elif kind == "PDI" and opened:
            found[opened.pop()] = index
    return found


def _resolve(text: str, types: list[str], embedded: list[int], sequence: list[int], base: int) -> None:
    """W1 to W7 and N0 to N2 on one sequence."""
    level = embedded[sequence[0]]
    before = next((embedded[i] for i in range(sequence[0] - 1, -1, -1) if types[i] not in REMOVED), base)
    unclosed = types[sequence[-1]] in OPENS_ISOLATE
    after = next((embedded[i] for i in range(sequence[-1] + 1, len(types)) if types[i] not in REMOVED), base)
    start = _side(max(level, before))
    end = _side(max(level, base if unclosed else after))
    kinds = [types[index] for index in sequence]
    _weak(kinds, start)
    direction = _side(level)
    _brackets([text[index] for index in sequence], [types[index] for index in sequence], kinds, start, direction)
    _neutral(kinds, start, end, direction)
    for index, kind in zip(sequence, kinds, strict=True):
        types[index] = kind


def _side(level: int) -> str:
    return "R" if level % 2 else "L"


def _weak(kinds: list[str], start: str) -> None:  # noqa: PLR0912 - W1 to W7, each on the outcome of the one before
    previous, strong = start, start
    for index, kind in enumerate(kinds):
        found = kind
        if kind == "NSM":  # W1
            found = "ON" if previous in OPENS_ISOLATE or previous == "PDI" else previous
        elif kind == "EN" and strong == "AL":  # W2
            found = "AN"
        if kind in {"L", "R", "AL"}:
            strong = kind
        kinds[index] = previous = found
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for index in range(1, len(kinds) - 1):  # W4
        sides = kinds[index - 1], kinds[index + 1]
        if sides[0] == sides[1] and (
            (kinds[index] in {"ES", "CS"} and sides[0] == "EN") or (kinds[index] == "CS" and sides[0] == "AN")
        ):
            kinds[index] = sides[0]
    index = 0
    while index < len(kinds):  # W5
        end = index
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        if end > index and "EN" in {kinds[index - 1] if index else "", kinds[end] if end < len(kinds) else ""}:
            kinds[index:end] = ["EN"] * (end - index)
        index = max(end, index + 1)
    strong = start
    for index, kind in enumerate(kinds):  # W6, W7
        if kind in {"ES", "CS", "ET"}:
            kinds[index] = "ON"
        elif kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _brackets(letters: list[str], original: list[str], kinds: list[str], start: str, direction: str) -> None:
    """N0."""
    pairs = _bracket_pairs(letters, kinds)
    for opened, closed in pairs:
        inside = {_strong(kind) for kind in kinds[opened + 1 : closed]} - {None}
        if direction in inside:
            found = direction
        elif inside:
            before = next((side for kind in reversed(kinds[:opened]) if (side := _strong(kind))), start)
            found = before if before != direction else direction
        else:
            continue
        for index in (opened, closed):
            kinds[index] = found
            following = index + 1
            while following < len(kinds) and original[following] == "NSM":
                kinds[following] = found
                following += 1


def _bracket_pairs(letters: list[str], kinds: list[str]) -> list[tuple[int, int]]:
    stack: list[tuple[str, int]] = []
    pairs = []
    for index, letter in enumerate(letters):
        if kinds[index] != "ON":
            continue
        closing = brackets().get(letter)
        if closing is not None:
            if len(stack) == MAX_OPEN_BRACKETS:
                return []
            stack.append((_plain(closing), index))
        elif letter in _closing():
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == _plain(letter):
                    pairs.append((stack[depth][1], index))
                    del stack[depth:]
                    break
    return sorted(pairs)


def _plain(bracket: str) -> str:
    return chr(_CANONICAL.get(ord(bracket), ord(bracket)))


def _strong(kind: str) -> str | None:
    return "R" if kind in {"R", "EN", "AN"} else "L" if kind == "L" else None


def _neutral(kinds: list[str], start: str, end: str, direction: str) -> None:
    """N1, N2."""
    index = 0
    while index < len(kinds):
        stop = index
        while stop < len(kinds) and kinds[stop] in NEUTRAL:
            stop += 1
        if stop > index:
            before = (_strong(kinds[index - 1]) if index else None) or start
            after = (_strong(kinds[stop]) if stop < len(kinds) else None) or end
            kinds[index:stop] = [before if before == after else direction] * (stop - index)
        index = max(stop, index + 1)


def _implicit(level: int, kind: str) -> int:
    """I1, I2."""
    if level % 2:
        return level + (kind in {"L", "EN", "AN"})
    return level + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _reset_blanks(types: list[str], found: list[int], base: int) -> list[int]:
    """L1: blanks before a separator and at the end; what X9 removed goes with what is before it."""
    ending = True
    for index in range(len(types) - 1, -1, -1):
        if types[index] in {"B", "S"}:
            found[index], ending = base, True
        elif types[index] in REMOVED:
            continue
        elif types[index] == "WS" or types[index] in OPENS_ISOLATE or types[index] == "PDI":
            if ending:
                found[index] = base
        else:
            ending = False
    for index, kind in enumerate(types):
        if kind in REMOVED:
            found[index] = found[index - 1] if index else base
    return found
