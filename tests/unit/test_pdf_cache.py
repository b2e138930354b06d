"""Compiled forms: found by their content, bounded, shared by threads, forgotten when told to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.sample_form import sample_form
from durable_edits.errors import DocumentEncrypted, DocumentTooManyPages
from durable_edits.pdf import cache, clear_cache, fill_form, labels, read_form
from tests.made_forms import encrypted, kitchen_sink, made_form, text

ASKED = {"name": "Ada", "agree": "true", "colour": "blue", "country": "France", "notes": "Łódź " * 9, "code": "A1"}


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def compiled(data: bytes, password: str | None = None) -> object:
    return cache.compiled_form(data, password, 100)


def test_the_same_bytes_are_compiled_once_wherever_they_come_from() -> None:
    assert compiled(kitchen_sink()) is compiled(bytes(bytearray(kitchen_sink())))


def test_a_document_of_the_same_length_and_end_is_another() -> None:
    one = made_form([text("a"), text("b", (20, 200, 220, 220))])
    other = one.replace(b"/T (a)", b"/T (c)")

    assert [field.key for field in read_form(one).fields] == ["a", "b"]
    assert [field.key for field in read_form(other).fields] == ["c", "b"]


def test_what_is_forgotten_is_compiled_again() -> None:
    first = compiled(kitchen_sink())

    clear_cache()

    assert compiled(kitchen_sink()) is not first


def test_the_oldest_goes_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CACHE_FORMS", 2)
    forms = [made_form([text("x" * count)]) for count in (1, 2, 3)]
    first, second, third = (compiled(form) for form in forms)

    assert compiled(forms[2]) is third
    assert compiled(forms[1]) is second
    assert compiled(forms[0]) is not first


def test_what_is_larger_than_all_the_room_is_not_kept_and_drives_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    small = made_form([text("t")])
    first = cache.compiled_form(small, None, 100)
    monkeypatch.setattr(cache, "CACHE_BYTES", first.size)

    large = compiled(kitchen_sink())

    assert compiled(small) is first
    assert compiled(kitchen_sink()) is not large


def test_a_form_opened_by_its_password_stays_closed_without_it() -> None:
    locked = encrypted(kitchen_sink(), "AES-256", password="secret")
    compiled(locked, "secret")

    with pytest.raises(DocumentEncrypted):
        compiled(locked)


def test_a_limit_on_pages_holds_for_a_form_that_is_known() -> None:
    long = made_form([text("t")], pages=5)
    read_form(long)

    with pytest.raises(DocumentTooManyPages):
        read_form(long, max_pages=4)


def test_what_is_done_to_an_answer_does_not_reach_the_next() -> None:
    first = read_form(kitchen_sink())
    first.fields[0].value = "changed"
    first.fields.pop()

    assert read_form(kitchen_sink()).fields[0].value is None
    assert len(read_form(kitchen_sink()).fields) == len(first.fields) + 1


def test_threads_that_fill_the_same_new_form_at_once_get_the_same_document() -> None:
    expected = fill_form(kitchen_sink(), ASKED).data
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for _ in range(10):
            clear_cache()
            with ThreadPoolExecutor(8) as pool:
                found = set(pool.map(lambda _: fill_form(kitchen_sink(), ASKED).data, range(16)))
            assert found == {expected}
    finally:
        sys.setswitchinterval(switch)


def test_a_form_that_is_known_is_told_without_reading_its_pages_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample_form()
    first, texts = read_form(data).model_dump(), list[bytes]()
    monkeypatch.setattr(labels, "opened_text", lambda data, _: texts.append(data))

    again = read_form(data)
    again.fields[0].description = "somebody's own"

    assert (read_form(data).model_dump(), texts) == (first, [])
