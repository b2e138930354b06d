"""`python -m benchmarks.bare_route CATALOG_URL PORT`: a FastAPI route that does one SQLite read, and nothing else."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from durable_edits.storage.schema import edits


def create_app(catalog_url: str) -> FastAPI:
    app = FastAPI()
    engine = create_async_engine(catalog_url, isolation_level="AUTOCOMMIT")

    @app.get("/{edit_id}")
    async def status(edit_id: str) -> dict[str, str | None]:
        async with engine.connect() as connection:
            found = await connection.execute(select(edits.c.status).where(edits.c.id == edit_id))
            return {"id": edit_id, "status": found.scalar_one()}

    return app


if __name__ == "__main__":
    # The gateway's own settings of uvicorn.
    uvicorn.run(create_app(sys.argv[1]), port=int(sys.argv[2]), access_log=False, log_config=None, server_header=False)
