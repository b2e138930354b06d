"""What an edit costs on the wire: 3 x the model's credits x pages (contract section 5)."""

from __future__ import annotations

STEPS = 3
MODEL_CREDITS = {"retab-micro": 0.2, "retab-small": 1.0, "retab-large": 3.0}


def credits_for(model: str, pages: int) -> float:
    """A model nobody priced counts as retab-small."""
    return round(STEPS * MODEL_CREDITS.get(model, 1.0) * pages, 6)
