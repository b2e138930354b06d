"""`python -m gateway keys create|list|revoke`: API keys in the catalog, for every gateway on it within seconds."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from durable_edits.errors import EditsError
from durable_edits.settings import Settings
from durable_edits.storage.catalog import Catalog
from durable_edits.storage.keys import ApiKey, ApiKeys, Environment, new_key
from durable_edits.storage.migrate import migrate
from gateway.auth import RELOAD_SECONDS

SHORTEST_KEY = 16  # characters of a key that is brought along; ours have 51


def keys_command(settings: Settings, arguments: Sequence[str]) -> int:
    """Returns the exit code: 0, 1 where it could not be done, 2 for a command that is none."""
    wanted = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(settings, wanted))
    except EditsError as error:
        print(f"{error.message} {error.details.get('reason', '')}".strip(), file=sys.stderr)
        return 1


async def _run(settings: Settings, wanted: argparse.Namespace) -> int:
    catalog = Catalog(settings.catalog)
    try:
        await migrate(catalog)
        keys = ApiKeys(catalog)
        if wanted.command == "create":
            return await _create(keys, wanted.organization, wanted.environment, from_stdin=wanted.stdin)
        if wanted.command == "revoke":
            return await _revoke(keys, wanted.id)
        for key in await keys.list():
            print(_line(key))
        return 0
    finally:
        await catalog.close()


async def _create(keys: ApiKeys, organization: str, environment: Environment, *, from_stdin: bool) -> int:
    """The key alone goes to standard output: it is shown this once, and may be piped to where it is kept."""
    secret = sys.stdin.readline().strip() if from_stdin else new_key(environment)
    if len(secret) < SHORTEST_KEY or not secret.isascii() or not secret.isprintable() or " " in secret:
        message = (
            f"A key has at least {SHORTEST_KEY} printable ASCII characters and no space; send one on standard input."
        )
        print(message, file=sys.stderr)
        return 1
    # The environments are separate worlds: to the service, two organizations.
    key = await keys.add(organization if environment == "live" else f"{organization}:{environment}", secret)
    print(f"{key.id} of {key.organization}; valid within {RELOAD_SECONDS:g} s, and not shown again:", file=sys.stderr)
    print(secret)
    return 0


async def _revoke(keys: ApiKeys, key_id: str) -> int:
    if not await keys.revoke(key_id):
        print(f"There is no valid key {key_id}; `keys list` shows the ids.", file=sys.stderr)
        return 1
    print(f"{key_id} is no longer valid, within {RELOAD_SECONDS:g} s.", file=sys.stderr)
    return 0


def _line(key: ApiKey) -> str:
    state = "valid" if key.revoked_at is None else f"revoked {key.revoked_at:%Y-%m-%dT%H:%M:%SZ}"
    return f"{key.id}  {key.organization}  {key.shown}  created {key.created_at:%Y-%m-%dT%H:%M:%SZ}  {state}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway keys", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a key and print it, once")
    create.add_argument("organization")
    create.add_argument("--environment", choices=["live", "test"], default="live", help="separate worlds")
    create.add_argument("--stdin", action="store_true", help="take a key that is in use already")
    commands.add_parser("list", help="all keys, without their secrets")
    revoke = commands.add_parser("revoke", help="end a key's validity")
    revoke.add_argument("id", help="key_…, as `create` and `list` show it")
    return parser
