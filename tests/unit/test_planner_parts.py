"""Names, addresses, dates, units and numbers come apart and together the way people write them."""

from __future__ import annotations

import pytest

from durable_edits.form import Box, Field, FieldKind, Form, Printed
from durable_edits.planner.addresses import join_address, split_address, split_city, split_street, split_unit
from durable_edits.planner.answers_words import meanings
from durable_edits.planner.dates import Day, asked_format, read_day
from durable_edits.planner.kinds import can_be
from durable_edits.planner.orders import read_orders
from durable_edits.planner.person_names import is_name, join_name, split_name
from durable_edits.planner.places import country_code, state_code
from durable_edits.planner.spread import box_groups, spread
from durable_edits.planner.tables import tables
from durable_edits.planner.units import in_unit


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Byron", {"first": "Ada", "last": "Byron"}),
        ("Maria Elena Gómez", {"first": "Maria", "middle": "Elena", "last": "Gómez"}),
        ("O'Dell, Kevin Patrick", {"first": "Kevin", "middle": "Patrick", "last": "O'Dell"}),
        ("Ludwig van der Rohe", {"first": "Ludwig", "last": "van der Rohe"}),
        ("Dr. Ann Lee", {"first": "Ann", "last": "Lee"}),
        ("Sammy Davis Jr.", {"first": "Sammy", "last": "Davis"}),
    ],
)
def test_a_name_has_parts(name: str, parts: dict[str, str]) -> None:
    assert split_name(name) == parts


def test_without_a_place_for_middle_names_they_stay_with_the_first() -> None:
    assert split_name("Maria Elena Gómez", middle=False) == {"first": "Maria Elena", "last": "Gómez"}


@pytest.mark.parametrize("text", ["Acme Inc.", "Ada", "12 Elm Street", "Menuiserie Thill r.l.", "the quick fox"])
def test_what_is_no_persons_name_is_not_taken_apart(text: str) -> None:
    assert not is_name(text)


def test_a_last_name_that_comes_first_is_parted_by_a_comma() -> None:
    parts = {"first": "Ada", "last": "Byron"}

    assert (join_name(parts, ("last", "first")), join_name(parts, ("first", "last"))) == ("Byron, Ada", "Ada Byron")


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            "2210 Montana Avenue, Apt 5, El Paso, TX 79903",
            {"street": "2210 Montana Avenue", "apt": "5", "city": "El Paso", "state": "TX", "postal": "79903"},
        ),
        ("27 rue des Tanneurs, 67000 Strasbourg, France",
         {"street": "27 rue des Tanneurs", "postal": "67000", "city": "Strasbourg", "country": "France"}),
        ("Lindenweg 14, 50667 Köln", {"street": "Lindenweg 14", "postal": "50667", "city": "Köln"}),
        ("just somewhere", {}),
    ],
)  # fmt: skip
def test_an_address_has_parts(address: str, parts: dict[str, str]) -> None:
    assert {key: value for key, value in split_address(address).items() if key != "unit"} == parts


def test_lines_of_an_address_have_parts() -> None:
    assert split_city("L-4010 Esch-sur-Alzette") == {"postal": "L-4010", "city": "Esch-sur-Alzette"}
    assert split_street("14, rue de la Gare") == {"house": "14", "street": "rue de la Gare"}
    assert split_street("Hauptstraße 5a") == {"house": "5a", "street": "Hauptstraße"}
    assert split_unit("9 Elm Street, Suite 400")["apt"] == "400"


def test_a_code_follows_its_state_without_a_comma() -> None:
    parts = {"city": "Reno", "state": "NV", "postal": "89501"}

    assert join_address(parts, ("city", "state", "postal")) == "Reno, NV 89501"


@pytest.mark.parametrize(
    "text",
    ["12 May 1970", "12. Mai 1970", "12 mai 1970", "12 de mayo de 1970", "1970-05-12", "12.05.1970", "1970年5月12日"],
)
def test_a_day_is_read_in_many_languages(text: str) -> None:
    assert read_day(text) == Day(1970, 5, 12)


