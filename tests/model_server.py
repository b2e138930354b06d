"""An OpenAI-compatible server on the loopback that says what a test has written for it, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = Callable[["_Answers"], None]


@dataclass
class ModelServer:
    """`script`: one step for each request; the last is repeated. `asked`: the bodies, `keys`: their credentials."""

    url: str
    script: list[Step]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    """A client went away before it had its answer."""

    @property
    def text(self) -> str:
        """All that the last request told the model."""
        return "\n".join(str(message["content"]) for message in self.asked[-1]["messages"])


def entries(**values: tuple[str, str]) -> Step:
    """A good answer: value and quote by key."""
    return says(json.dumps({"entries": [{"key": k, "value": v, "quote": q} for k, (v, q) in values.items()]}))


def says(content: str) -> Step:
    def step(answers: _Answers) -> None:
        answers.send(200, _completion(content))

    return step


def fails(status: int, code: str = "error", **headers: str) -> Step:
    def step(answers: _Answers) -> None:
        body = {"error": {"message": f"status {status}", "type": code, "code": code}}
        answers.send(status, json.dumps(body).encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})

    return step


def cut(answers: _Answers) -> None:
    """Half an answer, and the line is dropped."""
    body = _completion("{}")
    answers.send(200, body[: len(body) // 2], content_length=len(body))


def drips(seconds: float) -> Step:
    """A byte every tenth of a second."""

    def step(answers: _Answers) -> None:
        body = _completion(" " * int(seconds * 10))
        answers.send(200, b"", content_length=len(body))
        try:
            for byte in body:
                answers.wfile.write(bytes([byte]))
                answers.wfile.flush()
                time.sleep(0.1)
        except OSError:
            answers.server_state.hung_up.set()

    return step


def _completion(content: str) -> bytes:
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": "made-up",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150},
        }
    ).encode()


class _Answers(BaseHTTPRequestHandler):
    server_state: ModelServer

    def do_POST(self) -> None:
        state = self.server_state
        length = int(self.headers["content-length"])
        state.asked.append(json.loads(self.rfile.read(length)))
        state.keys.append(self.headers.get("authorization", ""))
        step = state.script.pop(0) if len(state.script) > 1 else state.script[0]
        step(self)

    def send(
        self, status: int, body: bytes, *, content_length: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body) if content_length is None else content_length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's screen."""


@contextmanager
def model_server(*script: Step) -> Iterator[ModelServer]:
    state = ModelServer("", list(script))
    handler = type("Answers", (_Answers,), {"server_state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_port}/v1"
        yield state
        server.shutdown()
        thread.join()
