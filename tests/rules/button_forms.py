"""Check boxes, radio groups and push buttons as authors write them."""

from __future__ import annotations

from tests.made_forms import FIRST, PUSH_BUTTON, RADIO, checkbox, made_form, place, radio, states, stream
from tests.rules.rule import rule
from tests.rules.sources import edited

UNISON = 1 << 25
ON, OFF = 7, 8  # the appearances of tests.made_forms


@rule
def odd_state_names() -> bytes:
    """Escaped, a number, with a letter that no ASCII has."""
    names = ["Ja#20bitte", "0", "Gew#e4hlt", "On/Off".replace("/", "#2F")]
    return made_form([checkbox(f"b{n}", (20 + 40 * n, 300, 40 + 40 * n, 320), on=name) for n, name in enumerate(names)])


@rule
def check_box_without_off() -> bytes:
    return made_form(
        [f"<< /T (b) /FT /Btn {place((20, 300, 40, 320), f'/AS /Off /AP << /N << /Yes {ON} 0 R >> >>')} >>"]
    )


@rule
def check_box_without_appearance() -> bytes:
    return made_form([f"<< /T (b) /FT /Btn {place((20, 300, 40, 320), '/MK << /CA (8) /BC [0 0 1] >>')} >>"])


@rule
def check_box_with_off_alone() -> bytes:
    return made_form([f"<< /T (b) /FT /Btn {place((20, 300, 40, 320), f'/AP << /N << /Off {OFF} 0 R >> >>')} >>"])


@rule
def check_box_drawn_when_pressed_alone() -> bytes:
    pressed = f"/AP << /D << /Ja {ON} 0 R /Off {OFF} 0 R >> >>"
    return made_form([f"<< /T (b) /FT /Btn {place((20, 300, 40, 320), pressed)} >>"])


@rule
def check_box_with_a_bare_stream() -> bytes:
    """/N is a stream, not a dictionary of states."""
    return made_form([f"<< /T (b) /FT /Btn {place((20, 300, 40, 320), f'/AP << /N {OFF} 0 R >>')} >>"])


@rule
def check_box_with_an_empty_on_state() -> bytes:
    return made_form(
        [f"<< /T (b) /FT /Btn {place((20, 300, 40, 320), f'/AP << /N << /Yes {OFF} 0 R /Off {OFF} 0 R >> >>')} >>"]
    )


@rule
def check_box_whose_value_is_a_string() -> bytes:
    return made_form([checkbox("b", more="/V (Off)"), checkbox("c", (60, 300, 80, 320), more="/V (Yes) /AS /Yes")])


@rule
def check_boxes_of_one_name() -> bytes:
    return made_form([checkbox("b"), checkbox("b", (60, 300, 80, 320)), checkbox("b", (100, 300, 120, 320))])


@rule
def check_box_with_exports() -> bytes:
    return made_form([checkbox("b", on="0", more="/Opt [(I agree)]")])


@rule
def check_box_kids_of_two_states() -> bytes:
    """Two check boxes of one field exclude each other by their states' names, without the radio flag."""
    return made_form(radio("b", ["Yes", "No"], flags=0))


@rule
def radio_group() -> bytes:
    return made_form(radio("g", ["red", "green", "blue"]))


@rule
def radio_group_already_chosen() -> bytes:
    sources = radio("g", ["red", "green", "blue"], more="/V /green")
    return made_form([each.replace("/AS /Off", "/AS /green") if "/green 7" in each else each for each in sources])


@rule
def radio_in_unison() -> bytes:
    return made_form(radio("g", ["a", "b", "a"], flags=RADIO | UNISON))


@rule
def radio_kids_with_equal_states() -> bytes:
    return made_form(radio("g", ["a", "b", "a"]))


@rule
def radio_with_exports() -> bytes:
    return made_form(radio("g", ["0", "1", "2"], more="/Opt [(one) (two) <FEFF0064007200650069>]"))


@rule
def radio_with_equal_exports() -> bytes:
    return made_form(radio("g", ["0", "1"], more="/Opt [(same) (same)]"))


@rule
def radio_without_off() -> bytes:
    return made_form([each.replace(f"/Off {OFF} 0 R", "") for each in radio("g", ["a", "b"])])


@rule
def radio_without_appearance() -> bytes:
    kids = [f"<< /Parent {FIRST} 0 R {place((20 + 40 * n, 300, 40 + 40 * n, 320))} >>" for n in range(2)]
    group = f"<< /T (g) /FT /Btn /Ff {RADIO} /Opt [(one) (two)] /Kids [{FIRST + 1} 0 R {FIRST + 2} 0 R] >>"
    return made_form([group, *kids])


@rule
def radio_buttons_as_fields_of_one_name() -> bytes:
    """No group: each button is a field, all with the same /T."""
    return made_form(
        [
            f"<< /T (g) /FT /Btn /Ff {RADIO} /AS /Off {place((20 + 40 * n, 300, 40 + 40 * n, 320), states(name))} >>"
            for n, name in enumerate("ab")
        ]
    )


@rule
def radio_kid_with_a_value_of_its_own() -> bytes:
    sources = radio("g", ["a", "b"], more="/V /a")
    return made_form([sources[0], sources[1].replace("/AS /Off", "/AS /a /V /a"), sources[2]])


@rule
def radio_kids_that_repeat_the_name() -> bytes:
    """The kids have no /Parent and the group's own /T."""
    group, *kids = radio("g", ["a", "b"])
    named = [kid.replace(f"/Parent {FIRST} 0 R", f"/T (g) /FT /Btn /Ff {RADIO}") for kid in kids]
    return edited(made_form([group, *named]), (b"/Fields [10 0 R 11 0 R 12 0 R]", b"/Fields [10 0 R]"))


@rule
def radio_group_that_nobody_lists() -> bytes:
    """/Fields leads to the buttons; their group is found by their /Parent alone, and has no /Kids."""
    group, *kids = radio("g", ["0", "1"], more="/Opt [(Carrot) (Potato)]")
    bare = group.replace(f"/Kids [{FIRST + 1} 0 R {FIRST + 2} 0 R]", "")
    return edited(made_form([bare, *kids]), (b"/Fields [10 0 R]", b"/Fields [11 0 R 12 0 R]"))


@rule
def push_button() -> bytes:
    face = stream("0 0 1 rg 0 0 60 20 re f", "/Type /XObject /Subtype /Form /BBox [0 0 60 20]")
    push = f"<< /T (push) /FT /Btn /Ff {PUSH_BUTTON} {place((200, 80, 260, 100), f'/AP << /N {FIRST + 2} 0 R >>')} >>"
    return made_form([checkbox("b"), push, face])
