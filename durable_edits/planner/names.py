"""Names as they are compared: of fields, of labels, of options."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from durable_edits.form import Field

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_INDEX = re.compile(r"\[\d+\]")
_NOISE = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """Words in lower case: no marks, no index suffixes, camelCase apart."""
    spaced = _CAMEL.sub(" ", _INDEX.sub(" ", unicodedata.normalize("NFKC", text)))
    return " ".join(_NOISE.sub(" ", spaced.casefold()).split())


def squeezed(text: str) -> str:
    """The letters alone: `DOB`, `d.o.b.` and `D O B` are one."""
    return normal(text).replace(" ", "")


def names_of(field: Field) -> Iterator[tuple[int, str]]:
    """The names a field answers to, each with its rank: a full key beats a label, which beats a last part."""
    yield 0, field.key
    if field.description:
        yield 1, field.description
    leaf = field.key.rpartition(".")[2]
    yield 2, leaf
    if field.description:
        # What stands before a colon or bracket is the label; what follows explains it.
        short = re.split(r"[:(\[.]", field.description, maxsplit=1)[0].strip()
        if short and short != field.description:
            yield 3, short
