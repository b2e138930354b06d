"""An address, whole and in parts: as it is written in North America, and as it is on the continent of Europe."""

from __future__ import annotations

import re

from durable_edits.planner.places import country_code, state_code

Parts = dict[str, str]

_ZIP = r"(?P<postal>\d{5}(?:-\d{4})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})"
_STATE_ZIP = re.compile(rf"(?P<state>[A-Za-z][A-Za-z. ]{{1,24}}?),?\s+{_ZIP}")
_ZIP_CITY = re.compile(r"(?P<postal>(?:[A-Z]{1,2}[-\s])?\d{4,5}(?:\s?[A-Z]{2})?)\s+(?P<city>[^\W\d].{1,60})")
_CITY_ZIP = re.compile(rf"(?P<city>[^\W\d][^\d,]{{1,40}}?)\s+{_ZIP}")
_APT = re.compile(
    r"(?P<kind>apt|apartment|suite|ste|unit|flat|room|rm|floor|flr|fl|top|tür|stiege|#|appt|appartement|piso|depto)\b\.?\s*#?\s*(?P<apt>[\w\-/]{1,8})$",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(
    r"(?P<house>\d{1,5}\s?[a-zA-Z]?(?:\s?(?:bis|ter))?(?:[-/]\d{1,4})?),?\s+(?P<street>[^\W\d].+)"
)
_NUMBER_LAST = re.compile(
    r"(?P<street>[^\d]+?\D),?\s+(?:nr\.?|n°|no\.?|#)?\s*(?P<house>\d{1,5}\s?[a-zA-Z]?(?:[-/]\d{1,4}[a-zA-Z]?)?)"
)
MAX_ADDRESS = 300


def split_address(text: str) -> Parts:
    """street, apt, city, state, postal, country; {} for a text that is none for sure."""
    if len(text) > MAX_ADDRESS:
        return {}
    pieces = [piece.strip(" .") for piece in re.split(r"[,;\n]", text) if piece.strip(" .")]
    found: Parts = {}
    if len(pieces) > 1 and country_code(pieces[-1]) and not state_code(pieces[-1]):
        found["country"] = pieces.pop()
    if not pieces:
        return {}
    last = pieces[-1]
    if (match := _STATE_ZIP.fullmatch(last)) is not None and state_code(match["state"]) and len(pieces) > 1:
        found |= {"state": match["state"], "postal": match["postal"]}
        pieces.pop()
        found["city"] = pieces.pop()
    elif (run := _city_state_zip(last)) is not None:
        found |= run
        pieces.pop()
    elif (match := _ZIP_CITY.fullmatch(last)) is not None or (match := _CITY_ZIP.fullmatch(last)) is not None:
        found |= {"city": match["city"], "postal": match["postal"]}
        pieces.pop()
    elif state_code(last) and len(pieces) > 2:
        found["state"] = pieces.pop()
        found["city"] = pieces.pop()
    elif re.fullmatch(r"\d{4,6}|" + _ZIP.replace("?P<postal>", ""), last) and len(pieces) > 2:
        found["postal"] = pieces.pop()
        if len(pieces) > 2 and state_code(pieces[-1]):
            found["state"] = pieces.pop()
        found["city"] = pieces.pop()
    else:
        return {}
    if pieces and len(pieces) > 1 and (apt := _APT.fullmatch(pieces[-1])) is not None:
        found["apt"] = apt["apt"]
        found["unit"] = pieces.pop()
    if pieces:
        found["street"] = ", ".join(pieces)
    return found


def _city_state_zip(text: str) -> Parts | None:
    """`Norfolk VA 23504` in one piece."""
    match = re.fullmatch(rf"(?P<city>[^\d,]{{2,40}}?)\s+(?P<state>[A-Z]{{2}})\s+{_ZIP}", text)
    return (
        {"city": match["city"], "state": match["state"], "postal": match["postal"]}
        if match and state_code(match["state"])
        else None
    )


def split_city(text: str) -> Parts:
    """`67000 Strasbourg`, `Norfolk, VA 23504`."""
    bare = text.strip()
    for pattern in (_ZIP_CITY, _CITY_ZIP):
        if (match := pattern.fullmatch(bare)) is not None:
            return {"postal": match["postal"], "city": match["city"].strip()}
    city, comma, rest = bare.partition(",")
    if comma and (match := _STATE_ZIP.fullmatch(rest.strip())) is not None:
        return {"city": city.strip(), "state": match["state"], "postal": match["postal"]}
    if comma and state_code(rest.strip()):
        return {"city": city.strip(), "state": rest.strip()}
    return {}


def split_street(text: str) -> Parts:
    """The house number and the street's name."""
    bare = " ".join(text.split()).strip(" ,")
    for pattern in (_NUMBER_FIRST, _NUMBER_LAST):
        if (match := pattern.fullmatch(bare)) is not None:
            return {"house": match["house"].strip(), "street": match["street"].strip(" ,")}
    return {}


def split_unit(text: str) -> Parts:
    """`2210 Montana Avenue, Apt 5`, `Suite 400`."""
    street, comma, unit = text.rpartition(",")
    match = _APT.fullmatch(unit.strip())
    if match is None:
        return {}
    return (
        {"street": street.strip(), "apt": match["apt"], "kind": match["kind"]}
        if comma
        else {"apt": match["apt"], "kind": match["kind"]}
    )


def join_address(parts: Parts, order: tuple[str, ...]) -> str:
    """`Norfolk, VA 23504`: a code after a state is not parted from it by a comma."""
    text, before = "", ""
    for part in order:
        value = parts.get(part, "")
        if not value:
            continue
        if not text:
            text = value
        elif (before, part) in {("state", "postal"), ("postal", "city"), ("street", "house"), ("house", "street")}:
            text = f"{text} {value}"
        else:
            text = f"{text}, {value}"
        before = part
    return text
