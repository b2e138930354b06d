"""Housekeeping: what is no longer needed goes, with its bytes (docs/housekeeping.md says what, and when).

`python -m durable_edits.housekeeping --dry-run` tells what would go; a Temporal Schedule does it every night.
"""
