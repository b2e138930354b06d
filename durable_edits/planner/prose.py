"""Sentences as pairs: what each says about whom, as far as that is plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from durable_edits.planner.answers_words import meanings
from durable_edits.planner.names import meant, normal
from durable_edits.planner.pairs import Pair
from durable_edits.planner.sentences import DATE, patterns
from durable_edits.planner.vocabulary import FAMILY, MEANINGS, OTHERS

MAX_SENTENCE = 600  # characters; what is longer is looked at in part
MAX_SENTENCES = 300
LABEL_WORDS = 6  # words before a number that may say what it is

_END = re.compile(r"(?<=[.!?。；;])\s+(?=[^a-z\s])|(?<=[。；])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|ste|ave|blvd|rd|no|nr|str|inc|ltd|co|corp|apt|jr|sr|m|mme|bzw|z\.b|geb|tel|ft|in|approx|dept|\w)\.|(?<!\d)\d{1,2}\.)$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_NUMBER = re.compile(r"(?<![\w@.])(?:[A-Z]{1,3}[-\s]?)?[+(]?\d[\d\s().\-/]{3,28}\d(?![\w@])")
_MONEY = re.compile(r"(?:[$€£¥]\s?\d[\d.,']*|\d[\d.,'\s]*\d?\s?(?:€|EUR|USD|GBP|CHF|dollars|euros?))", re.IGNORECASE)
_DATE = re.compile(DATE)
_IS = re.compile(
    r"(?:\b(?:my|our|the|his|her|their|mein|meine|unser|unsere|die|der|das|ihr|ihre|mon|ma|mes|notre|son|sa|le|la|mi|su|el)\s)"
    r"(?P<label>[^,;:.]{2,60}?)\s(?:is|are|was|=|ist|lautet|sind|est|sont|es|son)\s(?:an?\s|the\s)?(?P<value>[^,;]{1,90}?)"
    r"(?=$|[.!;](?:\s|$)|,\s|\s(?:and|und|et|y)\s(?:my|our|the|his|her|I|he|she|we|mein|meine|ich|mon|ma|je|mi)\b)",
    re.IGNORECASE,
)
_HAN_IS = re.compile(r"(?P<label>[\u3400-\u9fffA-Za-z]{1,14}?)(?:是|为|為|：|:|叫|\s)(?P<value>[^,，;；。、]{1,60})")
_CLAUSE = re.compile(r"[,，;；]\s*|\s(?:and|und|et|y)\s")
_EMERGENCY = re.compile(
    r"(?:in (?:an|case of(?: an)?) emergency|emergency contact(?: is|:)?|im notfall|en cas d'u"
    r"rgence|en caso de emergencia)"
    r",?\s*(?:please\s)?(?:call|contact|notify|reach|is|bitte|rufen sie|prévenir|contacter|lla"
    r"mar a|avisar a)?\s*(?P<rest>.+)",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"^(?:is\s|an?\s)?(?:(?:my|mein|meine|meinen|mon|ma|mi|the)\s)?(?P<relation>[a-zà-ÿ]+(?:-in-law)?)?\s*(?P<name>[A-Z\u00c0-\u00de][\w'’.\-]*(?:\s[A-Z\u00c0-\u00de][\w'’.\-]*){1,3})(?P<rest>.*)$"
)
_FOR_MY = re.compile(r"\b(?:my|our|mein|meine|meiner|mon|ma|mi)\s+(?P<who>[a-zà-ÿß]+(?:-in-law)?)\b", re.IGNORECASE)
_I = re.compile(r"(?:^|\b)(?:I|I'm|my|we|our|ich|mein|meine|wir|je|j'|mon|ma|nous|yo|mi)\b", re.IGNORECASE)
_HE = re.compile(
    r"^\s*(?:he|she|his|her|they|their|er|sie|sein|seine|ihr|ihre|il|elle|son|sa|él|ella|su)\b", re.IGNORECASE
)
_STATE = re.compile(
    r"\b(?:I am|I'm|he is|she is|is|bin|ist|je suis|suis|est|soy|es|we are|am)\s(?:an?\s|curre"
    r"ntly\s|not\s(?!a))?(?P<state>[^\W\d_][\w\- ]{2,28}?)(?=[,.;]|$|\s(?:and|und|et|y|with|by"
    r"|at)\b)",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(?P<no>never|not yet|noch nie|nie|jamais|nunca)\s(?:been\s|été\s)?(?P<what>[^\W\d_]{4,20})", re.IGNORECASE
)
_WISH = re.compile(
    r"\bI (?P<no>do not|don't|don’t|would not|wouldn't)?\s*(?P<yes>do\s|would\s)?(?P<verb>want"
    r"|wish|like|agree|consent|authori[sz]e|allow|need)\b(?P<what>.{4,160})",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"(?:(?:der|den|dem|die)\s)?(?P<what>[^\W\d_]{5,40}(?:\s[^\W\d_]+){0,3})\sstimme ich(?P<no"
    r"> nicht)? zu|stimme\s(?:der|den|dem)\s(?P<what2>[^\W\d_]{5,40}(?:\s[^\W\d_]+){0,3})(?P<n"
    r"o2> nicht)? zu|j'accepte (?:la |le |les )?(?P<what3>[^.,;]{4,60})|acepto (?:la |el |los "
    r"|las )?(?P<what4>[^.,;]{4,60})",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"\b(?:speaks?|spricht|spreche|parle|habla|hablo)\s(?P<list>[^.;]{3,120})", re.IGNORECASE)
_NATIVE = re.compile(r"\bnative\s(?:language\s(?:is\s)?)?(?P<language>[A-Z][a-z]+)")
_NO = re.compile(r"^(?:but\s)?(?:no|not|kein|keine|pas de|ni|nicht|aber kein)\s+", re.IGNORECASE)
_LITTLE = re.compile(r"^(?:some|a little|fluent|also|etwas|ein wenig|un peu de)\s", re.IGNORECASE)
_LICENCE = re.compile(
    r"\b(?:held|holds?|have|has|got)\s(?:an?\s)?(?:valid\s)?(?P<what>(?:car|driving|driver's|driver’s|drivers)\slicen[cs]e)",
    re.IGNORECASE,
)
# What a state of a person answers.
_ANSWERED = {
    "male": "gender", "female": "gender", "diverse": "gender", "single": "marital status", "married": "marital status",
    "divorced": "marital status", "widowed": "marital status", "separated": "marital status",
    "retired": "employment status",
    "unemployed": "employment status", "self employed": "employment status", "employed": "employment status",
    "student": "employment status",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A pair that a sentence says, and where in it: `start` and `end` of the value."""

    pair: Pair
    start: int
    end: int


