"""A job in a module that keeps whoever holds the holder's child busy before the job begins."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.activities.jobs import nap, tell

if os.environ.get("HOLDER", str(os.getpid())) != str(os.getpid()):
    tell(Path(os.environ["IMPORTING"]))
    time.sleep(0.5)


def nap_afterwards(note: Path, seconds: float) -> int:
    return nap(note, seconds)
