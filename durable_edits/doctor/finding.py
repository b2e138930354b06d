"""One thing that was looked at, in words for somebody who has to act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works; somebody should know."""
    FAULT = "fault"
    """Edits fail or wait until this is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    level: Level
    seen: str
    next: str = ""
    """What to do; empty where nothing is to be done."""

    def line(self) -> str:
        return f"{self.level:7}  {self.what}: {self.seen}" + (f"\n         -> {self.next}" if self.next else "")

    def as_json(self) -> dict[str, str]:
        return {"what": self.what, "level": self.level.value, "seen": self.seen, "next": self.next}


def ok(what: str, seen: str) -> Finding:
    return Finding(what, Level.OK, seen)


def warning(what: str, seen: str, next_step: str) -> Finding:
    return Finding(what, Level.WARNING, seen, next_step)


def fault(what: str, seen: str, next_step: str) -> Finding:
    return Finding(what, Level.FAULT, seen, next_step)
