"""Every cap of the offline planner, with its reason."""

from __future__ import annotations

MAX_INSTRUCTIONS = 200_000  # characters; some fifty pages of text
MAX_PAIRS = 5_000  # twice the fields of the largest real form
MAX_DEPTH = 32  # levels of JSON; data for forms has under 8
# Fuzzy matching: below this similarity, or with another field this near, a person would ask.
SURE = 92.0
MARGIN = 6.0
FUZZY_LENGTH = 5  # letters; shorter names are too alike
FUZZY_PAIRS = 400  # pairs looked up by likeness; each costs about a millisecond on 1,000 fields
SHOWN_OPTIONS = 6  # options named in a reason
