"""What people write for forms that they look at, and what must stand in which box: by the page alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pytest

from durable_edits.form import Form
from durable_edits.pdf import read_form
from durable_edits.planner import plan
from tests import planner_forms as forms

Case = tuple[Callable[[], bytes], str, dict[str, str]]


@cache
def form_of(make: Callable[[], bytes]) -> Form:
    return read_form(make())


def filled(make: Callable[[], bytes], instructions: str) -> dict[str, str]:
    return plan(form_of(make), instructions).values


LITERAL: dict[str, Case] = {
    "labels in the form's own words": (
        forms.antrag,
        "Name: Yıldız\nVorname: Emre\nGeburtsort: Ulm\nPLZ: 89073\nOrt: Ulm\nIBAN: DE02120300000000202051",
        {"f1": "Yıldız", "f2": "Emre", "f4": "Ulm", "f8": "89073", "f9": "Ulm", "f12": "DE02120300000000202051"},
    ),
    "labels under their boxes": (
        forms.demande,
        "Nom : Lefèvre\nPrénom : Anaïs\nLieu de naissance : Nantes\nProfession : infirmière\nVille : Brest",
        {"z1": "Lefèvre", "z2": "Anaïs", "z4": "Nantes", "z10": "infirmière", "z7": "Brest"},
    ),
    "keys of the fields": (forms.invoice, '{"i1": "Acme", "q2": "7"}', {"i1": "Acme", "q2": "7"}),
    "labels of a list": (
        forms.passport,
        "- Surname: Okafor\n- Given names: Chidi\n- Passport number: A1234567B\n- Occupation: surveyor",
        {"b1": "Okafor", "b2": "Chidi", "b6": "A1234567B", "b16": "surveyor"},
    ),
}
FUZZY: dict[str, Case] = {
    "synonyms": (
        forms.passport,
        "Family name: Ito\nForename: Aya\nProfession: pilot\nEmployed by: Skyline Air\nGender: female",
        {"b1": "Ito", "b2": "Aya", "b16": "pilot", "b15": "Skyline Air", "b10": "true"},
    ),
    "abbreviations": (
        forms.membership,
        "DOB: 1990-05-17\nZip: 85004\nCell: 602-555-0133\nmail: k@example.org\nSt: AZ",
        {"t4": "05/17/1990", "t8": "85004", "t10": "602-555-0133", "t11": "k@example.org"},
    ),
    "camel case keys": (
        forms.membership,
        '{"firstName": "Kim", "lastName": "Park", "zipCode": "10001", "emailAddress": "k@p.example"}',
        {"t1": "Kim", "t3": "Park", "t8": "10001", "t11": "k@p.example"},
    ),
    "a form of address for whom it is": (
        forms.membership,
        "Spouse first name: Lee\nSpouse's surname: Chan\nSpouse birthday: March 9, 1988",
        {"t12": "Lee", "t13": "Chan", "t14": "03/09/1988"},
    ),
    "what the landlord is called": (
        forms.household,
        "Applicant: Rosa Diaz\nCase no: H-2209\nLandlord: Piet Bakker\nLandlord telephone: 030 555 0199",
        {"h1": "Rosa Diaz", "h2": "H-2209", "h4": "Piet Bakker", "h5": "030 555 0199"},
    ),
}
FORMAT: dict[str, Case] = {
    "dates and numbers over split boxes": (
        forms.passport,
        "Date of birth: 4 March 1985\nSSN: 512-34-9876\nPhone: (915) 555-0182\nIssue date: 2019-07-21\nHeight: 1.72 m",
        {
            "b3m": "03",
            "b3d": "04",
            "b3y": "1985",
            "b4a": "512",
            "b4b": "34",
            "b4c": "9876",
            "b5a": "915",
            "b5b": "555",
            "b5c": "0182",
            "b7": "20190721",
            "b8": "172",
        },
    ),
    "a German date": (forms.antrag, "geboren am: 1979-11-03", {"f3": "03.11.1979"}),
    "a French date": (forms.demande, "Né le : 3 novembre 1979", {"z3": "03/11/1979"}),
    "a Spanish date": (forms.solicitud, "Fecha de nacimiento: 3 de noviembre de 1979", {"s3": "03/11/1979"}),
    "a state by its name": (forms.membership, "State: Ohio\nCity: Akron", {"t7": "OH", "t6": "Akron"}),
    "a whole name in parts": (
        forms.membership,
        "Name: Ana Lucia Reyes",
        {"t1": "Ana", "t2": "Lucia", "t3": "Reyes"},
    ),
    "a whole address in parts": (
        forms.membership,
        "Address: 12 Elm Street, Tucson, AZ 85701",
        {"t5": "12 Elm Street", "t6": "Tucson", "t7": "AZ", "t8": "85701"},
    ),
    "a German address in parts": (
        forms.antrag,
        "Adresse: Lindenweg 14, 50667 Köln",
        {"f6": "Lindenweg", "f7": "14", "f8": "50667", "f9": "Köln"},
    ),
    "parts of an address together": (
        forms.passport,
        '{"city": "Reno", "state": "NV", "zip": "89501"}',
        {"b14": "Reno, NV 89501"},
    ),
    "a period": (
        forms.demande,
        "Période d'inscription : du 01/09/2025 au 30/06/2026",
        {"z11": "01/09/2025", "z12": "30/06/2026"},
    ),
    "yes and no": (forms.passport, "Ever refused a visa: no", {"b13": "true"}),
}
STRUCTURE: dict[str, Case] = {
    "two persons": (
        forms.membership,
        json.dumps(
            {
                "member": {"first_name": "Ola", "last_name": "Berg", "marital_status": "married"},
                "spouse": {"first_name": "Per", "last_name": "Lund", "date_of_birth": "1980-01-02"},
                "emergency_contact": {"name": "Siv Dahl", "relationship": "aunt", "phone": "206-555-0144"},
            }
        ),
        {
            "t1": "Ola",
            "t3": "Berg",
            "c2": "true",
            "t12": "Per",
            "t13": "Lund",
            "t14": "01/02/1980",
            "t15": "Siv Dahl",
            "t16": "aunt",
            "t17": "206-555-0144",
        },
    ),
    "two parties and a list": (
        forms.invoice,
        json.dumps(
            {
                "invoice_number": "2025-118",
                "date": "3 June 2025",
                "seller": {"company": "Nordlys AS", "address": "Havnegata 4, Oslo", "vat_id": "NO987654321"},
                "buyer": {"company": "Kafe Lund", "address": "Torget 2, Bergen"},
                "items": [
                    {"description": "Lamps", "quantity": 4, "unit_price": "120.00", "amount": "480.00"},
                    {"description": "Cable", "quantity": 10, "unit_price": "3.50", "amount": "35.00"},
                ],
                "total": "515.00",
            }
        ),
        {
            "i7": "2025-118",
            "i1": "Nordlys AS",
            "i2": "Havnegata 4, Oslo",
            "i3": "NO987654321",
            "i4": "Kafe Lund",
            "i5": "Torget 2, Bergen",
            "d1": "Lamps",
            "q1": "4",
            "p1": "120.00",
            "a1": "480.00",
            "d2": "Cable",
            "q2": "10",
            "p2": "3.50",
            "a2": "35.00",
            "i10": "515.00",
        },
    ),
    "a table in text": (
        forms.household,
        "Children\n\n| Name | Born | School |\n|---|---|---|\n"
        "| Mia | 2015-04-01 | Oak Primary |\n| Tom | 2018-09-12 | Oak Primary |",
        {"n1": "Mia", "d1": "2015-04-01", "s1": "Oak Primary", "n2": "Tom", "d2": "2018-09-12", "s2": "Oak Primary"},
    ),
    "a list with several ticks": (forms.household, '{"income from": ["wages", "rent"]}', {"w1": "true", "w3": "true"}),
    "headings over lines": (
        forms.membership,
        "Member:\n  First name: Ida\n  Last name: Moe\n\nEmergency contact:\n  Name: Jon Moe\n  Phone: 555-0101",
        {"t1": "Ida", "t3": "Moe", "t15": "Jon Moe", "t17": "555-0101"},
    ),
}
PROSE: dict[str, Case] = {
    "a letter": (
        forms.membership,
        "Hello, my name is Priya Nair and I was born on 8 August 1991. I am married. I live at 77 Pine Road, Austin, "
        "TX 73301. My mobile phone is 512-555-0190 and my e-mail is priya@example.net. Please leave the home phone "
        "blank.",
        {
            "t1": "Priya",
            "t3": "Nair",
            "t4": "08/08/1991",
            "c2": "true",
            "t5": "77 Pine Road",
            "t6": "Austin",
            "t7": "TX",
            "t8": "73301",
            "t10": "512-555-0190",
            "t11": "priya@example.net",
        },
    ),
    "work": (
        forms.passport,
        "I work as a welder at Delta Marine. I am male and 180 cm tall. I have never been refused a visa.",
        {"b16": "welder", "b15": "Delta Marine", "b9": "true", "b8": "180", "b13": "true"},
    ),
    "an emergency": (
        forms.membership,
        "In case of emergency please call my sister Noor Haddad, phone 480-555-0123.",
        {"t15": "Noor Haddad", "t16": "sister", "t17": "480-555-0123"},
    ),
    "German": (
        forms.antrag,
        "Ich heiße Jutta Brandl und wurde am 12. Mai 1970 in Passau geboren. Ich wohne in der Ringstraße 9, 94032 "
        "Passau. Ich bin geschieden. Meine Telefonnummer ist 0851 555013.",
        {
            "f1": "Brandl",
            "f2": "Jutta",
            "f3": "12.05.1970",
            "f4": "Passau",
            "f6": "Ringstraße",
            "f7": "9",
            "f8": "94032",
            "f9": "Passau",
            "k3": "true",
            "f10": "0851 555013",
        },
    ),
    "French": (
        forms.demande,
        "Je m'appelle Hugo Marchal, né le 5 janvier 1988 à Lille. J'habite 8 rue Neuve, 59000 Lille. Je suis "
        "célibataire.",
        {
            "z1": "Marchal",
            "z2": "Hugo",
            "z3": "05/01/1988",
            "z4": "Lille",
            "z5": "8 rue Neuve",
            "z6": "59000",
            "z7": "Lille",
            "q1": "true",
        },
    ),
    "Spanish": (
        forms.solicitud,
        "Me llamo Carmen Vidal, nací el 7 de junio de 1995. Vivo en Calle Mayor 3, 28013 Madrid. Soy mujer.",
        {
            "s1": "Vidal",
            "s2": "Carmen",
            "s3": "07/06/1995",
            "s5": "Calle Mayor 3",
            "s6": "28013",
            "s7": "Madrid",
            "x2": "true",
        },
    ),
}
FOREIGN: dict[str, Case] = {
    "English for a German form": (
        forms.antrag,
        "Last name: Novak\nFirst name: Jan\nDate of birth: 1 February 1999\nCity: Graz\nPostal code: 8010\n"
        "Marital status: single",
        {"f1": "Novak", "f2": "Jan", "f3": "01.02.1999", "f9": "Graz", "f8": "8010", "k1": "true"},
    ),
    "German for an English form": (
        forms.membership,
        "Nachname: Huber\nVorname: Eva\nGeburtsdatum: 24.12.1983\nOrt: Phoenix\nFamilienstand: verwitwet",
        {"t3": "Huber", "t1": "Eva", "t4": "12/24/1983", "t6": "Phoenix", "c4": "true"},
    ),
    "French for a Spanish form": (
        forms.solicitud,
        "Nom de famille : Petit\nPrénom : Luc\nNationalité : française\nCourriel : luc@example.fr\nSexe : masculin",
        {"s1": "Petit", "s2": "Luc", "s4": "française", "s9": "luc@example.fr", "x1": "true"},
    ),
    "Spanish for a French form": (
        forms.demande,
        "Apellidos: Soler\nNombre: Marta\nFecha de nacimiento: 09/10/1992\nTeléfono: 600 555 012\nEstado civil: casada",
        {"z1": "Soler", "z2": "Marta", "z3": "09/10/1992", "z8": "600 555 012", "q2": "true"},
    ),
    "Chinese for an English form": (
        forms.passport,
        "姓：王\n名：小明\n护照号码：E12345678\n职业：教师\n出生日期：1985年3月12日",
        {"b1": "王", "b2": "小明", "b6": "E12345678", "b16": "教师", "b3m": "03", "b3d": "12", "b3y": "1985"},
    ),
}
TAGS = {
    "literal": LITERAL,
    "fuzzy": FUZZY,
    "format": FORMAT,
    "structure": STRUCTURE,
    "prose": PROSE,
    "foreign": FOREIGN,
}
CASES = {f"{tag}: {name}": case for tag, cases in TAGS.items() for name, case in cases.items()}


@pytest.mark.parametrize("name", CASES)
def test_what_was_written_stands_where_it_belongs(name: str) -> None:
    make, instructions, expected = CASES[name]

    assert filled(make, instructions) == expected
