"""What is to stay empty, or to be emptied: `leave section B blank`, `clear the middle name`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_THE = r"(?:the\s|das\s|die\s|den\s|le\s|la\s|les\s|el\s|los\s|las\s|field\s|feld\s|champ\s|campo\s|fields\s)*"
_WHAT = rf"{_THE}(?P<what>[^.;:\n]{{1,120}}?)"
_LEAVE = (
    rf"\b(?:leave|keep)\s{_WHAT}\s(?:blank|empty|unfilled|as (?:it|they) (?:is|are)|alone|out)\b",
    rf"\b(?:do not|don't|don’t|never)\s(?:fill(?:\sin|\sout)?|complete|touch|change)\s{_WHAT}(?=[.;\n]|$)",
    rf"\b(?:lassen sie|lass|bitte)\s{_WHAT}\s(?:leer|frei)(?:\slassen)?\b",
    rf"\b{_THE}(?P<what>[^\W\d_][^.;:,\n]{{1,80}}?)\s(?:leer|frei)\s?lassen\b",
    rf"\b(?:laissez|laisser)\s{_WHAT}\s(?:vides?|en blanc)\b",
    rf"\b(?:dejar|deje|deja)\s{_WHAT}\s(?:en blanco|vacíos?|vacías?)",
)
_CLEAR = (
    rf"\b(?:clear|erase|remove|delete|empty)\s{_WHAT}(?=[.;\n]|$)",
    rf"\b(?:lösche|löschen sie|entferne|entfernen sie)\s{_WHAT}(?=[.;\n]|$)",
    rf"\b(?:effacer|effacez|supprimer|supprimez)\s{_WHAT}(?=[.;\n]|$)",
    rf"\b(?:borrar|borre|borra|eliminar|elimine)\s{_WHAT}(?=[.;\n]|$)",
)
_PATTERNS = tuple(
    (re.compile(each, re.IGNORECASE), clear) for group, clear in ((_LEAVE, False), (_CLEAR, True)) for each in group
)
_PARTS = re.compile(r",\s*(?:and\s|und\s|et\s|y\s)?|\s(?:and|und|et|y)\s")
MAX_ORDERS = 100
MAX_TEXT = 20_000  # characters that are searched for orders
_SIGNAL = re.compile(
    r"\b(?:leave|keep|not|don.t|never|leer|frei|freilassen|laisse[rz]|deja|deje|dejar|clear|erase|remove|delete|empty|l\u00f6sch|"
    r"entfern|efface|supprim|borr|elimin)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Order:
    """`what` is to stay as it is, or (`clear`) to be emptied; `start` and `end` are those of the whole order."""

    what: str
    clear: bool
    start: int
    end: int


def read_orders(text: str) -> list[Order]:
    if _SIGNAL.search(text) is None:
        return []
    text = text[:MAX_TEXT]
    found: list[Order] = []
    taken: list[tuple[int, int]] = []
    for pattern, clear in _PATTERNS:
        for match in pattern.finditer(text):
            if len(found) >= MAX_ORDERS:
                return found
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            parts = [part.strip() for part in _PARTS.split(match["what"]) if part.strip()]
            found += [Order(part, clear, *match.span()) for part in parts]
    return found
