"""`python -m benchmarks.bare_worker ADDRESS QUEUE`: the bare workflow, on the SDK's worker, the product's limits."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from benchmarks.bare import BareWorkflow, first, second
from durable_edits.settings import Settings
from worker import HEARTBEAT_THROTTLE, STICKY_TIMEOUT, steps_held

READY = "bare worker ready"


async def main(address: str, queue: str) -> None:
    settings = Settings()
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    worker = Worker(
        client,
        task_queue=queue,
        workflows=[BareWorkflow],
        activities=[first, second],
        max_concurrent_activities=steps_held(settings.pdf_slots),
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=timedelta(seconds=settings.grace),
    )
    print(READY, flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
