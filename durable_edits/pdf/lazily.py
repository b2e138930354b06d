"""An attribute that is worked out when it is first asked for.

`functools.cached_property` takes a lock for that until Python 3.12, which costs more than most of what is worked out
here. Two threads that ask at once work out the same value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class lazily(Generic[Owner, Value]):
    def __init__(self, work_out: Callable[[Owner], Value]) -> None:
        self._work_out, self._name = work_out, work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> lazily[Owner, Value]: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner]) -> Value: ...

    def __get__(self, owner: Any, kind: type[Owner]) -> Any:
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._work_out(owner)
        return value
