"""What can go wrong with the local stack. Each message says what to do next."""

from __future__ import annotations


class StackError(Exception):
    """The root."""


class NotMade(StackError):
    """A program could not be fetched or built."""


class NoTemporalServer(StackError):
    """No binary was found, downloaded or built."""


class NoPostgres(StackError):
    """None is installed, or it cannot be set up."""


class ProcessDied(StackError):
    """A process ended before it was told to."""


class NotReady(StackError):
    """A process runs, but did not answer in time."""


class PortTaken(StackError):
    """Somebody else listens there."""


class PromiseBroken(StackError):
    """The demo saw something other than what this project promises."""
