"""What instructions come down to: names and what belongs there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """`path` leads from the outermost name to the innermost; a plain line has a path of one, prose an empty one.

    `items` are the parts of `value` where the instructions gave a list; `told` is what a sentence says.
    """

    path: tuple[str, ...]
    value: str
    items: tuple[str, ...] = ()
    told: bool = False

    @property
    def label(self) -> str:
        return ".".join(self.path)
