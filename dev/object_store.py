"""An S3-compatible server on the loopback that keeps its objects as files: versitygw, built once with Go."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from dev.errors import NotReady
from dev.processes import POLL, Process, start
from dev.program_cache import Say, cached, go_program, make_once, named, versioned

GO_PACKAGE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
START = 30.0  # seconds until it must listen: well under one
REGION, BUCKET, KEY_ID = "us-east-1", "edits", "edits"


def find_versitygw(env: Mapping[str, str] = os.environ, say: Say = print) -> Path:
    """Raises NotMade with what to install."""
    program = cached(versioned("versitygw", GO_PACKAGE), env)
    make_once(program, [go_program(GO_PACKAGE, "about a minute on 2 cores")], env, named("Object store", say))
    return program


class ObjectStore:
    def __init__(self, program: Path, folder: Path, port: int, secret: str) -> None:
        self._program = program
        self._folder = folder
        self._port = port
        self._secret = secret

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def settings(self) -> dict[str, str]:
        """For workers and gateways."""
        return {
            "EDITS_BLOBS_URL": f"s3://{BUCKET}/documents",
            "AWS_ENDPOINT": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": self._secret,
            "AWS_REGION": REGION,
        }

    def start(self) -> Process:
        """Raises ProcessDied, NotReady."""
        objects = self._folder / "objects"
        (objects / BUCKET).mkdir(parents=True, exist_ok=True)  # a folder is a bucket
        command = [str(self._program), "--port", f"127.0.0.1:{self._port}", "--region", REGION, "posix", str(objects)]
        env = {**os.environ, "ROOT_ACCESS_KEY": KEY_ID, "ROOT_SECRET_KEY": self._secret}
        server = start("object store", command, log=self._folder / "object-store.log", env=env)
        try:
            self._wait(server)
        except BaseException:
            server.kill()
            raise
        return server

    def _wait(self, server: Process) -> None:
        end = time.monotonic() + START
        while not self._listens():
            server.check()
            if time.monotonic() > end:
                raise NotReady(f"The object store did not listen within {START:g} s. Its log ends:\n{server.tail()}")
            time.sleep(POLL)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
        except OSError:
            return False
        return True
