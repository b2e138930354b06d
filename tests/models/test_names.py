"""EDITS_MODELS: which model stands behind a name on the wire."""

from __future__ import annotations

import pytest

from durable_edits.models.names import ModelName, read_names

NAMES = read_names("retab-small=rules, retab-large = openai:gpt-5-mini, house=openai:org/qwen3@http://10.0.0.5:8000/v1")


@pytest.mark.parametrize(
    ("wire", "meant"),
    [
        ("retab-small", None),
        ("retab-large", ModelName("openai", "gpt-5-mini")),
        ("house", ModelName("openai", "org/qwen3", "http://10.0.0.5:8000/v1")),
        ("anything else", None),
    ],
)
def test_a_name_means_what_is_written_for_it(wire: str, meant: ModelName | None) -> None:
    assert NAMES[wire] == meant


def test_a_star_stands_for_every_other_name() -> None:
    names = read_names("*=anthropic:claude-haiku-4-5,retab-small=rules")

    assert (names["x"], names["retab-small"]) == (ModelName("anthropic", "claude-haiku-4-5"), None)


@pytest.mark.parametrize("text", ["", "*=rules", " , "])
def test_with_rules_alone_there_is_nobody_to_ask(text: str) -> None:
    assert not read_names(text)


@pytest.mark.parametrize(
    "text", ["retab-small", "=rules", "x=gpt", "x=openai:", "x=openai:a@ftp://h", "x=anthropic:a@http://h/v1"]
)
def test_what_names_no_model_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"write name=|a model is|an address goes"):
        read_names(text)
