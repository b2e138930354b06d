"""One organization that floods delays no other one for as long as its own edits take."""

from __future__ import annotations

from tests.forms import text_form
from tests.live import OTHER_KEY, Gateway, Live

FLOOD = 160  # more than a worker takes at once


def test_an_edit_behind_a_flood_of_another_organization_takes_its_turn(live: Live) -> None:
    acme = live.gateway()
    beta = Gateway(acme.process, acme.url, OTHER_KEY)
    live.gateways.append(beta)
    form = text_form(["name"])
    flood = [acme.start(form, "name: Ada") for _ in range(FLOOD)]
    single = beta.start(form, "name: Ada")

    live.worker()
    beta.wait(single, "completed", 120)

    ended = sum(acme.status(edit_id) == "completed" for edit_id in flood)
    assert ended < FLOOD / 2
