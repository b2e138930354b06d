"""EDITS_RATE_LIMIT: how many requests each key may make in a time, counted by this gateway for itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from durable_edits.errors import RateLimited
from durable_edits.settings import RateLimit


class Allowances:
    """A full allowance may be used at once; it fills again evenly."""

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._left: dict[bytes, tuple[float, float]] = {}  # requests, and when they were counted

    def take(self, key: bytes) -> None:
        """Use one request up; raises RateLimited."""
        now, each = self._clock(), self._limit.seconds / self._limit.requests
        left, counted = self._left.get(key, (float(self._limit.requests), now))
        left = min(self._limit.requests, left + (now - counted) / each)
        if left < 1:
            seconds = math.ceil((1 - left) * each)
            raise RateLimited("Rate limit exceeded. Please try again later.", retry_after=seconds)
        self._left[key] = (left - 1, now)
