"""Intercepts the app's calls to Telnyx during a whole run, until the app's threads are done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from telnyx_mock.fake_api import FakeApi
from telnyx_mock.fake_api.interceptors import Interceptors
from telnyx_mock.transports.event_loop import busy_threads


@contextmanager
def intercepting(api: FakeApi) -> Iterator[Interceptors]:
    """Return interceptors. Once they are open, they stay in place until the app's threads are done.

    A thread of the app may run longer than the check that started it, and so may its calls to
    Telnyx.
    """
    interceptors, before = Interceptors(api), threading.enumerate()
    try:
        yield interceptors
    finally:
        started = [thread for thread in threading.enumerate() if thread not in before]
        if interceptors.is_open and (unfinished := busy_threads(started)):
            threading.Thread(
                target=_close_after, args=(unfinished, interceptors), daemon=True
            ).start()
        else:
            interceptors.close()


def _close_after(threads: list[threading.Thread], interceptors: Interceptors) -> None:
    for thread in threads:
        thread.join()
    interceptors.close()
