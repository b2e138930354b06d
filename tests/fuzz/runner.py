"""Runs trials in a child process with limits on time and memory: a document that kills or holds its child is a finding.

The child says which document it begins and how it ended, a line each; when it says nothing for too long it is killed
and another one goes on behind the document that held it.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import selectors
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MEMORY_MB = 1024  # of address space; EDITS_CHILD_MEMORY_MB gives a job twice that
SECONDS = 20.0  # for one document; EDITS_FILL_TIMEOUT gives an edit more


@dataclass(frozen=True)
class Outcome:
    """`fault`: "" for a filled document or a typed error."""

    number: int
    result: str
    fault: str = ""


def run(numbers: Sequence[int], *, real: bool = False) -> Iterator[Outcome]:
    left = list(numbers)
    while left:
        for outcome in _child(left, real=real):
            left = left[left.index(outcome.number) + 1 :]
            yield outcome


def _child(numbers: list[int], *, real: bool) -> Iterator[Outcome]:
    """Ends after the first document that held or killed the child."""
    command = [sys.executable, "-m", "tests.fuzz.runner", "real" if real else "made"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(numbers).encode())
        child.stdin.close()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            for number in numbers:
                if not selector.select(SECONDS + (SECONDS if number == numbers[0] else 0)):
                    child.kill()
                    yield Outcome(number, "hang", f"longer than {SECONDS:g} s")
                    return
                line = child.stdout.readline()
                if not line:
                    yield Outcome(number, "death", f"the process died with {child.wait()}")
                    return
                yield Outcome(**json.loads(line))


def _main() -> None:
    from tests.fuzz.mutations import mutated
    from tests.fuzz.trial import trial

    logging.disable(logging.CRITICAL)  # pypdf tells of every fault, and here all is faults
    warnings.simplefilter("ignore")
    numbers, real = json.loads(sys.stdin.read()), sys.argv[1] == "real"
    out = os.fdopen(os.dup(1), "w")
    for number in numbers:
        data = mutated(number, real=real)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * 1024 * 1024, resource.getrlimit(resource.RLIMIT_AS)[1]))
        try:
            outcome = {"number": number, "result": trial(data)}
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            at = f"{os.path.basename(where.filename)}:{where.lineno}"
            fault = f"{type(error).__name__}: {str(error)[:160]} ({at})"
            outcome = {"number": number, "result": type(error).__name__, "fault": fault}
        out.write(json.dumps(outcome) + "\n")
        out.flush()


if __name__ == "__main__":
    _main()
