"""A gateway, asked as an orchestrator asks it."""

from __future__ import annotations

import httpx

from durable_edits.doctor.finding import Finding, fault, ok

ANSWER = 10.0  # seconds; it gives up on its stores after five


async def gateway(url: str) -> list[Finding]:
    what = f"gateway ({url})"
    try:
        async with httpx.AsyncClient(timeout=ANSWER, trust_env=False) as http:
            answer = await http.get(f"{url.rstrip('/')}/readyz")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        step = "see that python -m gateway runs there; EDITS_HOST and EDITS_PORT say where it listens."
        return [fault(what, f"does not answer ({type(error).__name__})", step)]
    if answer.status_code == httpx.codes.OK:
        return [ok(what, "is ready")]
    return [fault(what, f"answers with {answer.status_code}", answer.text[:300])]
