"""A connection that waits for nobody for ever, and answers in our own envelope what is no HTTP at all."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from ulid import ULID
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.errors import error_response
from gateway.limits import HEAD_BYTES, PATIENCE

LEAST_TAKEN = 64 * 1024  # bytes that whoever reads an answer takes within PATIENCE


class Connection(H11Protocol):
    """Closed when no whole request head has come, or too little of an answer has gone, for PATIENCE seconds.

    While a request is being answered its body is for `gateway.limits` to watch.
    """

    _waiting: asyncio.TimerHandle | None = None
    _sending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        _cancel(self._waiting)
        _cancel(self._sending)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            _cancel(self._waiting)

    def on_response_complete(self) -> None:
        self._await_request()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        _cancel(self._sending)
        self._await_reader(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        _cancel(self._sending)
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """`msg` is uvicorn's, for its own log."""
        if self.cycle is not None and not self.cycle.response_complete:
            # Its body broke off in the middle: nothing the application says now can still be sent.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
                return
        too_large = len(self.conn.trailing_data[0]) >= HEAD_BYTES
        answer = (
            error_response(431, "request_headers_too_large", f"The request's head is larger than {HEAD_BYTES} bytes.")
            if too_large
            else error_response(
                400, "bad_request", "This is no HTTP request; see that client and port are the right ones."
            )
        )
        headers = [*answer.raw_headers, (b"x-request-id", f"req_{ULID()}".encode()), (b"connection", b"close")]
        events: list[Any] = [
            h11.Response(status_code=answer.status_code, headers=headers),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        ]
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _await_request(self) -> None:
        _cancel(self._waiting)
        self._waiting = self.loop.call_later(PATIENCE, self._no_request)

    def _no_request(self) -> None:
        if self.transport.get_write_buffer_size():  # the last answer is still on its way
            self._await_reader(self.transport.get_write_buffer_size())
        self.transport.close()  # once everything has gone

    def _await_reader(self, left: int) -> None:
        self._sending = self.loop.call_later(PATIENCE, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left and before - left < LEAST_TAKEN:
            self.transport.abort()
        elif left:
            self._await_reader(left)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
