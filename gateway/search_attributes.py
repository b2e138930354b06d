"""`python -m gateway search-attributes`: register what Temporal's lists of edits can be searched by."""

from __future__ import annotations

import asyncio
import sys

from durable_edits.errors import EditsError
from durable_edits.runs import connect
from durable_edits.search_attributes import LOOK_AGAIN, NAMES, register
from durable_edits.settings import Settings


def search_attributes_command(settings: Settings) -> int:
    """Returns the exit code."""
    try:
        asyncio.run(_register(settings))
    except EditsError as error:
        print(f"{error.message} {error.details.get('reason', '')}".strip(), file=sys.stderr)
        return 1
    print(
        f"{', '.join(sorted(NAMES))} are registered. Gateways that run use them within {LOOK_AGAIN / 60:g} minutes;"
        " edits that were started before are not found by them."
    )
    return 0


async def _register(settings: Settings) -> None:
    await register(await connect(settings.encryption))
