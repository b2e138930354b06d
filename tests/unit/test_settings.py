"""Settings come from EDITS_* alone, are checked at the start, and never print a secret."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from durable_edits.settings import Settings, read_settings

KEY, PASSWORD = "k-3f9c", "hunter2"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("EDITS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("show", [repr, str, lambda s: s.model_dump_json(), lambda s: str(s.model_dump())])
def test_printed_settings_hold_no_secret(monkeypatch: pytest.MonkeyPatch, show: Callable[[Settings], str]) -> None:
    monkeypatch.setenv("EDITS_API_KEYS", f"acme:{KEY},beta:{KEY}2")
    monkeypatch.setenv("EDITS_CATALOG_URL", f"postgresql+asyncpg://edits:{PASSWORD}@db/edits")
    monkeypatch.setenv("EDITS_BLOBS_URL", f"s3://AKID:{PASSWORD}@bucket/edits")

    shown = show(Settings())

    assert (KEY in shown, PASSWORD in shown) == (False, False)


def test_a_refused_setting_does_not_print_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITS_API_KEYS", f"acme:{KEY}")
    monkeypatch.setenv("EDITS_PORT", "http")

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert KEY not in str(refused.value)


def test_keys_are_read_from_a_comma_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITS_API_KEYS", " acme:one , ,beta:two,")

    assert [key.get_secret_value() for key in Settings().api_keys] == ["acme:one", "beta:two"]


def test_hosts_are_read_from_a_comma_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITS_FETCH_HOSTS", "*.example.com, http://10.0.0.5:9000")

    assert Settings().fetch_hosts == ["*.example.com", "http://10.0.0.5:9000"]


def test_without_anything_set_state_lies_in_the_home(tmp_path: Path) -> None:
    settings = Settings()

    assert (settings.catalog, settings.blobs) == (
        f"sqlite+aiosqlite:///{tmp_path}/.edits/catalog.db",
        f"file://{tmp_path}/.edits/blobs",
    )


def test_the_home_is_absolute_whatever_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITS_HOME", "here/state")

    assert Settings().home == tmp_path / "here" / "state"


def test_stores_elsewhere_are_taken_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITS_CATALOG_URL", "postgresql+asyncpg://db/edits")
    monkeypatch.setenv("EDITS_BLOBS_URL", "s3://bucket/edits")
    settings = Settings()

    assert (settings.catalog, settings.blobs) == ("postgresql+asyncpg://db/edits", "s3://bucket/edits")


def test_the_default_serves_loopback_only() -> None:
    settings = Settings()

    assert (settings.host, settings.api_keys) == ("127.0.0.1", [])


def test_the_limit_is_said_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITS_MAX_DOCUMENT_MB", "0.5")

    assert Settings().max_document_bytes == 512 * 1024


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDITS_PDF_SLOTS", "0"),
        ("EDITS_MAX_DOCUMENT_MB", "0"),
        ("EDITS_MAX_PAGES", "-1"),
        ("EDITS_FILL_TIMEOUT", "0"),
        ("EDITS_CHILD_MEMORY_MB", "8"),
        ("EDITS_LOG_LEVEL", "chatty"),
        ("EDITS_GRACE", "-1"),
        ("EDITS_API_KEYS", "a-key-of-nobody"),
        ("EDITS_CATALOG_URL", "postgresql://db/edits"),
        ("EDITS_METRICS", "everywhere"),
    ],
)
def test_a_senseless_setting_stops_the_process_at_its_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError):
        Settings()


def test_a_setting_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files and manifests set what they do not know to nothing."""
    monkeypatch.setenv("EDITS_CATALOG_URL", "")
    monkeypatch.setenv("EDITS_PDF_SLOTS", "")

    assert Settings().catalog_url is None


def test_a_process_says_in_a_line_which_setting_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITS_API_KEYS", KEY)

    with pytest.raises(SystemExit) as ended:
        read_settings()

    assert ended.value.code == "EDITS_API_KEYS: write organization:key,organization:key"


def test_settings_do_not_change_under_way() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 9  # type: ignore[misc]
