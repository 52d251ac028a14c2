"""How a receiver's effects are seen: the commands it sends to Telnyx, and what a probe reads back.

Commands that only read (GET, HEAD) are no effects. A command that repeats the ``command_id`` of an
earlier one is no second effect: Telnyx carries it out once in 60 seconds
(https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from telnyx_mock.contract.engine.probe import snapshot
from telnyx_mock.contract.engine.rule import Skipped
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.command import Command
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.placeholders import IdSource, generate_values
from telnyx_mock.transports.event_loop import busy_threads

if TYPE_CHECKING:
    from telnyx_mock.contract.engine.campaign import Campaign

__all__ = [
    "CALM",
    "HOW_TO_PROBE",
    "LATE",
    "PATIENT",
    "Effects",
    "acting",
    "has_effect",
    "observe",
    "observe_until_idle",
    "related",
    "wait_until_idle",
]

T = TypeVar("T")

LATE = 0.75
"""Seconds in which the effect of a webhook shows, even where it is left to a thread."""

PATIENT = 5.0
"""Seconds in which an effect shows even of a worker that looks for work now and then."""

CALM = 1.5
"""Seconds in which nothing happens, not even by such a worker, when all that was sent is done."""

FIRST_LOOK = 0.5
"""Seconds in which anything must show that webhooks led to, for it to be looked at closely."""

UNREST = 10.0
"""Seconds after which a receiver that is never quiet is taken to act without any webhook."""

HOW_TO_PROBE = (
    "Give a probe, a function that returns what the work of your app shows in (rows, a counter): "
    "a fixture telnyx_probe, --probe MODULE:FUNCTION, or an address to read back"
)

_MOST = 3
"""How many events of a family are tried; more would show the same."""

_IDS = IdSource()


@dataclass(frozen=True, slots=True)
class Effects:
    """What a receiver did: the *commands* it sent, and whether what the probe reads *changed*.

    *growth* is by how much that grew, where it is a number or has a length.
    """

    commands: tuple[Command, ...] = ()
    changed: bool = False
    growth: int = 0

    def __bool__(self) -> bool:
        return bool(self.commands) or self.changed

    def beyond(self, earlier: Effects) -> Effects:
        """These effects without the commands that repeat an id of *earlier* ones."""
        known = {command.command_id for command in earlier.commands} - {None}
        commands = tuple(each for each in self.commands if each.command_id not in known)
        return replace(self, commands=commands)

    def exceeds(self, usual: Effects) -> bool:
        """Whether there is more of anything than in the *usual* effects, and more than one of it."""
        return self.growth > usual.growth > 0 or any(
            count > max(1, usual.counted()[name]) for name, count in self.counted().items()
        )

    def counted(self) -> Counter[str]:
        """How many commands of each name; those with the same id count once."""
        told = {
            (command.name, command.command_id or number)
            for number, command in enumerate(self.commands)
        }
        return Counter(name for name, _ in told)

    def words(self) -> str:
        """What happened, in a few words."""
        names = dict.fromkeys(command.name for command in self.commands)
        happened = [f"the receiver sent the command {' and '.join(names)}"] if names else []
        happened += ["what the probe reads changed"] if self.changed else []
        return " and ".join(happened)


def observe(
    campaign: Campaign,
    send: Callable[[], T],
    *,
    seconds: float = 0.0,
    until_seen: bool = False,
    probed: bool = True,
) -> tuple[T, Effects]:
    """What *send* returns, and what the receiver does because of it.

    Work on an event loop is waited for. What goes on in threads cannot be: it is given *seconds*,
    or less if it may end as soon as anything is seen. So what is seen may be of an earlier webhook,
    unless the receiver :func:`is_quiet` before. The probe is asked only if *probed*.
    """
    probe = campaign.probe if probed else None
    start, before = len(campaign.emulator.api.commands), snapshot(probe)
    sent = send()
    deadline = time.perf_counter() + seconds
    while True:
        idle = probe is None and _is_idle(campaign)  # asked first: the last thread may end now
        commands = tuple(
            command
            for command in campaign.emulator.api.commands[start:]
            if command.method not in ("GET", "HEAD")
        )
        after = snapshot(probe)
        effects = Effects(commands, after != before, _size(after) - _size(before))
        if idle or (until_seen and effects) or time.perf_counter() >= deadline:
            return sent, effects
        time.sleep(0.01)


def observe_until_idle(campaign: Campaign, send: Callable[[], T]) -> tuple[T, Effects]:
    """What *send* returns, and all that the receiver does because of it, though it be done late.

    This takes its time, so it is for what would be a finding otherwise. The receiver must be quiet
    before.
    """

    def send_and_wait() -> T:
        sent, effects = observe(campaign, send, seconds=PATIENT, until_seen=True)
        if effects:
            wait_until_idle(campaign)
        return sent

    return observe(campaign, send_and_wait)


def _is_idle(campaign: Campaign) -> bool:
    """Whether nothing is left that could send a command: the app in this process has no thread."""
    callers = (threading.main_thread(), threading.current_thread())
    others = [thread for thread in threading.enumerate() if thread not in callers]
    return campaign.emulator.receiver.in_process and not busy_threads(others)


def wait_until_idle(campaign: Campaign, *, probed: bool = True) -> bool:
    """Wait until nothing more comes of what was sent before; whether it came to that."""
    end = time.perf_counter() + UNREST
    while time.perf_counter() < end:
        if not _shown_later(campaign, CALM, probed=probed):
            return True
    return False


def _shown_later(campaign: Campaign, seconds: float, *, probed: bool = True) -> Effects:
    """The first of what shows in the next *seconds*, though nothing is sent."""
    return observe(campaign, _nothing, seconds=seconds, until_seen=True, probed=probed)[1]


def _nothing() -> None:
    """Send nothing."""


def _size(state: object) -> int:
    """How much there is in a snapshot; 0 where it is neither a number nor a collection."""
    if isinstance(state, int):
        return state
    return len(state) if isinstance(state, list | tuple | set | frozenset | dict) else 0


def acting(campaign: Campaign) -> Mapping[str, tuple[Event, ...]]:
    """By family, events whose genuine webhooks have an effect that can be seen.

    They are found out once in a run. Raises NotSelected where there are none.
    """
    if campaign.acting is None:
        campaign.acting = _found_acting(campaign)
    if not campaign.acting:
        if _can_be_seen(campaign):
            campaign.require_told(filter(_is_numbered, campaign.events))
        raise Skipped(
            f"what webhooks lead to: no effect of any can be seen. {HOW_TO_PROBE}"
            if campaign.probe is None
            else "what webhooks lead to: none of them changed what the probe reads"
        )
    return campaign.acting


def _can_be_seen(campaign: Campaign) -> bool:
    return campaign.probe is not None or campaign.emulator.receiver.in_process


def _found_acting(campaign: Campaign) -> dict[str, tuple[Event, ...]]:
    if not _can_be_seen(campaign):
        return {}
    if snapshot(campaign.probe) != snapshot(campaign.probe):
        raise UsageError(
            "The probe returns another snapshot each time, though nothing was sent in between; "
            "it must return plain data that only changes with the work of the app."
        )
    if not wait_until_idle(campaign):
        raise Skipped("what webhooks lead to: the receiver acts all the time, whatever comes")
    start = len(campaign.emulator.api.commands)
    found, calls = _seen_to_act(campaign)
    late = _shown_later(campaign, FIRST_LOOK)
    if late:
        wait_until_idle(campaign)
    elif not any(found.values()):
        return {}
    for command in campaign.emulator.api.commands[start:]:
        owner = calls.get(command.call_control_id)
        if owner is not None and owner not in found[owner.family]:
            found[owner.family].append(owner)
    # What comes late may be of another event than it seems, so each is tried by itself.
    few = {name: list(_judgeable(campaign, name)) for name in found}
    for candidates in (found, few):
        confirmed = {
            name: tuple(
                event
                for event in sorted(events, key=campaign.events.index)[:_MOST]
                if has_effect(campaign, event)
            )
            for name, events in candidates.items()
        }
        if any(confirmed.values()):
            return {name: events for name, events in confirmed.items() if events}
    return {}


def has_effect(campaign: Campaign, event: Event) -> bool:
    """Whether the sample of *event* has an effect, late or not; nothing more comes of it then."""
    _, effects = observe(campaign, partial(campaign.send, sample(event.name)))
    if not effects:
        effects = _shown_later(campaign, LATE)
        if effects:
            wait_until_idle(campaign)
    return bool(effects)


def _seen_to_act(campaign: Campaign) -> tuple[dict[str, list[Event]], dict[str | None, Event]]:
    """Events after which something showed, some of each family; and for each call, its event."""
    found: dict[str, list[Event]] = {event.family: [] for event in campaign.events}
    calls: dict[str | None, Event] = {}
    for name, of_family in found.items():
        for event in _judgeable(campaign, name):
            if len(of_family) == _MOST:
                break
            webhook = sample(event.name).fresh()
            delivery, effects = observe(campaign, partial(campaign.send, webhook))
            own = any(
                command in delivery.commands or command.call_control_id not in calls
                for command in effects.commands
            )
            if own or effects.changed:
                of_family.append(event)
            calls[str(webhook.payload.get("call_control_id"))] = event
    return found, calls


def _judgeable(campaign: Campaign, family: str) -> Iterator[Event]:
    """The events of *family* whose samples are accepted, and whose repeats can be told."""
    for event in campaign.events:
        if event.family == family and _is_numbered(event) and campaign.accepts(event):
            yield event


def _is_numbered(event: Event) -> bool:
    """Whether each webhook of *event* has an id of its own, by which a repeat can be told."""
    if event.content_type is not ContentType.JSON:
        return False
    data = sample(event.name).body.get("data")
    return isinstance(data, Mapping) and "id" in data


def related(events: Iterable[Event], now: float) -> list[Webhook]:
    """Webhooks of one call, message or fax: the ids in their payloads agree, their own do not.

    *now* is in Unix seconds.
    """
    example = _IDS.example()
    webhooks = []
    for event in events:
        body: Any = generate_values(sample(event.name).body, example, now)
        own = sample(event.name).fresh(now).body["data"]["id"]
        webhooks.append(
            Webhook(event, {**body, "data": {**body["data"], "id": own}}, generated=True)
        )
    return webhooks
