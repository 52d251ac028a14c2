"""What the receiver reads of each event: recorded in deliveries of their own, which judge nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from telnyx_mock.contract.effects.effects_observer import Observer
from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.lines_run import Lines, lines_run
from telnyx_mock.contract.engine.reason import Blocked, Inconclusive, Skipped, Why
from telnyx_mock.delivery import Delivery
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.generation.goals import coverage_goals
from telnyx_mock.payload.paths import is_within
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.reading.models import Models
from telnyx_mock.reading.read import EventReads, Manner, Read
from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.reading.recording import recording
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.transports.own_code import is_library

TURNED_OFF = "It was turned off with --no-reads."
OTHER_PROCESS = "It can be seen only of an app in this process."
NOT_ACCEPTED = "The receiver does not accept the sample."
OTHERWISE = "The app answered otherwise ({answer}) while its reads were recorded."
NOT_PARSED = "The app did not parse the body, or not with a parser whose reads can be recorded."

FEW = 4
"""How many events of a run stand for all of whose payloads the receiver reads nothing."""

MOST_CASES = 3
"""How many webhooks of an event are recorded beside its sample, if the app reads a word of a set."""

EVENT_TYPE = "data.event_type"
ENVELOPE = frozenset({"data", "data.id", "data.record_type", "data.payload", EVENT_TYPE})
"""Members that say which event it is, and not what happened."""

VALIDATORS = ("pydantic", "msgspec", "marshmallow", "cattrs", "attrs", "dacite", "jsonschema")
"""Packages that look at members in ways that cannot be recorded."""


def _nothing(_: Event) -> None:
    """Look at nothing."""


class Seen(NamedTuple):
    """What an app does at a webhook: the *reads*, the *lines* that run, and whether it *accepted* it."""

    reads: frozenset[Read]
    lines: frozenset[tuple[str, int]]
    accepted: bool

    def shares(self, other: Seen | None) -> bool:
        """Whether the app does some of it at the *other* webhook, too."""
        return other is not None and bool(self.reads & other.reads or self.lines & other.lines)


@dataclass(slots=True)
class Readings:
    """What the receiver of *baseline* reads of the events that it accepts. Each is recorded once.

    If the app reads a word by which cases differ, such as a direction, other words are recorded, too.

    The *observer* knows whether the app has threads, which may read later. *mentions* tells whether the
    code has a word: such a word is recorded first.

    *look_in_calls* is called before mutations of an event: it may find that they must follow the beginning
    of its call, and :meth:`add` what is read there.

    *new* has the events since somebody last took them; none if the run can record nothing at all.
    """

    baseline: Baseline
    observer: Observer
    mentions: Callable[[str], bool]
    look_in_calls: Callable[[Event], None] = _nothing
    new: list[EventReads] = field(default_factory=list)
    _known: dict[str, EventReads] = field(default_factory=dict)
    _lines: dict[str, Lines] = field(default_factory=dict)
    _validates: bool | None = None
    _has_threads: bool = False
    _models: Models | None = None

    def of(self, event: Event) -> EventReads:
        """Return what the receiver reads of the sample of *event*.

        Raises the errors of :meth:`Baseline.sample_of`.
        """
        if event.name not in self._known:
            known = self._known[event.name] = self._record(event)
            if known.off not in (TURNED_OFF, OTHER_PROCESS):
                self.new.append(known)
        return self._known[event.name]

    @contextmanager
    def in_a_row(self) -> Iterator[None]:
        """Leave what takes long to change as it is from one recording to the next, in the block.

        Call :meth:`end_row` before each delivery that is not recorded.
        """
        self._models = Models()
        try:
            yield
        finally:
            self.end_row()
            self._models = None

    def end_row(self) -> None:
        """Put everything back, so that the app does not notice that others were recorded."""
        if self._models is not None:
            self._models.restore()

    def more_in(self, webhook: Webhook) -> Seen | None:
        """Return what the app does at *webhook* that it does not at the sample alone; None if nothing.

        *webhook* is one of a call whose beginning the app has seen.
        """
        alone = self.of(webhook.event)
        recorder, delivery, lines = self._send(webhook)
        reads = frozenset(recorder.reads).difference(alone.reads)
        lines -= self._lines.get(webhook.name, set())
        more = Seen(reads if alone.known else frozenset(), frozenset(lines), delivery.accepted)
        return more if more.reads or more.lines else None

    def add(self, event: Event, more: Seen) -> None:
        """Note that the app reads *more* of *event*, at least in a call that it knows."""
        known = self._known[event.name]
        if more.reads:
            self._known[event.name] = replace(
                known, reads=tuple(dict.fromkeys((*known.reads, *more.reads)))
            )
            self.new.append(self._known[event.name])

    def take_new(self) -> tuple[EventReads, ...]:
        """Return what was recorded since the last call."""
        taken, self.new = tuple(self.new), []
        return taken

    def needed(self, event: Event) -> frozenset[str]:
        """Return the members of *event* that the app reads without a default."""
        reads = self.of(event).reads
        return frozenset(each.member for each in reads if each.manner is Manner.NEEDED)

    def unread(self, event: Event, paths: Iterable[str]) -> frozenset[str]:
        """Return those *paths* of *event* where the app evidently reads nothing; none if it may read all.

        It may read all of an object in the payload that it asked for, if it was not seen to ask for
        members in it.
        """
        if self.baseline.settings.thorough:
            return frozenset()
        reads = self.of(event).reads
        if not reads or self._may_read_more():
            return frozenset()
        members = {read.member for read in reads}
        around = {path for member in members for path in _around(member)}
        whole = {read.member for read in reads if read.manner is Manner.ALL}
        whole |= members - around - ENVELOPE
        return frozenset(
            path
            for path in paths
            if path not in members | around
            and not any(not each or is_within(path, each) for each in whole)
        )

    def require_payload_read(self, event: Event) -> None:
        """Raises Skipped if the receiver reads nothing of the payload of *event*, and others stand for it.

        What the payload says then makes no difference to the receiver. A thorough run requires nothing.
        """
        self.look_in_calls(event)
        if self.baseline.settings.thorough or not self._ignores_payload(event):
            return
        ignored = []
        for each in self.baseline.events:
            if each is event:
                break
            with suppress(Inconclusive):
                if self.baseline.accepts(each) and self._ignores_payload(each):
                    ignored.append(each)
            if len(ignored) == FEW:
                raise Skipped(Why.PAYLOAD_NOT_READ, event.name)

    def _ignores_payload(self, event: Event) -> bool:
        """Whether the app evidently looks at the type of *event*, and at nothing of its payload."""
        reads = self.of(event).reads
        members = {read.member for read in reads}
        if not EVENT_TYPE in members <= ENVELOPE or Manner.ALL in {read.manner for read in reads}:
            return False
        return not self._may_read_more()

    def _may_read_more(self) -> bool:
        """Whether the app may read what cannot be recorded."""
        if self._validates is None:
            self._validates = _app_validates()
        return self._validates or self._has_threads

    def _record(self, event: Event) -> EventReads:
        sender = self.baseline.sender
        if sender.settings.no_reads:
            return EventReads(event.name, off=TURNED_OFF)
        if not sender.emulator.receiver.in_process or sender.settings.forgeries_only:
            return EventReads(event.name, off=OTHER_PROCESS)
        try:
            usual = self.baseline.sample_of(event)
        except Blocked:
            return EventReads(event.name, off=NOT_ACCEPTED)
        if not usual.accepted:
            return EventReads(event.name, off=NOT_ACCEPTED)
        recorder, delivery, lines = self._send(sample(event.name))
        self._lines[event.name] = lines
        if delivery.status != usual.status:
            return EventReads(event.name, off=OTHERWISE.format(answer=delivery.answer()))
        if not recorder.parsed:
            return EventReads(event.name, off=NOT_PARSED)
        reads = dict.fromkeys(recorder.reads)
        for webhook in self._cases(event, {read.member for read in recorder.reads}):
            other, delivery, more = self._send(webhook)
            lines |= more
            if delivery.status == usual.status:
                reads |= dict.fromkeys(other.reads)
        return EventReads(event.name, tuple(reads))

    def _cases(self, event: Event, members: set[str]) -> tuple[Webhook, ...]:
        """Return a few webhooks of *event* with other words in the *members* by which the app decides."""
        if members <= ENVELOPE:  # each has one word in all webhooks of an event
            return ()
        goals = tuple(
            goal
            for goal in coverage_goals(event)
            if goal.path in members and goal.what in ("value", "case")
        )
        named = [goal for goal in goals if self.mentions(str(goal.value))]
        others = [goal for goal in goals if goal not in named]
        if not goals:
            return ()
        accepted = self.baseline.accepted_products(event)
        return each_choice(accepted, named, others)[:MOST_CASES]

    def _send(self, webhook: Webhook) -> tuple[Recorder, Delivery, Lines]:
        sender = self.baseline.sender
        emulator = sender.emulator
        request = emulator.request(webhook if webhook.generated else sender.placed(webhook))
        is_form = webhook.event.content_type is ContentType.FORM
        recorder = Recorder(request.body, is_form=is_form)
        with recording(recorder, self._models), lines_run() as lines:
            delivery = sender.send_apart(request)
            emulator.wait_until_idle()
            if not self.observer.is_alone:
                self._has_threads = True
                emulator.clock.sleep(self.observer.patience.effect_at_once)
        return recorder, delivery, lines


def _around(path: str) -> Iterator[str]:
    """Yield the paths of the objects and lists that *path* is in."""
    yield from (path[: found.start()] for found in re.finditer(r"\.|\[\]", path))


def _app_validates() -> bool:
    """Whether a module of the app itself uses one of the VALIDATORS."""
    for module in [*sys.modules.values()]:
        file = getattr(module, "__file__", None)
        if file and not is_library(file):
            for value in [*vars(module).values()]:
                name = getattr(value, "__module__", None) or getattr(value, "__name__", None)
                if isinstance(name, str) and name.partition(".")[0] in VALIDATORS:
                    return True
    return False
