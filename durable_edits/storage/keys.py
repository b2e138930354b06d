"""API keys in the catalog: as digests, so that whoever reads the database can call nobody."""

from __future__ import annotations

import hashlib
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, select, update
from ulid import ULID

from durable_edits.storage.catalog import Catalog
from durable_edits.storage.database import storable
from durable_edits.storage.records import from_microseconds, to_microseconds
from durable_edits.storage.schema import api_keys

Environment = Literal["live", "test"]

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 43  # characters out of 62: 256 bits
_SHOWN = 4  # characters of a key that a list shows of its end


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    organization: str
    digest: bytes
    shown: str
    created_at: datetime
    revoked_at: datetime | None = None


def key_digest(key: str) -> bytes:
    """Plain SHA-256: a key is no password, there is nothing to guess in 256 random bits."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def new_key(environment: Environment) -> str:
    """`rt_live_…` or `rt_test_…`, the vendor's own forms (contract section 1)."""
    return f"rt_{environment}_{''.join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))}"


class ApiKeys:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def add(self, organization: str, key: str) -> ApiKey:
        """Raises CatalogUnavailable, also for a key that is there already."""
        added = ApiKey(f"key_{ULID()}", storable(organization), key_digest(key), _shown(key), datetime.now(UTC))
        row = {
            "id": added.id,
            "organization": added.organization,
            "digest": added.digest.hex(),
            "shown": added.shown,
            "created_at": to_microseconds(added.created_at),
        }
        await self._catalog.write(lambda connection: connection.execute(self._catalog.insert(api_keys), row))
        return added

    async def list(self) -> list[ApiKey]:
        """All of them, the revoked ones too, oldest first."""
        query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
        return await self._catalog.read(lambda connection: [_key(row) for row in connection.execute(query)])

    async def revoke(self, key_id: str) -> bool:
        """False where there is no such key, or none that still opens anything."""
        revoke = (
            update(api_keys)
            .where(api_keys.c.id == storable(key_id), api_keys.c.revoked_at.is_(None))
            .values(revoked_at=to_microseconds(datetime.now(UTC)))
        )
        return bool(await self._catalog.write(lambda connection: connection.execute(revoke).rowcount))


def _shown(key: str) -> str:
    """Its prefix and its end; of a short key nothing, as little would be left to guess."""
    head, separator, secret = key.rpartition("_")
    return f"{head}{separator}…{secret[-_SHOWN:]}" if len(secret) >= 5 * _SHOWN else "…"


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        organization=row.organization,
        digest=bytes.fromhex(row.digest),
        shown=row.shown,
        created_at=from_microseconds(row.created_at),
        revoked_at=None if row.revoked_at is None else from_microseconds(row.revoked_at),
    )
