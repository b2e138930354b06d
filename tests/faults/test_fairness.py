"""One organization that floods delays no other one for as long as its own edits take."""

from __future__ import annotations

import sqlite3
from contextlib import closing

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

    assert len(ended_before(live, single, flood)) < FLOOD / 4  # two to five when nothing else runs


def ended_before(live: Live, edit_id: str, others: list[str]) -> list[str]:
    """By the record: whoever asks each for its status is outrun by those that end meanwhile."""
    with closing(sqlite3.connect(live.home / "catalog.db")) as catalog:
        ended = dict(catalog.execute("SELECT id, closed_at FROM edits WHERE closed_at IS NOT NULL"))
    return [other for other in others if other in ended and ended[other] < ended[edit_id]]
