"""Spares the garbage collector the objects that an app made when it was loaded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_alone() -> Iterator[None]:
    """Let the garbage collector pass over all that exists now, until the end of the ``with`` block.

    An app with the official SDK has half a million objects. A full collection goes over all of them,
    which takes as long as a hundred deliveries, and a run has several. If the caller spared objects
    before, nothing changes.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
