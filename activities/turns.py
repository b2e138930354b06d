"""A bounded number of places; where some wait for one, their organizations take turns.

Who comes first in a queue would otherwise be whoever sent most: a worker takes dozens of steps at once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def place(self, organization: str) -> AsyncIterator[None]:
        await self._take(organization)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, organization: str) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(organization, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the place came together with the cancel
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """To the first one of the organization that has waited longest for a turn."""
        while self._waiting:
            organization, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[organization] = turns  # at the end
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._free += 1
