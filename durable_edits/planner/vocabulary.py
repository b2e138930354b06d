"""Words that forms and people use for the same thing, and words that say nothing about which field is meant.

The lists are data: `words/meanings.tsv`, `words/roles.tsv` and `words/opposites.txt`, with their sources.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

_NOISE = re.compile(r"[\W_]+")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
# Scripts that put no space between words: each letter is compared as one.
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")

_EMPTY = """a an the of for and or your my our his her their its s enter please provide print in at is this are be
de la le les des et der die das und du d l un une el los las y del su sus mi tu votre vos notre mon ma mes son sa ihr
ihre mein meine dein deine van het een en il lo di e da do dos"""
_WIDGET = "text box field textbox textfield checkbox check list combo combobox dropdown input formatted"
_SOFT = "current present full complete legal"
_REAL = """country county employer employee payer payee lessor lessee grantor grantee insured insurer mailing billing
state estate month mouth former farmer spouse house sister mister brother mother father other street"""


# Left out where names are compared as sets of words.
EMPTY_WORDS = frozenset(_EMPTY.split())


def plain(text: str) -> str:
    """Words in lower case, without marks and accents."""
    bare = unicodedata.normalize("NFKC", text)
    if not bare.isascii():
        bare = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", bare)))
        bare = _IDEOGRAPH.sub(r" \1 ", bare.replace("°", " ").replace("º", " "))
    return " ".join(_NOISE.sub(" ", bare.casefold()).split())


def rows(name: str) -> Iterator[list[str]]:
    text = files("durable_edits.planner").joinpath("words", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split("\t")


# Ways to say a thing, longest first tried; those of ALONE count where nothing else is said.
WAYS: dict[tuple[str, ...], tuple[str, ...]] = {}
ALONE: dict[tuple[str, ...], tuple[str, ...]] = {}
FAMILY: set[str] = set()
OTHERS: set[str] = set()
SELF: set[str] = set()


def _learn(ways: str, meaning: tuple[str, ...]) -> None:
    for way in ways.split(";"):
        table = ALONE if way.strip().startswith("=") else WAYS
        said = tuple(plain(way).split())
        if said:
            table.setdefault(said, meaning)
        # Names of data leave out the small words: `date_naissance`.
        bare = tuple(word for word in said if word not in EMPTY_WORDS)
        if 1 < len(bare) < len(said):
            table.setdefault(bare, meaning)


_MEANT = []
for _meaning, _, _ways in rows("meanings.tsv"):
    _said = tuple(_meaning.split())
    _MEANT.append(_said)
    _learn(_meaning, _said)
    _learn(_ways, _said)
    if len(_said) > 1:
        WAYS.setdefault(("".join(_said),), _said)  # as names of fields have it: LASTNAME
    for _way in _ways.split(";"):
        _parts = plain(_way).split()
        if len(_parts) == 2 and _parts[0].isascii():
            WAYS.setdefault(("".join(_parts),), _said)
for _role, _kind, _, _ways in rows("roles.tsv"):
    _said = tuple(_role.split())
    {"self": SELF, "family": FAMILY, "other": OTHERS}[_kind].add(_said[-1])
    _learn(_role, _said)
    _learn(_ways, _said)
MEANINGS = frozenset(frozenset(meant) for meant in _MEANT)
LONGEST_WAY = max(len(way) for way in WAYS)
QUALIFIERS: frozenset[str] = frozenset()
OPPOSITES: dict[str, list[frozenset[str]]] = {}
for _line in rows("opposites.txt"):
    _set = frozenset(_line[0].removeprefix("+").split())
    if _line[0].startswith("+"):
        QUALIFIERS |= _set
    for _word in _set:
        OPPOSITES.setdefault(_word, []).append(_set)

# What form tools append to a name by themselves.
WIDGET_WORDS = frozenset(_WIDGET.split())
# Left out last, where nothing else is found: a current address is an address.
SOFT_WORDS = frozenset(_SOFT.split())
# Real words one letter apart are no slip of the pen.
REAL_WORDS = frozenset(_REAL.split())
ROLES = FAMILY | OTHERS | SELF
