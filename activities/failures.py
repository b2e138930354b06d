"""Errors of the tree as Temporal failures: whether to try again is decided here, where the error is known."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from durable_edits import metrics
from durable_edits.contracts import CLOSE_EDIT
from durable_edits.errors import EditsError, EngineCrashed, InfrastructureError, InternalError, ModelUnavailable

Step = TypeVar("Step", bound=Callable[..., Awaitable[Any]])

LONGEST_DELAY = timedelta(minutes=10)  # whatever a provider asks for: somebody waits for the edit
CRASHES = 3  # tries for a document that kills its child, or for a fault of ours: more would only repeat it


def as_failures(step: Step) -> Step:
    """Wrap an activity so that every error leaves it as an ApplicationError with the tree's code as its type."""

    @functools.wraps(step)
    async def wrapped(*args: Any) -> Any:
        began, result = time.perf_counter(), "ok"
        try:
            return await step(*args)
        except EditsError as error:
            failure = _failure(error)
            result = "failed" if failure.non_retryable else "retried"
            raise failure from error
        except asyncio.CancelledError:
            result = "cancelled"
            raise
        except Exception as error:
            activity.logger.exception("The step met an error of ours")
            ours = InternalError("Something went wrong on our side; see the worker's log.", error=type(error).__name__)
            failure = _failure(ours)
            result = "failed" if failure.non_retryable else "retried"
            raise failure from error
        finally:
            metrics.STEP.record(time.perf_counter() - began, activity.info().activity_type, result)

    return cast(Step, wrapped)


def _failure(error: EditsError) -> ApplicationError:
    if isinstance(error, InfrastructureError | ModelUnavailable):
        activity.logger.warning("%s: %s %s", error.code, error.message, error.details, exc_info=error)
    # How long an outage is waited out is the workflow's to say: a close is tried until it lands.
    crashed = isinstance(error, EngineCrashed | InternalError) and activity.info().attempt >= CRASHES
    hopeless = crashed and activity.info().activity_type != CLOSE_EDIT
    return ApplicationError(
        error.message,
        error.details or None,
        type=error.code,
        non_retryable=not error.retryable or hopeless,
        next_retry_delay=_asked_delay(error),
        # A user's faulty document is no alarm for whoever is on call.
        category=ApplicationErrorCategory.UNSPECIFIED if error.retryable else ApplicationErrorCategory.BENIGN,
    )


def _asked_delay(error: EditsError) -> timedelta | None:
    """What a model's provider asks for; without it, the workflow's own intervals."""
    seconds = error.details.get("retry_after") if isinstance(error, ModelUnavailable) else None
    return None if seconds is None else min(timedelta(seconds=seconds), LONGEST_DELAY)
