"""docs/settings.md has every setting, as it is."""

from __future__ import annotations

from dev.settings_page import STORED, descriptions, page
from durable_edits.settings import Settings


def test_the_page_is_what_the_settings_say() -> None:
    assert STORED.read_text() == page(), "run `make settings`"


def test_every_setting_says_what_it_is_for() -> None:
    assert set(descriptions()) == set(Settings.model_fields)
