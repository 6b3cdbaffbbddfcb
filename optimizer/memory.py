"""Memory that a step needed on its way goes back to the system before the next step begins."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Ask the allocators of Arrow and of the C library to return what is free.

    They keep it otherwise: what the pieces of a large table needed would stay beside the solver. Where the C library has no
    ``malloc_trim`` (it is glibc's own) only Arrow is asked.
    """
    pa.default_memory_pool().release_unused()
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)
