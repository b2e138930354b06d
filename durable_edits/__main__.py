"""`python -m durable_edits`: the engine and the planner on files, without Temporal, catalog or network."""

from __future__ import annotations

import sys

from durable_edits.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
