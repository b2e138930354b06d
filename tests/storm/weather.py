"""What befalls the processes: killed, frozen, drained, in an order that one seed decides."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.storm.stack import Member, Stack

TICK = 0.05
PACE = 3.0  # seconds between two faults, on average
# Frozen: longer than any time-out that could tell it (heartbeat 5 s, call 10 s, lease of an idempotency key 10 s).
FROZEN = {"worker": (6.0, 14.0), "gateway": (11.0, 18.0), "server": (5.0, 12.0)}
DOWN = (0.0, 3.0)
STRUCK = {"worker": 6, "gateway": 3, "server": 1}
FAULTS = {"worker": ["kill", "freeze", "drain"], "gateway": ["kill", "freeze", "drain"], "server": ["kill", "freeze"]}


@dataclass
class Trouble:
    member: Member
    fault: str
    until: float


@dataclass
class Weather:
    stack: Stack
    chance: random.Random
    roles: tuple[str, ...] = ("worker", "gateway", "server")
    nights: bool = False
    """Now and then all workers are gone for a while."""
    pace: float = PACE
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def rage(self, seconds: float) -> None:
        end, strike = time.monotonic() + seconds, time.monotonic() + self.pace
        while time.monotonic() < end:
            self._mend(time.monotonic())
            if time.monotonic() > strike:
                self._strike()
                strike = time.monotonic() + self.chance.expovariate(1 / self.pace)
            time.sleep(TICK)

    def clear(self) -> None:
        """Everything runs again."""
        end = time.monotonic() + 60
        while self.troubles:
            self._mend(float("inf") if time.monotonic() > end - 45 else time.monotonic())
            time.sleep(TICK)
        self.stack.wait_ready()

    def _strike(self) -> None:
        if self.nights and self.chance.random() < 0.1:
            until = time.monotonic() + self.chance.uniform(3, 8)
            for member in self._well("worker"):
                self._befall(member, "kill", until)
            self.counted["night"] += 1
            return
        roles = [role for role in self.roles if self._well(role)]
        if not roles:
            return
        role = self.chance.choices(roles, [STRUCK[role] for role in roles])[0]
        member, fault = self.chance.choice(self._well(role)), self.chance.choice(FAULTS[role])
        if fault == "drain" and member.is_new:
            fault = "kill"
        span = FROZEN[role] if fault == "freeze" else DOWN
        self._befall(member, fault, time.monotonic() + self.chance.uniform(*span))

    def _well(self, role: str) -> list[Member]:
        ill = {trouble.member.name for trouble in self.troubles}
        return [member for member in self.stack.of(role) if member.name not in ill]

    def _befall(self, member: Member, fault: str, until: float) -> None:
        self.counted[f"{member.role} {fault}"] += 1
        self.troubles.append(Trouble(member, fault, until))
        if fault == "kill":
            member.process.kill()
        elif fault == "freeze":
            member.process.freeze()
        else:
            member.drain()

    def _mend(self, now: float) -> None:
        for trouble in list(self.troubles):
            member = trouble.member
            if trouble.fault == "drain":
                if not member.ended:
                    continue
                if member.process.exit_code != 0:
                    self.wrong.append(f"{member.name} ended its drain with {member.process.exit_code}")
                member.again()
            elif now < trouble.until:
                continue
            elif trouble.fault == "freeze":
                member.process.thaw()
            else:
                member.again()
            self.troubles.remove(trouble)
        for role in FAULTS:
            for member in self._well(role):
                if member.ended:
                    self._unbidden(member)

    def _unbidden(self, member: Member) -> None:
        """A start that met an outage ends with 1 and is tried again, as an orchestrator would."""
        self.counted[f"{member.role} restart"] += 1
        if member.process.exit_code != 1:
            self.wrong.append(
                f"{member.name} ended by itself with {member.process.exit_code}:\n{member.process.tail()}"
            )
        member.again()
