"""A process that holds one child, as a worker does: python -m tests.activities.holder <note> <seconds> [<importing>].

The child writes its pid to <note> and naps; given <importing>, it first takes its time there. An interrupt is left to
this process, as in worker.py. Prints the job's answer.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from activities.child import Children
from tests.activities.jobs import nap


async def main(note: str, seconds: str, importing: str = "") -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    job = nap
    if importing:
        os.environ |= {"HOLDER": str(os.getpid()), "IMPORTING": importing}
        from tests.activities.slow_to_import import nap_afterwards as job
    print("answered by", await Children(1, 60.0, 512).run(job, Path(note), float(seconds)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
