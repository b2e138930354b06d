"""From a form and instructions to a value for each field.

A planner is any `Planner`; `rules.plan` is the one that needs no network.
"""

from __future__ import annotations

from typing import Protocol

from durable_edits.form import Form, Plan
from durable_edits.planner.rules import plan


class Planner(Protocol):
    def __call__(self, form: Form, instructions: str) -> Plan: ...


__all__ = ["Planner", "plan"]
