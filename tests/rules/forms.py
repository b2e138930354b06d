"""All the made forms, by the names of their rules."""

from __future__ import annotations

from tests.rules import button_forms, choice_forms, document_forms, look_forms, signed_forms, text_forms, tree_forms
from tests.rules.rule import RULES

__all__ = [
    "RULES",
    "button_forms",
    "choice_forms",
    "document_forms",
    "look_forms",
    "signed_forms",
    "text_forms",
    "tree_forms",
]
