"""A proxy on the loopback that stands in front of a store, and makes it slow, deaf, refusing or cut off."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Fault = Literal["none", "slow", "silent", "refusing", "cutting"]

PIECE = 65_536
SLOW = 0.15  # seconds for each piece, in each direction
CUT_AFTER = 3_000  # bytes of one connection: in the middle of a document


class FaultyProxy:
    """Connections that are open when a fault begins are met by it too."""

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self.fault: Fault = "none"
        self._target = target
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def having(self, fault: Fault) -> Iterator[None]:
        self.fault = fault
        if fault in {"refusing", "cutting"}:
            self._break()
        try:
            yield
        finally:
            self.fault = "none"
            self._break()  # whoever waits on a line that was silent finds a new one

    def close(self) -> None:
        self._listener.close()
        self._break()

    def _break(self) -> None:
        with self._lock:
            broken, self._open = self._open, set()
        for line in broken:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError):
            if self.fault == "refusing":
                return
            with self._connect() as store:
                with self._lock:
                    self._open |= {caller, store}
                back = threading.Thread(target=self._carry, args=(store, caller), daemon=True)
                back.start()
                self._carry(caller, store)
                back.join()
                with self._lock:
                    self._open -= {caller, store}

    def _connect(self) -> socket.socket:
        if isinstance(self._target, Path):
            store = socket.socket(socket.AF_UNIX)
            store.connect(str(self._target))
            return store
        return socket.create_connection(self._target)

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                while self.fault == "silent":
                    time.sleep(0.02)
                if self.fault == "slow":
                    time.sleep(SLOW)
                if self.fault == "cutting" and carried + len(piece) > CUT_AFTER:
                    sink.sendall(piece[: max(0, CUT_AFTER - carried)])
                    break
                sink.sendall(piece)
                carried += len(piece)
        for line in (source, sink):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
