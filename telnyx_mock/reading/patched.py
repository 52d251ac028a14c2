"""Gives a class other methods for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def patched(owner: type[Any], name: str, value: Any) -> Iterator[None]:
    """Let *owner* have *value* as its attribute *name* in the ``with`` block, and no trace after it."""
    had, before = name in vars(owner), vars(owner).get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if had:
            setattr(owner, name, before)
        else:
            delattr(owner, name)
