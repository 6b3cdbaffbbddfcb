"""Work on many parts side by side: threads, since nearly all of it leaves the interpreter's lock.

Meanwhile linear algebra keeps to one thread each: its own threads would only wait for each other here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

from threadpoolctl import threadpool_limits

T = TypeVar("T")


class Workers:
    """A pool with one thread a core, for the time of a ``with``. Results come in order and do not depend on the number of
    cores."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or cores()

    def __enter__(self) -> Workers:
        self._pool = ThreadPoolExecutor(self.count)
        self._quiet = threadpool_limits(1, user_api="blas")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._quiet.restore_original_limits()

    def each(self, work: Callable[[int], T], numbers: Iterable[int]) -> list[T]:
        """``work`` for each number, in order."""
        return list(self._pool.map(work, numbers))


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
