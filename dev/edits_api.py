"""Edits over HTTP, the way any caller of the gateway would do it."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Iterator
from typing import Any

import httpx

from dev.errors import NotReady, PromiseBroken

POLL = 0.05  # seconds between two looks at a status
ANSWER = 60.0  # seconds for one call
STATUSES = ["pending", "queued", "in_progress", "completed", "failed", "cancelled"]
TERMINAL = {"completed", "failed", "cancelled"}


def data_url(document: bytes) -> str:
    return "data:application/pdf;base64," + base64.b64encode(document).decode()


class EditsApi:
    """Bodies are Retab's JSON. Raises PromiseBroken for an answer with another status than promised."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=ANSWER, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def create(self, filename: str, document: bytes, instructions: str) -> dict[str, Any]:
        body = {
            "document": {"filename": filename, "url": data_url(document)},
            "instructions": instructions,
            "background": True,
        }
        return self._json(self._http.post("/v1/edits", json=body), 201)

    def get(self, edit_id: str) -> bytes:
        """The whole edit, as it came over the wire."""
        return self._checked(self._http.get(f"/v1/edits/{edit_id}"), 200).content

    def cancel(self, edit_id: str) -> bytes:
        return self._checked(self._http.post(f"/v1/edits/{edit_id}/cancel"), 200).content

    def report(self, edit_id: str) -> dict[str, Any]:
        return self._json(self._http.get(f"/v1/edits/{edit_id}/report"), 200)

    def statuses(self, edit_id: str, seconds: float) -> Iterator[dict[str, Any]]:
        """The edit without its output, each time its status has changed; ends with a final one. Raises NotReady."""
        end = time.monotonic() + seconds
        seen: list[str] = []
        for _ in itertools.count():
            edit = self._json(self._http.get(f"/v1/edits/{edit_id}", params={"include_output": "false"}), 200)
            status = edit["status"]
            if [status] != seen[-1:]:
                if seen and STATUSES.index(status) < STATUSES.index(seen[-1]):
                    raise PromiseBroken(f"The status of {edit_id} went back from {seen[-1]} to {status}.")
                seen.append(status)
                yield edit
            if status in TERMINAL:
                return
            if time.monotonic() > end:
                raise NotReady(f"The edit {edit_id} is still {status} after {seconds:g} s; look at the worker's log.")
            time.sleep(POLL)

    def _json(self, answer: httpx.Response, status: int) -> dict[str, Any]:
        body: dict[str, Any] = self._checked(answer, status).json()
        return body

    @staticmethod
    def _checked(answer: httpx.Response, status: int) -> httpx.Response:
        if answer.status_code != status:
            request = f"{answer.request.method} {answer.request.url.path}"
            raise PromiseBroken(f"{request} was answered with {answer.status_code}, not {status}: {answer.text[:500]}")
        return answer
