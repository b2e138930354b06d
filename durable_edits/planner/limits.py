"""Every cap of the offline planner, with its reason."""

from __future__ import annotations

MAX_INSTRUCTIONS = 200_000  # characters; some fifty pages of text
MAX_PAIRS = 5_000  # twice the fields of the largest real form
MAX_DEPTH = 32  # levels of JSON; data for forms has under 8
MAX_LABEL = 200  # characters before a separator; what is longer is a sentence
MAX_SENTENCE = 500  # characters of a line that is tried as "Set … to …"
MAX_NAME = 2_000  # characters of a tooltip that are compared; the longest real ones have some 600
# Likeness: below this similarity, or with another field this near, a person would ask.
SURE = 90.0
MARGIN = 6.0
FUZZY_LENGTH = 5  # letters; shorter names are too alike
FUZZY_PAIRS = 400  # pairs looked up by likeness; each costs about 0.2 ms on 1,000 fields
TYPO_LENGTH = 5  # letters of a word in which one wrong letter is taken for a slip
SHOWN_OPTIONS = 6  # options named in a reason
SHOWN_FIELDS = 4  # fields named in a reason
MAX_CHOSEN = 100  # values given to one field or group of boxes at once
MEANT_SCORES = 60_000  # comparisons of what was said with a field, about 10 µs each
