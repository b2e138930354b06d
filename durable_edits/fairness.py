"""Organizations that have edits waiting take turns, where the Temporal server has fairness switched on."""

from __future__ import annotations

import hashlib

from temporalio.common import Priority

KEY_BYTES = 64  # the server's limit; a longer one is refused


def fair_share(organization: str) -> Priority:
    """For a run; its steps inherit it. A server without `matching.enableFairness` takes no notice."""
    name = organization.encode()
    key = organization if len(name) <= KEY_BYTES else hashlib.sha256(name).hexdigest()
    return Priority(fairness_key=key)
