"""The simulated telephone network: all legs, virtual time, and the webhooks that are to be sent.

Nothing here waits, sends or starts a thread. Time moves only when somebody asks for the next
webhook, or lets time pass.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.fake_api.history import History
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.placeholders import GeneratedId, IdSource, TimeStyle, generate_values
from telnyx_mock.simulator.leg import Conference, FaxTray, Inbox, Leg, Timer
from telnyx_mock.simulator.parameters import texts
from telnyx_mock.simulator.transcript import Entry, Kind

LATENCY = 0.05
"""How many virtual seconds Telnyx takes to do what a command says."""

_STEP = 0.01
"""The least time between two webhooks, in virtual seconds."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A webhook that is to be sent *at* this virtual time, with these *fields* of its payload.

    *url* is the address that a command named for it, or None for the usual address; *also* are further addresses
    to which it goes. *webhook* is what it
    has become if it is under way already, and *attempt* is the one at which it arrives.
    """

    at: float
    event: str
    fields: Mapping[str, Any]
    url: str | None
    leg: Leg | None
    webhook: Webhook | None = None
    attempt: int = 1
    also: tuple[str, ...] = ()


class Network:
    """The legs of one simulation that have not ended, by ``call_control_id``; ``known`` has those that have ended, too.

    *epoch* is the Unix time at which the virtual time begins. Whoever runs the network empties the
    lists of legs that have ``begun`` and ``ended`` since. ``coded`` are the verifications whose codes have
    arrived. ``entries`` are the transcript. ``watchers``
    hear of each line at once, and of what it is about: a webhook, then its delivery, or a command
    with its answer.
    """

    def __init__(self, epoch: float = 0.0) -> None:
        self.epoch = epoch
        self.now = 0.0
        self.legs: dict[str, Leg] = {}
        self.known: dict[str, Leg] = {}
        self.conferences: dict[str, Conference] = {}
        self.inboxes: dict[str, Inbox] = {}
        self.fax_trays: dict[str, FaxTray] = {}
        self.coded: set[str] = set()
        self.opted_out: set[tuple[str, str]] = set()
        self.queues: dict[str, list[tuple[float, Leg]]] = {}
        self.entries: History[Entry] = History()
        self.watchers: list[Callable[[Entry, object], None]] = []
        self.begun: list[Leg] = []
        self.ended: list[Leg] = []
        self._ids = IdSource()
        self._timers: list[Timer] = []
        self._numbers = itertools.count()
        self._outbox: deque[tuple[str, Leg | None, Mapping[str, Any], str | None]] = deque()
        self._arrived: deque[Outgoing] = deque()
        self._last = -_STEP

    # What the reactions use

    def add(self, leg: Leg) -> None:
        """Let *leg* begin."""
        leg.nth = self.next_nth(leg.number)
        self.legs[leg.call_control_id] = self.known[leg.call_control_id] = leg
        self.begun.append(leg)

    def next_nth(self, number: str) -> int:
        """Return which call of *number* the next one is, of those that go on at the same time."""
        taken = {each.nth for each in self.legs.values() if each.number == number}
        return next(nth for nth in itertools.count(1) if nth not in taken)

    def remove(self, leg: Leg) -> None:
        """Forget *leg*, which has ended."""
        self.legs.pop(leg.call_control_id, None)
        self.ended.append(leg)

    def new_id(self, template: str = "{uuid}") -> str:
        """Return a fresh id of the form that *template* describes."""
        return str(generate_values(GeneratedId("", "new", template), self._ids.example(), 0.0))

    def send(self, event: str, leg: Leg | None, url: str | None = None, **fields: Any) -> None:
        """Send the webhook *event* of *leg*, after those that wait already."""
        self._outbox.append((event, leg, fields, url))

    def arrive(self, outgoing: Outgoing, seconds: float) -> None:
        """Let *outgoing* arrive in so many virtual *seconds*."""
        if seconds > 0:
            self.after(seconds, partial(self._arrived.append, outgoing), None)
        else:
            self._arrived.append(outgoing)

    def arrived(self) -> Outgoing | None:
        """Return the next webhook that has arrived."""
        return self._arrived.popleft() if self._arrived else None

    def after(
        self, seconds: float, action: Callable[[], None], leg: Leg | None, *, awaits: bool = False
    ) -> Timer:
        """Call *action* once so many virtual *seconds* have passed; see :class:`Timer`."""
        timer = Timer(self.now + seconds, next(self._numbers), action, leg, awaits)
        heapq.heappush(self._timers, timer)
        return timer

    def time(self, at: float) -> str:
        """Return the virtual time *at*, as webhooks of calls write it."""
        return TimeStyle.MICROSECONDS.write(self.epoch + at)

    def note(
        self, who: Leg | str, kind: Kind, text: str, detail: str = "", about: object = None
    ) -> Entry:
        """Write a line about a leg or a number into the transcript, and return it."""
        number, nth = (who, 1) if isinstance(who, str) else (who.number, who.nth)
        entry = Entry(self.now, kind, number, text, detail, nth)
        self.entries.append(entry)
        self.tell(entry, about)
        return entry

    def tell(self, entry: Entry, about: object) -> None:
        """Tell the watchers what *entry* is about."""
        for watcher in self.watchers:
            watcher(entry, about)

    def hear(self, leg: Leg, text: str) -> None:
        """Let the person at *leg* hear *text*."""
        leg.heard.append(text)
        self.note(leg, "person", f"hears: {text}")

    def forget_timers(self, leg: Leg) -> None:
        """Cancel all that would still happen on *leg*, and drop what was cancelled before."""
        self._timers = [each for each in self._timers if each.leg is not leg and not each.cancelled]
        heapq.heapify(self._timers)

    # What moves time

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happens until a person does something, or lets time pass."""
        return not self._is_due and not any(not timer.awaits for timer in self._pending())

    def next(self) -> Outgoing | None:
        """Return the next webhook. Time passes until then; return None if it awaits a person."""
        while not self._is_due:
            if not any(not timer.awaits for timer in self._pending()):
                return None
            self._fire()
        return self.arrived() or self._finished(*self._outbox.popleft())

    def until(self, moment: float) -> Outgoing | None:
        """Return the next webhook before *moment*; None if time has passed until then without any."""
        while not self._is_due:
            first = next(self._pending(), None)
            if first is None or first.at > moment:
                self.now = max(self.now, moment)
                return None
            self._fire()
        return self.arrived() or self._finished(*self._outbox.popleft())

    def patience_of(self, leg: Leg) -> float | None:
        """Return the moment until which something awaits the person at *leg*; None if nothing does."""
        waits = [timer.at for timer in self._pending() if timer.awaits and timer.leg is leg]
        return min(waits, default=None)

    @property
    def _is_due(self) -> bool:
        return bool(self._arrived or self._outbox)

    def _pending(self) -> Iterator[Timer]:
        """Yield the timers that will fire, the first one first."""
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        if self._timers:
            yield self._timers[0]
            yield from (timer for timer in self._timers[1:] if not timer.cancelled)

    def _fire(self) -> None:
        timer = heapq.heappop(self._timers)
        self.now = max(self.now, timer.at)
        timer.action()

    def _finished(
        self, event: str, leg: Leg | None, fields: Mapping[str, Any], url: str | None
    ) -> Outgoing:
        self.now = self._last = max(self.now, self._last + _STEP)
        if leg is None:
            return Outgoing(self.now, event, fields, url, None)
        known = {
            "call_control_id": leg.call_control_id,
            "call_leg_id": leg.call_leg_id,
            "call_session_id": leg.call_session_id,
            "connection_id": leg.connection_id,
            "client_state": leg.client_state,
            "from": leg.from_,
            "to": leg.to,
            "start_time": self.time(leg.began),
            "calling_party_type": "sip" if "@" in leg.from_ else "pstn",
        }
        declared = _declared(event)
        made = {name: value for name, value in known.items() if name in declared}
        named = texts(leg.webhook_urls, event)
        first = named[0] if named else url or leg.webhook_url
        return Outgoing(self.now, event, {**made, **fields}, first, leg, also=tuple(named[1:]))


@cache
def _declared(event: str) -> frozenset[str]:
    return frozenset(member.name for member in find(event).payload.fields)