def read_prose(text: str) -> list[Said]:
    found: list[Said] = []
    who = ""
    for start, sentence in sentences_of(text):
        who = _about(sentence, who)
        taken: list[tuple[int, int]] = []
        for path, value, place in _facts(sentence):
            span = (place, place + len(value))
            if any(a < span[1] and span[0] < b for a, b in taken) or not value.strip():
                continue
            taken.append(span)
            named = path if not who or path[0] == "emergency contact" else (who, *path)
            items = tuple(value.split("\n")) if "\n" in value else ()
            found.append(Said(Pair(named, value.strip(), items, told=True), start + span[0], start + span[1]))
    return found


def sentences_of(text: str) -> Iterator[tuple[int, str]]:
    start, count = 0, 0
    ends = [
        match
        for match in _END.finditer(text)
        if not _ABBREVIATION.search(text[max(match.start() - 12, 0) : match.start()])
    ]
    for end in [*[(match.start(), match.end()) for match in ends], (len(text), len(text))]:
        sentence = text[start : end[0]]
        if sentence.strip() and count < MAX_SENTENCES:
            count += 1
            yield start, sentence[:MAX_SENTENCE]
        start = end[1]


def _about(sentence: str, before: str) -> str:
    """The person a sentence is about: "" for the one who fills the form in."""
    if _HE.match(sentence):
        return before
    match = re.match(r"\s*(?:my|our|mein|meine|mon|ma|mi)\s+(\w+)", sentence, re.IGNORECASE)
    if match is not None and (role := _role(match[1])):
        return role
    return ""


