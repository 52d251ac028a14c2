"""Tells until when a task of asyncio sleeps, so that nobody waits for what cannot happen earlier."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any


def wakes_at(task: asyncio.Task[Any]) -> float:
    """Return the time of its loop at which *task* wakes from ``asyncio.sleep``; 0 if it does not sleep."""
    awaited: Any = task.get_coro()
    frame = None
    while inspect.iscoroutine(awaited):
        frame, awaited = awaited.cr_frame, awaited.cr_await
    if frame is None or frame.f_code is not asyncio.sleep.__code__:
        return 0.0
    timers = (each for each in frame.f_locals.values() if isinstance(each, asyncio.TimerHandle))
    return max((each.when() for each in timers), default=0.0)
