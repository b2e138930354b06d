"""`python -m gateway`: serve until SIGTERM or SIGINT, drain for up to EDITS_GRACE seconds, exit 0.

`python -m gateway keys …` looks after the API keys instead, and `python -m gateway codec` decrypts for Temporal's UI.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp

from durable_edits.client import open_edits
from durable_edits.errors import EditsError
from durable_edits.logs import configure_logs
from durable_edits.settings import Settings, read_settings
from durable_edits.storage.keys import ApiKeys
from gateway.app import create_app
from gateway.codec import create_codec_app
from gateway.connections import Connection
from gateway.keys import keys_command
from gateway.limits import HEAD_BYTES
from gateway.search_attributes import search_attributes_command

log = logging.getLogger("gateway")


class Server(uvicorn.Server):
    """uvicorn's server without its signal handling, which raises the signal again after the drain: we exit 0.

    A start that fails it logs, and `started` stays false.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with contextlib.suppress(SystemExit):  # what it raises then; out of a task that would end the event loop
            yield


def build_server(app: ASGIApp, host: str, port: int, grace: float) -> Server:
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_config=None,
            lifespan="on",
            http=Connection,
            ws="none",
            h11_max_incomplete_event_size=HEAD_BYTES,
            server_header=False,
            timeout_graceful_shutdown=max(1, round(grace)),
        )
    )


async def until_stopped(server: Server, serve: Coroutine[Any, Any, int]) -> int:
    serving = asyncio.create_task(serve)

    def stop() -> None:
        server.should_exit = True
        if not server.started:  # it looks at that only once its stores are open
            serving.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await asyncio.wait({serving})
    if serving.cancelled():
        log.info("stopped before it was ready")
        return 0
    return serving.result()


async def serve_edits(settings: Settings) -> int:
    server = build_server(create_app(settings), settings.host, settings.port, settings.grace)
    return await until_stopped(server, _serve_edits(server, settings))


async def _serve_edits(server: Server, settings: Settings) -> int:
    try:
        # Opened once before uvicorn does, which buries the reason of a start that fails under a traceback.
        async with open_edits(settings) as edits:
            keyed = bool(settings.api_keys) or bool(await ApiKeys(edits.catalog).list())
    except EditsError as error:
        log.critical("%s %s", error.message, error.details)
        return 1
    if not keyed:
        if not _loopback(settings.host):
            log.critical(
                "EDITS_API_KEYS is empty: without keys the gateway serves loopback only. Set it, make a key with"
                " `python -m gateway keys create`, or set EDITS_HOST."
            )
            return 1
        log.warning("EDITS_API_KEYS is empty: whoever reaches %s may do everything", settings.host)
    log.info("gateway on http://%s:%d, %s", settings.host, settings.port, settings)
    await server.serve()
    return 0 if server.started else 1


async def serve_codec(settings: Settings) -> int:
    if not settings.payload_keys or settings.codec_token is None:
        log.critical("The codec server needs EDITS_PAYLOAD_KEYS and EDITS_CODEC_TOKEN: set both.")
        return 1
    host, _, port = settings.codec.rpartition(":")
    app = create_codec_app(settings, settings.codec_token.get_secret_value())
    server = build_server(app, host, int(port), settings.grace)
    return await until_stopped(server, _serve_codec(server, settings))


async def _serve_codec(server: Server, settings: Settings) -> int:
    log.info("codec server on http://%s for %s", settings.codec, settings.codec_origins or "the command line alone")
    await server.serve()
    return 0 if server.started else 1


def main() -> int:
    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)
    if sys.argv[1:2] == ["keys"]:
        return keys_command(settings, sys.argv[2:])
    if sys.argv[1:2] == ["search-attributes"]:
        return search_attributes_command(settings)
    return uvloop.run(serve_codec(settings) if sys.argv[1:2] == ["codec"] else serve_edits(settings))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    # Drained: skip the interpreter's teardown, which can abort with Temporal's threads alive.
    os._exit(code)