def _role(word: str) -> str:
    roles = set(meant((normal(word),))) & (FAMILY | OTHERS)
    return next(iter(roles), "")


def _facts(sentence: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    if (match := _EMERGENCY.search(sentence)) is not None:
        yield from _emergency(match["rest"], match.start("rest"))
        sentence = sentence[: match.start()]
    for pattern in patterns():
        for match in pattern.regex.finditer(sentence):
            for index, label in enumerate(pattern.labels):
                if (value := match[f"v{index}"]) is not None:
                    place = match.start(f"v{index}")
                    value = _trimmed(label, value)
                    if label != "name" or not _first_word_is_role(value):
                        yield (label,), value, place
    yield from _spouses(sentence)
    yield from _spoken(sentence)
    for match in _IS.finditer(sentence):
        label = match["label"].strip()
        if _known(label) and not meanings(label) & {"it", "this"}:
            yield (label,), match["value"].strip(), match.start("value")
    if any("\u3400" <= letter <= "\u9fff" for letter in sentence):
        yield from _han(sentence)
    yield from _typed(sentence)
    yield from _states(sentence)


def _trimmed(label: str, value: str) -> str:
    if label == "address":
        value = re.split(
            r",?\s(?:and|und|et|y)\s(?:my|I|mein|ich|mon|je|mi|has|is|his|her)\b|,?\s(?:phone|tel|telephone|e-?mail)\b",
            value,
            flags=re.IGNORECASE,
        )[0]
        value = re.sub(r",\s(?:in|en|au)\s(?=[A-Z])", ", ", value)
    return value.rstrip(" .,!")


def _first_word_is_role(value: str) -> bool:
    return value.split(maxsplit=1)[0].casefold() in {"the", "a", "an", "not"}


def _spouses(sentence: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """`I work as a nurse and my husband as a carpenter`."""
    pattern = (
        r"\b(?:work|arbeite|travaille|trabajo)\b.{3,60}?\b(?:and|und|et|y)\s(?:my|mein|meine|mon|m"
        r"a|mi)\s(\w+)\s(?:as|als|comme|como)\s(?:an?\s)?([^\W\d_][\w\- ]{2,30}?)(?=[,.;]|$)"
    )
    for match in re.finditer(pattern, sentence, re.IGNORECASE):
        if role := _role(match[1]):
            yield (role, "occupation"), match[2], match.start(2)


def _spoken(sentence: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    found: list[str] = [match["language"] for match in _NATIVE.finditer(sentence)]
    place = -1
    for match in _SPEAKS.finditer(sentence):
        place = match.start("list")
        for part in re.split(r",\s*(?:and\s|but\s|und\s|et\s)?|\s(?:and|but|und|aber|et|y)\s", match["list"]):
            word = _LITTLE.sub("", part.strip()).strip(" .")
            if word[:1].isupper() and " " not in word and not _NO.match(part.strip()):
                found.append(word)
    if found and place >= 0:
        yield ("language",), "\n".join(found), place
    if (licence := _LICENCE.search(sentence)) is not None:
        yield (licence["what"],), "yes", licence.start("what")


def _emergency(rest: str, offset: int) -> Iterator[tuple[tuple[str, ...], str, int]]:
    match = _SOMEBODY.match(rest.strip())
    if match is None:
        return
    offset += len(rest) - len(rest.lstrip())
    yield ("emergency contact", "name"), match["name"].rstrip("."), offset + match.start("name")
    relation = match["relation"]
    if relation and _role(relation):
        yield ("emergency contact", "relationship"), relation, offset + match.start("relation")
    after, base = match["rest"], offset + match.start("rest")
    if (bracket := re.match(r"\s*\(([^)]{3,30})\)", after)) and _role(bracket[1].split()[-1]):
        yield ("emergency contact", "relationship"), bracket[1], base + bracket.start(1)
    number = next((each for each in _NUMBER.finditer(after) if sum(map(str.isdigit, each[0])) > 8), None)
    if number is not None:
        yield ("emergency contact", "phone"), number[0], base + number.start()
    address = re.match(r",?\s*(?:at|of|in)?\s*(\d[^;]*?)(?=,?\s*(?:phone|tel|telephone|on|at|under|unter|:)|$)", after)
    if address is not None and (number is None or address.end(1) <= number.start() + 1):
        yield ("emergency contact", "address"), address[1].rstrip(" ,."), base + address.start(1)


def _han(sentence: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    place = 0
    for clause in re.split(r"([,，;；。、])", sentence):
        match = _HAN_IS.match(clause.strip())
        if match is not None:
            lead = len(clause) - len(clause.lstrip())
            label = re.sub(r"^(?:我的|我|本人|他的|她的)", "", match["label"])
            yield (label or match["label"],), match["value"].strip(), place + lead + match.start("value")
        place += len(clause)


def _typed(sentence: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """E-mail addresses, numbers, amounts and dates, by the words before them."""
    for match in _EMAIL.finditer(sentence):
        yield ("email",), match[0].rstrip("."), match.start()
    for pattern in (_DATE, _MONEY, _NUMBER):
        for match in pattern.finditer(sentence):
            if label := _label_before(sentence[: match.start()]):
                yield (label,), match[0].strip(), match.start()
            elif pattern is _NUMBER and re.search(
                r"\b(?:call|phone|reach|ring|text|tel|anrufen|telefonisch|appeler|joindre|llamar)\b",
                sentence[: match.start()],
                re.IGNORECASE,
            ):
                yield ("phone",), match[0].strip(), match.start()


def _label_before(text: str) -> str:
    """The nearest words that name something: `into my checking account, number`."""
    clause = re.split(r"[.;!?]|\b(?:and|und|et|y)\b", text)[-1]
    words = re.findall(r"[\w'’\-]+", clause)[-LABEL_WORDS:]
    while words and normal(words[-1]) in {
        "is",
        "of",
        "no",
        "ist",
        "est",
        "es",
        "on",
        "am",
        "le",
        "el",
        "at",
        "the",
        "are",
        "by",
    }:
        words.pop()
    best = ""
    for length in range(1, len(words) + 1):
        label = " ".join(words[-length:])
        if frozenset(meant(tuple(normal(label).split()))) in MEANINGS:
            best = label
    return best or next((" ".join(words[-length:]) for length in (2, 3) if _known(" ".join(words[-length:]))), "")


def _known(label: str) -> bool:
    """Whether it is a way to say something that forms ask for."""
    found = frozenset(meant(tuple(normal(label).split())))
    return (
        bool(found)
        and any(meaning <= found for meaning in MEANINGS if len(meaning) > 1 or meaning <= found)
        and len(found) < 6
    )


def _states(sentence: str) -> Iterator[tuple[tuple[str, ...], str, int]]:
    for match in _STATE.finditer(sentence):
        state = match["state"].strip()
        for meaning in sorted(meanings(state)):
            if meaning in _ANSWERED:
                yield (_ANSWERED[meaning],), state, match.start("state")
    for match in _NEVER.finditer(sentence):
        yield (f"ever {match['what']}",), "no", match.start("what")
    for match in _WISH.finditer(sentence):
        if match["verb"].casefold() in {"want", "wish", "agree", "consent", "authorize", "authorise", "allow"}:
            yield (match["what"].strip(" ."),), "no" if match["no"] else "yes", match.start("what")
    for match in _CONSENT.finditer(sentence):
        what = next(match[name] for name in ("what", "what2", "what3", "what4") if match[name])
        yield (what,), "no" if match["no"] or match["no2"] else "yes", match.start()
