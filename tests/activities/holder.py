"""A process that holds one child, as a worker does: LIMIT JOB [SECONDS [MODULE FOLDER]].

The child does the job (of tests.activities.jobs), at most LIMIT seconds; given a module, it is imported before. An
interrupt is left to this process, as in worker.py. Prints its log, and then the job's answer.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from activities.children.pool import open_children
from tests.activities import jobs


async def main(limit: str, job: str, seconds: str = "", module: str = "", folder: str = "") -> None:
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    sys.path.append(folder)
    async with open_children(1, float(limit), 512, tuple(filter(None, [module, jobs.__name__]))) as children:
        print("answered by", await children.run(getattr(jobs, job), *map(float, filter(None, [seconds]))))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
