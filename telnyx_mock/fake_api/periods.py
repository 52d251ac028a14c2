"""Tells which test a command belongs to: the test that runs, or an earlier test if it comes late.

A period lasts from the binding of a receiver until its end, and is usually one test. A late command
never counts for another period. What tells it apart, in this order:

- an id: the command names a call or a message of an earlier webhook, and none of this period;
- where it runs: the main thread, a thread that started in this period, and a task that the test
  started work for this period;
- an older thread works for an earlier period as long as this one has no webhook, or if it came from
  its start to this command without any loop, so that it cannot have taken up new work.

An older thread that takes up new work, without an id in its commands, is believed to work for this
period.
"""

from __future__ import annotations

import contextvars
import dis
import sys
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from weakref import WeakKeyDictionary

from telnyx_mock.fake_api.history import Latest
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.json_values import texts_in
from telnyx_mock.schema.placeholders import GeneratedId

_UNREAD = 250
"""The number of webhooks whose ids are read only when a command comes."""

_CLIENTS = frozenset(
    ("telnyx_mock", "telnyx", "httpx", "httpcore", "respx", "requests", "responses", "urllib3")
)
"""The packages whose loops are between the app's code and its command."""

_PERIOD: contextvars.ContextVar[Period | None] = contextvars.ContextVar(
    "telnyx_mock_period", default=None
)


@dataclass(frozen=True, slots=True, eq=False)
class Period:
    """One period; *about* is the name of its test, or empty.

    A test *is_between* the periods if it begins none.
    """

    about: str
    is_between: bool = False


class Periods:
    """The periods of one fake API. It has none until :meth:`begin` is called.

    *between* is the name of the test that runs between two periods, without beginning one.
    """

    def __init__(self) -> None:
        self.current: Period | None = None
        self.between = ""
        self._token: contextvars.Token[Period | None] | None = None
        self._latest: Period | None = None
        self._latest_used: Period | None = None
        self._starter = threading.main_thread()
        self._older: WeakKeyDictionary[threading.Thread, Period | None] = WeakKeyDictionary()
        self._unread: deque[tuple[Period, Webhook]] = deque(maxlen=_UNREAD)
        self._period_of: Latest[Period] = Latest()
        self._lock = threading.Lock()

    def begin(self, about: str) -> None:
        """Begin a period; the last one has ended."""
        for thread in threading.enumerate():
            if thread not in self._older:
                self._older[thread] = self._latest
        self._starter = threading.current_thread()
        self.current = self._latest = Period(about)
        self._token = _PERIOD.set(self.current)

    def join(self) -> None:
        """Let threads and tasks that the caller starts from now on work for this period.

        An async test runs in a context of its own, in which the period did not begin.
        """
        _PERIOD.set(self.current)

    def end(self) -> None:
        """End the period. All commands are late until the next one begins."""
        self.current = None
        if self._token is not None:
            with suppress(ValueError):  # it ends in another context than it began in
                _PERIOD.reset(self._token)
        self._token = None

    def note(self, webhook: Webhook) -> None:
        """Note that the test made *webhook*, with its ids, in this period."""
        if self.current is not None:
            self._latest_used = self.current
            self._unread.append((self.current, webhook))

    def note_id(self, id_: str) -> None:
        """Note an id that an answer of the fake API told the app."""
        if self.current is not None:
            with self._lock:
                self._add(id_, self.current)

    def late(self, texts: Iterable[str] = ()) -> Period | None:
        """Return the period to which a command of the calling thread belongs, if it comes late.

        *texts* are all texts of the command, among which ids may be.
        """
        if self._latest is None:
            return None
        found = self._named(texts)
        if found is not None:
            return None if found is self.current else found
        thread = threading.current_thread()
        before = self._latest_used or self._latest
        if self.current is None and thread is threading.main_thread() and self.between:
            return Period(self.between, is_between=True)
        if self.current is None:
            return self._started_in(thread) if _came_straight() else before
        at_work = (threading.main_thread(), self._starter)
        if thread in at_work or thread not in self._older or _PERIOD.get() is self.current:
            return None
        if self._latest_used is not self.current:
            return before
        return self._started_in(thread) if _came_straight() else None

    def _started_in(self, thread: threading.Thread) -> Period | None:
        return self._older.get(thread, self._latest)

    def _named(self, texts: Iterable[str]) -> Period | None:
        """Return the last period to whose webhooks an id among *texts* belongs, or None."""
        with self._lock:
            while self._unread:
                period, webhook = self._unread.popleft()
                for text in texts_in(webhook.body):
                    if isinstance(text, GeneratedId):
                        self._add(text, period)
            named = {self._period_of[text] for text in texts if text in self._period_of}
        if self.current in named or not named:
            return self.current if named else None
        return named.pop()

    def _add(self, id_: str, period: Period) -> None:
        self._period_of.pop(id_, None)  # so that it counts as new, and is forgotten late
        self._period_of[str(id_)] = period


def _came_straight() -> bool:
    """Whether the thread came from its start to this call without any loop in the app's code."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        root = frame.f_globals.get("__name__", "").partition(".")[0]
        if root not in _CLIENTS and _is_in_loop(frame):
            return False
        frame = frame.f_back
    return True


def _is_in_loop(frame: FrameType) -> bool:
    return any(
        "JUMP_BACKWARD" in step.opname
        and not step.opname.endswith("NO_INTERRUPT")  # the loop of every await
        and step.argval <= frame.f_lasti <= step.offset
        for step in dis.get_instructions(frame.f_code)
    )
