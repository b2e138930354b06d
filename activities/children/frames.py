"""A job and its answer as bytes: a list of values, each JSON or bytes. Never pickle: whoever reads one would run it.

    length of the head, 4 bytes | head: JSON [values, sizes] | the values that are bytes, one after the other

Where a value is bytes, its place in `values` is null and its size stands in `sizes`; the size of others is null.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt
from pydantic_core import from_json, to_json

LENGTH = struct.Struct("!I")


class BrokenFrame(Exception):
    """The other side does not keep to the format."""


class Head(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    values: list[Any]
    sizes: list[NonNegativeInt | None]

    @property
    def body(self) -> int:
        return sum(size for size in self.sizes if size is not None)

    def joined(self, blobs: Iterable[bytes]) -> list[Any]:
        """The values, with those that are bytes in their places."""
        coming = iter(blobs)
        return [value if size is None else next(coming) for value, size in zip(self.values, self.sizes, strict=True)]

    def cut(self, body: memoryview) -> Iterator[bytes]:
        at = 0
        for size in self.sizes:
            if size is not None:
                yield bytes(body[at : at + size])
                at += size


def packed(values: Sequence[Any]) -> list[bytes]:
    """The pieces to send, in order."""
    blobs = [value for value in values if isinstance(value, bytes)]
    head = to_json(
        {
            "values": [None if isinstance(value, bytes) else value for value in values],
            "sizes": [len(value) if isinstance(value, bytes) else None for value in values],
        }
    )
    return [LENGTH.pack(len(head)) + head, *blobs]


def read_head(data: bytes | memoryview, *, limit: int) -> Head:
    """Raises BrokenFrame when it is no head, or its values would take more than `limit` bytes."""
    try:
        head = Head.model_validate(from_json(bytes(data), allow_inf_nan=False))
    except ValueError as error:
        raise BrokenFrame("no head") from error
    if len(head.values) != len(head.sizes) or head.body > limit:
        raise BrokenFrame(f"{len(head.values)} values and {len(head.sizes)} sizes, {head.body} bytes together")
    return head
