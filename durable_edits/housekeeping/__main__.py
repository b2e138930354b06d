"""`python -m durable_edits.housekeeping`: do now what the Schedule does every night; `--dry-run` only tells.

Reads the settings that worker and gateway read (EDITS_*, TEMPORAL_*), and needs no worker.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

from durable_edits.client import open_edits
from durable_edits.contracts import Chore, Swept
from durable_edits.errors import EditsError, InfrastructureError
from durable_edits.housekeeping.house import House
from durable_edits.logs import configure_logs
from durable_edits.settings import Settings, read_settings

SAYS = {
    Chore.CLOSE: "edits closed whose runs had ended without a word",
    Chore.EDITS: "edits past their retention, with outputs, plans and reports",
    Chore.DELETED: "deleted edits that still had bytes",
    Chore.FILES: "source files past their retention that nothing needs",
    Chore.UPLOADS: "uploads that expired before they were complete",
    Chore.KEYS: "idempotency keys older than a day",
    Chore.ORPHANS: "stored objects that no record refers to",
    Chore.FORGET: "empty records of deleted edits that Temporal has forgotten",
}
UNITS = ("bytes", "KB", "MB", "GB", "TB")


def main(arguments: Sequence[str]) -> int:
    wanted = _parser().parse_args(arguments)
    settings = read_settings()
    configure_logs("WARNING")
    if wanted.retention_days is not None:
        settings = settings.model_copy(update={"retention_days": wanted.retention_days})
    try:
        return asyncio.run(_run(settings, dry_run=wanted.dry_run, listed=wanted.list))
    except EditsError as error:
        print(_reason(error), file=sys.stderr)
        return 1


async def _run(settings: Settings, *, dry_run: bool, listed: bool) -> int:
    days = settings.retention_days
    kept = "for ever (EDITS_RETENTION_DAYS is not set)" if days is None else f"for {days:g} days"
    print(f"Ended edits are kept {kept}. {'This would go:' if dry_run else 'This has gone:'}")
    failed = False
    async with open_edits(settings) as edits:
        retention = timedelta(days=days) if days is not None else None
        house = House(edits.catalog, edits.blobs, edits.runs, retention, dry_run=dry_run)
        if listed:
            house.say = _say
        for chore in Chore:
            try:
                print(_line(await house.sweep(chore)))
            except InfrastructureError as error:
                failed = True
                print(f"{'failed':>10}  {SAYS[chore]}: {_reason(error)}", file=sys.stderr)
    return int(failed)


def _say(what: str, size: int) -> None:
    if size:
        print(f"{size:>14}  {what}")


def _line(swept: Swept) -> str:
    size = f", {_readable(swept.bytes)}" if swept.bytes else ""
    return f"{swept.things:>10}  {SAYS[swept.chore]}{size}"


def _readable(size: float) -> str:
    unit = 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.0f} {UNITS[unit]}" if unit == 0 else f"{size:.1f} {UNITS[unit]}"


def _reason(error: EditsError) -> str:
    return f"{error.message} {error.details.get('reason', '')}".strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m durable_edits.housekeeping", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="tell what would go, and change nothing")
    parser.add_argument("--list", action="store_true", help="name each folder and object, with its bytes")
    parser.add_argument("--retention-days", type=_days, metavar="N", help="instead of EDITS_RETENTION_DAYS")
    return parser


def _days(text: str) -> float:
    days = float(text)
    if not days > 0:
        raise argparse.ArgumentTypeError("give a number of days above 0")
    return days


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
