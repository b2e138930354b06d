"""Bytes pass through the gateway in constant memory, up and down."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest

from tests.live import Gateway, Live

MEGABYTE = 1024 * 1024
GROWTH = 64 * MEGABYTE  # what 500 MB may cost of memory
PIECE = bytes(range(256)) * 4096


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """The process's memory while the block runs, looked at every 20 ms."""
    seen, over = [], threading.Event()

    def look() -> None:
        process = psutil.Process(pid)
        while not over.wait(0.02):
            seen.append(process.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    yield seen
    over.set()
    looking.join()


@pytest.fixture
def fresh(stack: Live) -> Gateway:
    """A gateway of the test's own: what others have left in its memory would hide what is added."""
    return stack.gateway()


@pytest.mark.parametrize("megabytes", [100, pytest.param(500, marks=pytest.mark.long)])
def test_a_large_file_goes_up_and_down_in_little_memory(fresh: Gateway, megabytes: int) -> None:
    session = fresh.http.post(
        "/v1/files/upload", json={"filename": "large.bin", "size_bytes": megabytes * MEGABYTE}
    ).json()
    before = psutil.Process(fresh.process.pid).memory_info().rss
    digest = hashlib.sha256()

    with watched(fresh.process.pid) as seen:
        sent = httpx.put(session["uploadUrl"], content=(PIECE for _ in range(megabytes)), trust_env=False, timeout=120)
        assert sent.status_code == 200
        done = fresh.http.post(f"/v1/files/upload/{session['fileId']}/complete", json={})
        assert done.status_code == 200
        url = fresh.http.get(f"/v1/files/{session['fileId']}/download-link").json()["download_url"]
        with httpx.stream("GET", url, trust_env=False, timeout=120) as answer:
            for chunk in answer.iter_bytes():
                digest.update(chunk)

    assert digest.digest() == hashlib.sha256(PIECE * megabytes).digest()
    print(f"{megabytes} MB up and down: {(max(seen) - before) / MEGABYTE:.1f} MB more")
    assert max(seen) - before < GROWTH
