"""`python -m durable_edits.doctor [--json] [--gateway URL]`; exit code 1 where something is at fault."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable

from durable_edits.doctor.finding import Finding, Level, fault
from durable_edits.doctor.gateway import gateway
from durable_edits.doctor.process import disk, settings_of, versions
from durable_edits.doctor.stores import blobs, catalog
from durable_edits.doctor.temporal import temporal
from durable_edits.settings import Settings, read_settings

PATIENCE = 30.0  # seconds for each look; a connection that is refused is tried for ten


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m durable_edits.doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="findings for a program")
    parser.add_argument("--gateway", metavar="URL", help="a gateway that is to be ready, too")
    wanted = parser.parse_args()
    logging.disable()  # what the libraries say of a store that is away, the findings say
    try:
        findings = asyncio.run(examine(read_settings(), wanted.gateway))
    except SystemExit as wrong:
        findings = [versions(), fault("settings", str(wrong.code), "correct it; nothing else was looked at.")]
    if wanted.json:
        print(json.dumps([finding.as_json() for finding in findings], indent=1))
    else:
        print("\n".join(finding.line() for finding in findings))
    return 1 if any(finding.level is Level.FAULT for finding in findings) else 0


async def examine(settings: Settings, gateway_url: str | None) -> list[Finding]:
    """Everything at once: one that hangs keeps nobody waiting."""
    looks = {
        "catalog": catalog(settings),
        "object store": blobs(settings),
        "Temporal": temporal(settings),
    }
    if gateway_url:
        looks["gateway"] = gateway(gateway_url)
    found = await asyncio.gather(*(_in_time(what, look) for what, look in looks.items()))
    here = [versions(), *settings_of(os.environ, settings), *disk(settings)]
    return here + [finding for findings in found for finding in findings]


async def _in_time(what: str, look: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await look
    except TimeoutError:
        return [fault(what, f"nothing came back within {PATIENCE:g} s", "see that it runs and can be reached.")]


if __name__ == "__main__":
    sys.exit(main())