@pytest.mark.parametrize(
    ("says", "written"), [("TT.MM.JJJJ", "12.05.1970"), ("JJ/MM/AAAA", "12/05/1970"), ("mm/dd/yyyy", "05/12/1970")]
)
def test_a_form_says_in_its_language_how_a_date_is_written(says: str, written: str) -> None:
    asked = asked_format(f"Datum ({says})")

    assert asked is not None
    assert asked.write(Day(1970, 5, 12)) == written


@pytest.mark.parametrize(
    ("value", "asked", "written"),
    [
        ("1.68 m", "Height (cm)", "168"),
        ("168 cm", "cm", "168"),
        ("5'6", "cm", "5'6"),
        ("1.68 m", "Height", "1.68 m"),
    ],
)
def test_a_length_is_told_in_the_unit_of_the_form(value: str, asked: str, written: str) -> None:
    assert in_unit(value, asked) == written


@pytest.mark.parametrize(
    ("one", "other"),
    [("männlich", "M"), ("Ledig", "single"), ("Deutschland", "Germany"), ("Ohio", "OH"), ("nein", "No")],
)
def test_the_same_answer_is_known_in_other_words(one: str, other: str) -> None:
    assert meanings(one) & meanings(other)


def test_places_are_known_by_name_and_code() -> None:
    assert (country_code("Allemagne"), state_code("texas"), state_code("QC")) == ("DE", "TX", "QC")


@pytest.mark.parametrize(
    ("words", "value", "fits"),
    [
        ({"date", "birth"}, "baker", False),
        ({"date", "birth"}, "3 May 1984", True),
        ({"phone"}, "Ada", False),
        ({"phone"}, "+49 731 555012", True),
        ({"first", "name"}, "007", False),
        ({"address"}, "a@b.example", False),
        ({"email"}, "a@b.example", True),
        ({"postal", "code"}, "Ulm", False),
    ],
)
def test_a_value_must_be_of_the_kind_that_is_asked_for(words: set[str], value: str, fits: bool) -> None:
    assert can_be(frozenset(words), value) is fits


@pytest.mark.parametrize(
    ("text", "what", "clear"),
    [
        ("Please leave section B empty.", "section B", False),
        ("Do not fill in the fax number.", "fax number", False),
        ("Clear the middle name.", "middle name", True),
        ("Bitte die Faxnummer leer lassen.", "Faxnummer", False),
        ("Laissez la ville vide.", "ville", False),
    ],
)
def test_an_order_says_what_stays_empty(text: str, what: str, clear: bool) -> None:
    [order] = read_orders(text)

    assert (order.what, order.clear) == (what, clear)


def boxes(*lengths: int, label: str = "") -> Form:
    fields, left = [], 0.1
    for number, length in enumerate(lengths):
        printed = Printed(label=label) if number == 0 else Printed()
        box = Box(left=left, top=0.2, width=0.02 * length, height=0.02, page=1)
        fields.append(
            Field(key=f"q{number}", kind=FieldKind.TEXT, max_length=length, comb=True, box=box, printed=printed)
        )
        left += 0.02 * length + 0.01
    return Form(pages=1, fields=fields)


def test_boxes_side_by_side_without_a_label_between_take_one_value() -> None:
    [group] = box_groups(boxes(3, 2, 4, label="SSN"))

    assert spread(group.boxes, "512-34-9876") == {"q0": "512", "q1": "34", "q2": "9876"}


def test_a_value_that_does_not_fill_the_boxes_goes_into_none() -> None:
    [group] = box_groups(boxes(3, 2, 4, label="SSN"))

    assert spread(group.boxes, "512-34-98") == {}


def test_a_date_goes_into_its_boxes_in_the_order_that_the_page_says() -> None:
    [group] = box_groups(boxes(2, 2, 4, label="Date of birth (DD MM YYYY)"))

    assert spread(group.boxes, "4 March 1985") == {"q0": "04", "q1": "03", "q2": "1985"}


def test_a_table_of_persons_is_a_list_and_one_of_figures_has_names_for_its_rows() -> None:
    [persons] = tables(["name,born,town", "Mia,2015-04-01,Ulm", "Tom,2018-09-12,Bonn"])
    [figures] = tables(["item;2019;2020", "wages;100;200", "rent;1;2"])

    assert next(persons.pairs("children")).path == ("children", "1", "name")
    assert [(pair.path, pair.value) for pair in figures.pairs("")][1] == (("wages", "2020"), "200")
