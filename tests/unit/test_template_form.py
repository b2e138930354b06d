"""A template's fields on top of its form's: what meets what, and what the planner sees."""

from __future__ import annotations

import pytest

from durable_edits.form import Box, Form, PlacedField, Plan
from durable_edits.pdf import read_form
from durable_edits.template_form import TemplateFields, TemplateForm
from tests.forms import every_kind, text_form

FORM = read_form(text_form(["name", "town", "street"]))
KINDS = read_form(every_kind())


def own(form: Form) -> dict[str, PlacedField]:
    return {field.key: field for field in TemplateForm(form=form).own_fields()}


def fields(form: Form, *wanted: PlacedField) -> TemplateFields:
    return TemplateFields(TemplateForm(form=form, fields=list(wanted)))


def moved(field: PlacedField, *, key: str, left: float = 0.0, top: float = 0.0, page: int = 0) -> PlacedField:
    at = field.box
    box = Box(left=at.left + left, top=at.top + top, width=at.width, height=at.height, page=at.page + page)
    return field.model_copy(update={"key": key, "box": box})


def planned(template: TemplateFields, **values: str) -> dict[str, str]:
    return template.in_the_form(Plan(values=values)).values


def test_the_planner_sees_the_templates_order_keys_and_descriptions() -> None:
    mine = own(FORM)
    template = fields(FORM, mine["town"].model_copy(update={"description": "Where"}), mine["name"])

    seen = template.planning_form().fields
    assert [(field.key, field.description) for field in seen] == [("town", "Where"), ("name", "name")]


@pytest.mark.parametrize(("left", "top"), [(0.0, 0.0), (0.1, 0.0), (0.0, 0.005), (-0.1, -0.002)])
def test_a_box_drawn_nearly_around_a_field_means_that_field(left: float, top: float) -> None:
    template = fields(FORM, moved(own(FORM)["town"], key="mine", left=left, top=top))

    assert planned(template, mine="Bern") == {"town": "Bern"}


@pytest.mark.parametrize(("left", "top", "page"), [(0.4, 0.0, 0), (0.0, 0.3, 0), (0.0, 0.0, 1), (2.0, 2.0, 0)])
def test_a_box_elsewhere_means_no_field(left: float, top: float, page: int) -> None:
    template = fields(FORM, moved(own(FORM)["town"], key="mine", left=left, top=top, page=page))

    assert template.planning_form().fields == []
    assert [field.value for field in template.told(FORM)] == [None]


def test_a_key_counts_more_than_a_place() -> None:
    mine = own(FORM)
    template = fields(FORM, moved(mine["town"], key="here"), mine["name"].model_copy(update={"key": "town"}))

    assert planned(template, town="Bern") == {"town": "Bern"}
    assert [field.key for field in template.planning_form().fields] == ["town"]


def test_no_field_of_the_form_is_filled_twice() -> None:
    town = own(FORM)["town"]
    template = fields(FORM, moved(town, key="a"), moved(town, key="b", top=0.001))

    assert [field.key for field in template.planning_form().fields] == ["a"]


def test_a_group_is_planned_as_a_whole_and_told_by_its_buttons() -> None:
    mine = own(KINDS)
    template = fields(KINDS, mine["colour.blue"], mine["name"], mine["colour.red"])

    [group, name] = template.planning_form().fields
    assert ([option.label for option in group.options], name.key) == (["blue", "red"], "name")
    assert planned(template, colour="red") == {"colour": "red"}


def test_a_group_without_one_of_its_buttons_never_takes_it() -> None:
    [group] = fields(KINDS, own(KINDS)["colour.blue"]).planning_form().fields

    assert [option.value for option in group.options] == ["blue"]


def test_a_field_called_like_a_group_is_kept_apart_from_it() -> None:
    mine = own(KINDS)
    template = fields(KINDS, moved(mine["name"], key="colour"), mine["colour.blue"])

    keys = [field.key for field in template.planning_form().fields]
    assert len(set(keys)) == 2
    assert planned(template, **dict.fromkeys(keys, "blue")) == {"name": "blue", "colour": "blue"}


def test_a_choice_in_its_own_words_keeps_its_description() -> None:
    mine = own(KINDS)["country"]

    assert mine.description == "Country (one of: Germany, France)"
    assert [field.description for field in fields(KINDS, mine).planning_form().fields] == ["Country"]


def test_no_fields_mean_all_of_the_form() -> None:
    template = fields(KINDS)

    assert [field.key for field in template.told(KINDS)] == list(own(KINDS))
