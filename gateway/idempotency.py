"""Idempotency-Key: all requests with one key make one thing, whichever gateways they reach (contract section 8)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from durable_edits.contracts import Problem
from durable_edits.errors import CatalogUnavailable, EditsError, IdempotencyConflict, InvalidRequest
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.idempotency import LEASE, Claim, IdempotencyKey, IdempotencyKeys
from gateway.auth import Caller
from gateway.errors import error_response, http_status

HEADER = "idempotency-key"
LONGEST_KEY = 255  # characters; a UUID has 36
WAIT = 15.0  # seconds a request waits for another one with its key: longer than a claim outlives a dead gateway
POLL = 0.1
PURGE = 3600.0
RENEWAL = LEASE.total_seconds() / 4


@dataclass
class Turn:
    """What a request may do: make something, or answer with what an earlier request with its key has made.

    `made` with a `claim` was made by a request that died before it could say that it was done with it.
    """

    keys: IdempotencyKeys | None = None
    claim: Claim | None = None
    made: str | None = None
    done: bool = False

    async def keep(self, made: str) -> None:
        """From now on this is what the key stands for. To be called before anything that may take long."""
        if self.keys is not None and self.claim is not None:
            await self.keys.keep(self.claim, made)
        self.made, self.done = made, True


Handler = Callable[[Turn], Awaitable[Response]]


async def once(request: Request, catalog: Catalog, body: bytes, handle: Handler) -> Response:
    """The answer of `handle`, which makes something at most once for all requests with this key and body.

    An answer with 5xx is not kept. Raises IdempotencyConflict for a key that came with another body, or whose first
    request has made nothing within WAIT.
    """
    key = _key(request, body)
    if key is None:
        return await handle(Turn())
    keys = IdempotencyKeys(catalog)
    end = asyncio.get_running_loop().time() + WAIT
    while True:
        if (claim := await keys.claim(key)) is not None:
            with contextlib.suppress(IdempotencyConflict):  # taken over meanwhile: then answer as the other one does
                return await _first(keys, claim, handle)
        if (answer := await _again(keys, key, handle)) is not None:
            return answer
        if asyncio.get_running_loop().time() > end:
            raise IdempotencyConflict("Another request with this Idempotency-Key is still running; try again later.")
        await asyncio.sleep(POLL)


@contextlib.asynccontextmanager
async def purging(catalog: Catalog) -> AsyncIterator[None]:
    """Remove what has expired, every PURGE seconds."""

    async def purge() -> None:
        while True:
            with contextlib.suppress(CatalogUnavailable):  # the next time will do
                await IdempotencyKeys(catalog).purge()
            await asyncio.sleep(PURGE)

    purged = asyncio.create_task(purge())
    try:
        yield
    finally:
        purged.cancel()
        await asyncio.wait({purged})  # its connection must be back before the catalog is closed


async def _first(keys: IdempotencyKeys, claim: Claim, handle: Handler) -> Response:
    turn = Turn(keys, claim, claim.made)
    async with _renewing(turn):
        try:
            answer = await handle(turn)
        except EditsError as error:
            if not turn.done:
                await _close(keys, claim, error)
            raise
        except Exception:
            if not turn.done:
                await keys.release(claim)
            raise
    return await _unless_failed(keys, claim.key, turn, answer)


async def _again(keys: IdempotencyKeys, key: IdempotencyKey, handle: Handler) -> Response | None:
    """The answer to a request that is not the first one; None while there is none."""
    kept = await keys.find(key)
    if kept is None:
        return None
    if kept.body != key.body:
        raise IdempotencyConflict("This Idempotency-Key came with another body before; a new request needs a new key.")
    if kept.problem is not None and kept.status is not None:
        return error_response(kept.status, kept.problem.code, kept.problem.message, kept.problem.details)
    if not kept.done:
        return None
    turn = Turn(made=kept.made)
    return await _unless_failed(keys, key, turn, await handle(turn))


async def _close(keys: IdempotencyKeys, claim: Claim, error: EditsError) -> None:
    status = http_status(type(error))
    if status >= 500 or isinstance(error, IdempotencyConflict):
        await keys.release(claim)
    else:
        await keys.refuse(claim, status, Problem(code=error.code, message=error.message, details=error.details or None))


async def _unless_failed(keys: IdempotencyKeys, key: IdempotencyKey, turn: Turn, answer: Response) -> Response:
    if answer.status_code >= 500 and turn.made is not None:
        await keys.forget(key, turn.made)
    return answer


@contextlib.asynccontextmanager
async def _renewing(turn: Turn) -> AsyncIterator[None]:
    """Say that this request lives until it has made what it is there to make."""

    async def renew() -> None:
        while turn.keys is not None and turn.claim is not None:
            await asyncio.sleep(RENEWAL)
            if turn.done:
                return
            with contextlib.suppress(EditsError):  # a catalog that is away: whoever asks it next sees the claim end
                await turn.keys.renew(turn.claim)

    renewal = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewal.cancel()
        await asyncio.wait({renewal})


def _key(request: Request, body: bytes) -> IdempotencyKey | None:
    key = request.headers.get(HEADER, "").strip()
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        raise InvalidRequest(f"The Idempotency-Key is longer than {LONGEST_KEY} characters; send a UUID.")
    caller: Caller = request.state.caller
    scope = f"{request.method} {request.url.path}"
    return IdempotencyKey(caller.organization, scope, key, hashlib.sha256(body).hexdigest())
