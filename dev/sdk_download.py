"""Let the Temporal SDK download its dev server: `python -m dev.sdk_download FOLDER`.

The SDK downloads only as a part of starting the server, so this starts one and stops it. A process of its own, so that
whoever waits can end a download that hangs.
"""

from __future__ import annotations

import asyncio
import os
import sys

from temporalio.testing import WorkflowEnvironment


async def download(folder: str) -> None:
    environment = await WorkflowEnvironment.start_local(download_dest_dir=folder)
    await environment.shutdown()


if __name__ == "__main__":
    code = 0
    try:
        asyncio.run(download(sys.argv[1]))
    except RuntimeError as error:
        print(str(error).splitlines()[0], file=sys.stderr, flush=True)
        code = 1
    os._exit(code)  # the interpreter's teardown can abort with Temporal's threads alive, and say so last
