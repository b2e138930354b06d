"""Idempotency keys: of all requests with one key, on however many gateways, one makes something (contract section 8).

A request claims the key, makes its object, and marks the claim as done; the object's row and its id under the key are
written in one transaction, so that neither is there without the other. A claim whose request has died is free again
once it is no longer renewed, and whoever takes it over is told what the dead one had made already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, and_, case, null, or_, select, update
from ulid import ULID

from durable_edits.contracts import Problem
from durable_edits.errors import IdempotencyConflict
from durable_edits.storage.records import to_microseconds
from durable_edits.storage.schema import idempotency_keys

if TYPE_CHECKING:
    from durable_edits.storage.catalog import Catalog

KEPT = timedelta(hours=24)  # contract section 8
LEASE = timedelta(seconds=10)  # a claim that is not renewed for so long belongs to a dead request


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """`scope` is the request's method and path; `body` a digest."""

    organization: str
    scope: str
    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make what the key is for. `made`: what a request that died had made under it."""

    key: IdempotencyKey
    id: str
    made: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known under a key: what was made (`done`: for good), or the error it was answered with."""

    body: str
    made: str | None
    status: int | None
    problem: Problem | None
    done: bool


def bind(connection: Connection, claim: Claim, made: str) -> None:
    """Within the transaction that writes what was made: put its id under the key. Raises IdempotencyConflict."""
    bound = connection.execute(update(idempotency_keys).where(_held(claim)).values(object_id=made))
    if not bound.rowcount:
        raise IdempotencyConflict("Another request with this Idempotency-Key went on with it; send it again.")


class IdempotencyKeys:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def claim(self, key: IdempotencyKey) -> Claim | None:
        """The claim on a key that is new, expired, or left by a dead request; None where it is somebody else's."""
        table, now = idempotency_keys.c, datetime.now(UTC)
        expired = table.created_at < to_microseconds(now - KEPT)
        insert = self._catalog.insert(idempotency_keys).values(
            organization=key.organization,
            scope=key.scope,
            key=key.key,
            body_sha256=key.body,
            claim=str(ULID()),
            created_at=to_microseconds(now),
            renewed_at=to_microseconds(now),
        )
        new = insert.excluded
        left = and_(
            table.done_at.is_(None),
            table.renewed_at < to_microseconds(now - LEASE),
            table.body_sha256 == new.body_sha256,
        )
        statement = insert.on_conflict_do_update(
            index_elements=["organization", "scope", "key"],
            set_={
                "body_sha256": new.body_sha256,
                "claim": new.claim,
                "created_at": case((expired, new.created_at), else_=table.created_at),
                "renewed_at": new.renewed_at,
                "object_id": case((expired, null()), else_=table.object_id),
                "status": null(),
                "problem": null(),
                "done_at": null(),
            },
            where=or_(expired, left),
        ).returning(table.claim, table.object_id)
        row = await self._catalog.write(lambda connection: connection.execute(statement).one_or_none())
        return Claim(key, row.claim, row.object_id) if row is not None else None

    async def find(self, key: IdempotencyKey) -> Kept | None:
        query = select(idempotency_keys).where(_named(key))
        row = await self._catalog.read(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        problem = Problem.model_validate(row.problem) if row.problem else None
        return Kept(row.body_sha256, row.object_id, row.status, problem, row.done_at is not None)

    async def renew(self, claim: Claim) -> bool:
        """False where the claim is no longer held."""
        return await self._update(claim, renewed_at=_now())

    async def keep(self, claim: Claim, made: str) -> None:
        """What was made stands, and answers every further request with this key."""
        await self._update(claim, object_id=made, done_at=_now())

    async def refuse(self, claim: Claim, status: int, problem: Problem) -> None:
        """So does an error that is the caller's."""
        await self._update(claim, status=status, problem=problem.model_dump(), done_at=_now())

    async def release(self, claim: Claim) -> None:
        """For an error that is ours: the next request with this key is a first one, unless something was made already.

        Then it goes on with that: what was made may well be at work, though its request could not be told.
        """
        await self._delete(and_(_held(claim), idempotency_keys.c.object_id.is_(None)))
        await self._update(claim, renewed_at=0)

    async def forget(self, key: IdempotencyKey, made: str) -> None:
        """What was made has failed for reasons of ours: the next request makes it anew."""
        await self._delete(and_(_named(key), idempotency_keys.c.object_id == made))

    async def purge(self) -> None:
        """Remove what has expired."""
        await self._delete(idempotency_keys.c.created_at < to_microseconds(datetime.now(UTC) - KEPT))

    async def _update(self, claim: Claim, **values: object) -> bool:
        held = update(idempotency_keys).where(_held(claim)).values(**values)
        return bool(await self._catalog.write(lambda connection: connection.execute(held).rowcount))

    async def _delete(self, which: ColumnElement[bool]) -> None:
        await self._catalog.write(lambda connection: connection.execute(idempotency_keys.delete().where(which)))


def _named(key: IdempotencyKey) -> ColumnElement[bool]:
    table = idempotency_keys.c
    return and_(table.organization == key.organization, table.scope == key.scope, table.key == key.key)


def _held(claim: Claim) -> ColumnElement[bool]:
    table = idempotency_keys.c
    return and_(_named(claim.key), table.claim == claim.id, table.done_at.is_(None))


def _now() -> int:
    return to_microseconds(datetime.now(UTC))
