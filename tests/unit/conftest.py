"""Empty catalogs in both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from ulid import ULID

from durable_edits.storage.catalog import Catalog
from durable_edits.storage.migrate import migrate

NewDatabase = Callable[[], Awaitable[str]]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes a database without tables and gives its URL."""
    if request.param == "sqlite":

        async def sqlite() -> str:
            return f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('catalog')}/catalog.db"

        return sqlite
    server = make_url(request.getfixturevalue("postgres_url"))

    async def postgresql() -> str:
        name = f"catalog_{ULID()}".lower()
        engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        await engine.dispose()
        return server.set(database=name).render_as_string(hide_password=False)

    return postgresql


@pytest.fixture(scope="module")
async def url(new_database: NewDatabase) -> str:
    return await new_database()


@pytest.fixture(scope="module")
async def catalog(url: str) -> AsyncIterator[Catalog]:
    catalog = Catalog(url)
    await migrate(catalog)
    yield catalog
    await catalog.close()
