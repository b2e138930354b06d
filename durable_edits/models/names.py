"""Which model stands behind a name on the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

RULES = "rules"
ANY = "*"
# `openai:gpt-5-mini`, `openai:qwen3@http://10.0.0.5:8000/v1`: with an address, any server that speaks OpenAI's API.
_NAME = re.compile(r"(?P<provider>[a-z0-9][a-z0-9-]*):(?P<model>[^\s@]+)(?:@(?P<url>https?://[^\s@]+))?")


class ModelName(NamedTuple):
    """`url` is that of an OpenAI-compatible server; None: the provider's own."""

    provider: str
    model: str
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" + (f"@{self.url}" if self.url else "")


class ModelNames:
    """`retab-large=openai:gpt-5-mini,*=rules`: names on the wire, and what each stands for; without an entry, rules."""

    def __init__(self, names: Mapping[str, ModelName | None]) -> None:
        self._names = dict(names)

    def __getitem__(self, wire: str) -> ModelName | None:
        """None: the rules, and nobody is asked."""
        return self._names.get(wire, self._names.get(ANY))

    def __bool__(self) -> bool:
        return any(self._names.values())

    def __repr__(self) -> str:
        return ",".join(f"{wire}={name or RULES}" for wire, name in self._names.items())


def read_names(text: str) -> ModelNames:
    """Raises ValueError with what is wrong."""
    names: dict[str, ModelName | None] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        wire, equals, meant = (part.strip() for part in entry.partition("="))
        if not wire or not equals:
            raise ValueError(f"write name=provider:model or name=rules, not {entry[:80]!r}")
        names[wire] = None if meant == RULES else _model(meant)
    return ModelNames(names)


def _model(text: str) -> ModelName:
    match = _NAME.fullmatch(text)
    if match is None:
        raise ValueError(f"a model is provider:model, or openai:model@https://server/v1, not {text[:80]!r}")
    if match["url"] and match["provider"] != "openai":
        raise ValueError(f"an address goes with openai:, whose interface such servers speak, not {text[:80]!r}")
    return ModelName(match["provider"], match["model"], match["url"])
