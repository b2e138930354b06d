"""Stop `make setup` with one clear sentence under a Python that is too old. Must itself run under any Python."""

import sys

MINIMUM = (3, 11)

if sys.version_info < MINIMUM:
    sys.exit(
        "durable-edits needs Python %d.%d or newer, and this is %s (%s). "  # noqa: UP031 - f-strings are too new
        "Install one and run: make PYTHON=/path/to/python3.11 setup"
        % (MINIMUM[0], MINIMUM[1], sys.version.split()[0], sys.executable)
    )
