"""Idempotency keys in both databases: one claim each, freed by failure, death and time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from ulid import ULID

from durable_edits.contracts import EditInput, Problem, SourceDocument, new_edit_id
from durable_edits.errors import IdempotencyConflict
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.idempotency import KEPT, LEASE, Claim, IdempotencyKey, IdempotencyKeys
from durable_edits.storage.records import EditRecord, started_record, to_microseconds
from durable_edits.storage.schema import idempotency_keys

SECOND = timedelta(seconds=1)


@pytest.fixture
def keys(catalog: Catalog) -> IdempotencyKeys:
    return IdempotencyKeys(catalog)


@pytest.fixture
def key() -> IdempotencyKey:
    """One that no other test has used."""
    return IdempotencyKey("acme", "POST /v1/edits", str(ULID()), "0" * 64)


def an_edit() -> EditRecord:
    edit = EditInput(document=SourceDocument(filename="form.pdf", url="https://example.com/form.pdf"))
    return started_record(new_edit_id(), edit, datetime.now(UTC))


async def claimed(keys: IdempotencyKeys, key: IdempotencyKey) -> Claim:
    claim = await keys.claim(key)
    assert claim is not None
    return claim


async def ago(catalog: Catalog, key: IdempotencyKey, column: str, time: timedelta) -> None:
    """As if the key's row had been written so long ago."""
    moment = to_microseconds(datetime.now(UTC) - time)
    earlier = update(idempotency_keys).where(idempotency_keys.c.key == key.key).values({column: moment})
    await catalog.write(lambda connection: connection.execute(earlier))


async def test_of_twenty_claims_on_two_engines_one_is_given(
    catalog: Catalog, url: str, keys: IdempotencyKeys, key: IdempotencyKey
) -> None:
    other = Catalog(url)

    claims = await asyncio.gather(
        *((keys if number % 2 else IdempotencyKeys(other)).claim(key) for number in range(20))
    )

    await other.close()
    assert len([claim for claim in claims if claim is not None]) == 1


@pytest.mark.parametrize("difference", [{"organization": "beta"}, {"scope": "POST /v1/files/upload"}, {"key": "other"}])
async def test_a_key_is_another_one_in_another_place(
    keys: IdempotencyKeys, key: IdempotencyKey, difference: dict[str, str]
) -> None:
    await claimed(keys, key)

    assert await keys.claim(replace(key, **difference)) is not None


async def test_what_was_made_is_found_under_its_key(keys: IdempotencyKeys, key: IdempotencyKey) -> None:
    await keys.keep(await claimed(keys, key), "edt_1")

    kept = await keys.find(key)
    assert kept is not None
    assert (kept.made, kept.done, kept.body) == ("edt_1", True, key.body)
    assert await keys.claim(key) is None


async def test_an_error_of_the_callers_is_kept_with_its_status(keys: IdempotencyKeys, key: IdempotencyKey) -> None:
    problem = Problem(code="bad_request", message="Send either.", details={"keys": ["a"]})
    await keys.refuse(await claimed(keys, key), 400, problem)

    kept = await keys.find(key)
    assert kept is not None
    assert (kept.status, kept.problem, kept.done) == (400, problem, True)


async def test_a_released_key_goes_on_with_what_was_made_already(
    catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey
) -> None:
    """Its request met an outage after the edit was written: a second edit would be one too many."""
    claim, record = await claimed(keys, key), an_edit()
    await catalog.create_edit(record, None, claim)

    await keys.release(claim)

    again = await keys.claim(key)
    assert again is not None
    assert again.made == record.id


async def test_a_released_key_is_as_good_as_new(keys: IdempotencyKeys, key: IdempotencyKey) -> None:
    await keys.release(await claimed(keys, key))

    assert await keys.find(key) is None
    assert await keys.claim(replace(key, body="1" * 64)) is not None


async def test_a_key_whose_object_failed_is_as_good_as_new(keys: IdempotencyKeys, key: IdempotencyKey) -> None:
    await keys.keep(await claimed(keys, key), "edt_1")

    await keys.forget(key, "edt_1")

    assert (await claimed(keys, key)).made is None


async def test_forgetting_an_object_leaves_the_one_that_came_after_it(
    keys: IdempotencyKeys, key: IdempotencyKey
) -> None:
    await keys.keep(await claimed(keys, key), "edt_2")

    await keys.forget(key, "edt_1")

    assert await keys.claim(key) is None


# A request that died


async def test_a_claim_that_is_renewed_is_nobody_elses(
    catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey
) -> None:
    claim = await claimed(keys, key)
    await ago(catalog, key, "renewed_at", LEASE + SECOND)

    assert await keys.renew(claim)
    assert await keys.claim(key) is None


async def test_a_claim_that_is_not_renewed_is_taken_over_with_what_was_made(
    catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey
) -> None:
    dead, record = await claimed(keys, key), an_edit()
    await catalog.create_edit(record, None, dead)
    await ago(catalog, key, "renewed_at", LEASE + SECOND)

    heir = await claimed(keys, key)

    assert heir.made == record.id
    assert not await keys.renew(dead)


async def test_another_body_takes_over_no_claim(catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey) -> None:
    await claimed(keys, key)
    await ago(catalog, key, "renewed_at", LEASE + SECOND)

    assert await keys.claim(replace(key, body="1" * 64)) is None


async def test_a_request_that_was_thought_dead_can_make_nothing_any_more(
    catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey
) -> None:
    frozen, record = await claimed(keys, key), an_edit()
    await ago(catalog, key, "renewed_at", LEASE + SECOND)
    await claimed(keys, key)

    with pytest.raises(IdempotencyConflict):
        await catalog.create_edit(record, None, frozen)

    assert await catalog.edit(record.id) is None


async def test_a_request_that_was_thought_dead_frees_no_key(
    catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey
) -> None:
    frozen = await claimed(keys, key)
    await ago(catalog, key, "renewed_at", LEASE + SECOND)
    heir = await claimed(keys, key)

    await keys.release(frozen)

    assert await keys.renew(heir)


# A day later


async def test_a_key_stands_for_24_hours(catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey) -> None:
    await keys.keep(await claimed(keys, key), "edt_1")
    await ago(catalog, key, "created_at", KEPT - timedelta(minutes=1))
    assert await keys.claim(replace(key, body="1" * 64)) is None

    await ago(catalog, key, "created_at", KEPT + SECOND)
    assert (await claimed(keys, replace(key, body="1" * 64))).made is None
    assert await keys.claim(key) is None


async def test_what_has_expired_is_removed(catalog: Catalog, keys: IdempotencyKeys, key: IdempotencyKey) -> None:
    young = replace(key, key=str(ULID()))
    for each in (key, young):
        await keys.keep(await claimed(keys, each), "edt_1")
    await ago(catalog, key, "created_at", KEPT + SECOND)

    await keys.purge()

    assert (await keys.find(key), await keys.find(young) is not None) == (None, True)
