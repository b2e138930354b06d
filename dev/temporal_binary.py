"""Where the Temporal dev server comes from: PATH, the user's cache, the SDK's download, or Go; in this order."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from dev.errors import NoTemporalServer, NotMade
from dev.program_cache import Say, cached, go_program, make_once, named, run_telling, runnable

# Newer tags cannot be installed by `go install`: their go.mod has a replace directive.
GO_PACKAGE = "github.com/temporalio/cli/cmd/temporal@v1.5.1"
ROOT = Path(__file__).parent.parent
FIRST_BYTE = 10.0  # seconds for a download to begin: without the open internet it never does
DOWNLOAD = 300.0  # seconds for a whole download: 60 MB on a slow line


def find_server(env: Mapping[str, str] = os.environ, say: Say = print) -> Path:
    """The `temporal` program: found, or downloaded or built once into the user's cache. Says which it is.

    Raises NoTemporalServer with every attempt and what to install.
    """
    say = named("Temporal server", say)
    on_path = shutil.which("temporal", path=env.get("PATH", os.defpath))
    if on_path:
        say(f"{on_path} (on PATH)")
        return Path(on_path)
    program = cached("temporal", env)
    try:
        make_once(program, [_download, go_program(GO_PACKAGE, "about 3 minutes on 2 cores")], env, say)
    except NotMade as failure:
        raise NoTemporalServer(
            "There is no Temporal dev server here. Install the `temporal` command line (https://docs.temporal.io/cli), "
            f"or Go 1.24 or newer, or set TEMPORAL_ADDRESS to a running server. Tried: {failure}"
        ) from failure
    say(str(program))
    return program


def _download(folder: Path, env: Mapping[str, str], say: Say) -> Path:
    say("trying the SDK's download (temporal.download)")
    command = [sys.executable, "-m", "dev.sdk_download", str(folder)]

    def late(elapsed: float) -> bool:
        return elapsed > DOWNLOAD or (elapsed > FIRST_BYTE and not any(folder.iterdir()))

    run_telling("the SDK's download", command, {**env, "PYTHONPATH": str(ROOT)}, late, say)
    made = [path for path in folder.iterdir() if runnable(path)]
    if len(made) != 1:
        raise NotMade(f"the SDK's download left {len(made)} programs instead of one")
    return made[0]
