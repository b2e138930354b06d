"""`make servers`: build what the production stack and tests of traces need, ahead, into the user's cache."""

from __future__ import annotations

import sys

from dev.collector import find_collector
from dev.errors import NotMade
from dev.object_store import find_versitygw
from dev.temporal_cluster import find_temporal


def main() -> int:
    try:
        found = (*find_temporal(), find_versitygw(), find_collector())
    except NotMade as failure:
        print(f"Go 1.25 or newer builds them: {failure}", file=sys.stderr)
        return 1
    print("\n".join(str(program) for program in found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
