"""Words that forms and people use for the same thing, and words that say nothing about which field is meant."""

from __future__ import annotations

# Each line: what it is taken as, then the ways to say it. Longer ways are tried first.
_SAME = {
    "last name": ["surname", "family name", "nachname", "familienname", "nom de famille", "apellidos", "cognome"],
    "first name": ["forename", "given name", "vorname", "prenom", "nombre de pila"],
    "date birth": [
        "dob", "d o b", "birth date", "birthdate", "birthday", "birth day", "geburtsdatum", "date de naissance",
    ],
    "place birth": ["pob", "birth place", "birthplace", "geburtsort", "lieu de naissance"],
    "postal code": ["code postal", "zip", "zip code", "zipcode", "post code", "postcode", "postleitzahl", "plz"],
    "phone": ["phone number", "telephone", "telephone number", "tel", "telefon", "telefonnummer", "phone no"],
    "email": ["e mail", "email address", "e mail address"],
    "gender": ["sex", "geschlecht"],
    "nationality": ["citizenship", "staatsangehorigkeit", "nationalite"],
    "ssn": ["social security number", "social security no", "social security"],
    "ein": ["employer identification number"],
    "house number": ["house nr", "house no", "hausnummer", "hausnr"],
    "apt": ["apartment", "apartment number", "apt no", "apt number"],
    "employer": ["arbeitgeber", "employeur"],
    "occupation": ["beruf", "profession"],
    "city": ["ort", "wohnort", "stadt", "ville", "localite"],
    "street": ["strasse", "rue"],
}  # fmt: skip
_EMPTY = """a an the of for and or your my our his her their s enter please provide print
de la le les des et der die das und"""
_WIDGET = "text box field textbox textfield checkbox check list combo combobox dropdown input formatted"
_SOFT = "current present full complete legal"
_REAL = """country county employer employee payer payee lessor lessee grantor grantee insured insurer mailing billing
state estate month mouth former farmer spouse house sister mister brother mother father other street"""

WAYS: dict[tuple[str, ...], tuple[str, ...]] = {}
for _meant, _ways in _SAME.items():
    for _way in (_meant, *_ways):
        WAYS[tuple(_way.split())] = tuple(_meant.split())
        WAYS[(_way.replace(" ", ""),)] = tuple(_meant.split())  # as names of fields have it: LASTNAME
MEANINGS = frozenset(frozenset(meant) for meant in WAYS.values())
LONGEST_WAY = max(len(way) for way in WAYS)

# Left out where names are compared as sets of words.
EMPTY_WORDS = frozenset(_EMPTY.split())
# What form tools append to a name by themselves.
WIDGET_WORDS = frozenset(_WIDGET.split())
# Left out last, where nothing else is found: a current address is an address.
SOFT_WORDS = frozenset(_SOFT.split())
# Real words one letter apart are no slip of the pen.
REAL_WORDS = frozenset(_REAL.split())
