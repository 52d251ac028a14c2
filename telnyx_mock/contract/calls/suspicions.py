"""Suspicions: what counts only if another simulation, with one difference, confirms it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from telnyx_mock.contract.calls.checks import PLAYS
from telnyx_mock.contract.calls.people import APP, People
from telnyx_mock.contract.calls.stage import Handling, Heard, Stage
from telnyx_mock.contract.engine.machine_load import require_free_machine
from telnyx_mock.contract.engine.reason import Inconclusive
from telnyx_mock.simulator.commands import SENDS
from telnyx_mock.simulator.parameters import texts
from telnyx_mock.simulator.transcript import telephone

CALLS_OR_WRITES = frozenset(("transfer", "dial", *SENDS))
"""The commands that reach somebody by a number."""

OTHER_APP = "+13125550188"
"""Another number of the app."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A suspicion about the *invariant*, by id.

    *again* lets the people of the first argument do again what those of the second one did, but for one difference.
    *confirmed* says what that shows, or returns None. If there is a *key*, one look is enough for all with this key. What
    *is_slow* to show is shown once.
    """

    invariant: str
    again: Callable[[People, People], None]
    confirmed: Callable[[Stage], str | None]
    key: tuple[str, ...] | None = None
    is_slow: bool = False


def suspicions(stage: Stage, handling: Handling) -> Iterator[Suspicion]:
    """Yield what *handling* lets suspect, but for a late answer."""
    for heard in _commands_for_others(stage, handling):
        yield _mixed(stage, handling, heard)
    for heard in handling.heard:
        if _is_for_person(handling, heard):
            yield _for_machines(handling, heard)
        if heard.command.name in CALLS_OR_WRITES and APP in texts(heard.command.parameters, "to"):
            yield _own_number(handling, heard)


def _seconds(handling: Handling) -> float:
    return max((attempt.elapsed for attempt in handling.attempts), default=0.0)


def late_answer(handling: Handling, deadline: float) -> Suspicion | None:
    """Suspect that the app, and not this machine, is slow: it is slow again, although nothing disturbs it."""
    if _seconds(handling) <= deadline:
        return None

    def confirmed(other: Stage) -> str | None:
        again = [_seconds(each) for each in other.handlings if each.name == handling.name]
        if max(again, default=0.0) <= deadline:
            return None
        try:
            require_free_machine(other.clock, other.patience)
        except Inconclusive:
            return None
        return (
            f"{handling.name} was answered after {_seconds(handling):.1f} s, and in the same call again after "
            f"{max(again):.1f} s."
        )

    def again(people: People, others: People) -> None:
        others.again(people, failing=True)

    return Suspicion("answers-while-telnyx-waits", again, confirmed, is_slow=True)


def _commands_for_others(stage: Stage, handling: Handling) -> Iterator[Heard]:
    """Yield each command for another person's call, while the one whom *handling* is about got no such command."""
    if handling.before is not None or handling.call not in stage.legs:
        return
    own = {heard.command.name for heard in handling.heard if _is_in(heard, handling.session)}
    for heard in handling.heard:
        leg = heard.leg
        if leg is None or not heard.counts or _is_in(heard, handling.session):
            continue
        others = leg.direction == "incoming" and handling.call not in heard.command.texts()
        if others and heard.command.name not in own:
            yield heard


def _is_in(heard: Heard, session: str) -> bool:
    return heard.leg is not None and heard.leg.call_session_id == session


def _mixed(stage: Stage, handling: Handling, heard: Heard) -> Suspicion:
    """Suspect that the command went to the wrong call: the person alone gets it for the right one."""
    name = heard.command.name

    def confirmed(alone: Stage) -> str | None:
        if not any(
            each.name == handling.name
            and command.command.name == name
            and command.counts
            and command.command.call == each.call
            for each in alone.handlings
            for command in each.heard
        ):
            return None
        leg = stage.legs[handling.call]
        own, other = telephone(leg), heard.number
        is_same = heard.leg is not None and heard.leg.number == leg.number
        whose = f"{other}, another call of the same person" if is_same else f"the call of {other}"
        return (
            f"At {handling.name} of {own}, the app sent {name} for {whose}. If {own} calls alone, it sends it "
            "for the right call."
        )

    def again(people: People, others: People) -> None:
        others.again(people, session=handling.session)

    return Suspicion("keeps-calls-of-people-apart", again, confirmed)


def _is_for_person(handling: Handling, heard: Heard) -> bool:
    """Whether *heard* plays something to a person, because detection says that it is one."""
    return (
        handling.name.endswith(".detection.ended")
        and str(handling.webhook.payload.get("result")).startswith("human")
        and heard.command.name in PLAYS
        and heard.command.call == handling.call
        and heard.counts
    )


def _for_machines(handling: Handling, heard: Heard) -> Suspicion:
    """Suspect that the app plays the same to a machine, at the same webhook."""
    wanted = _words(heard)

    def confirmed(other: Stage) -> str | None:
        results = [
            each.webhook.payload["result"]
            for each in other.handlings
            for command in each.heard
            if each.name == handling.name and _words(command) == wanted
        ]
        if "machine" not in results:
            return None
        result = handling.webhook.payload["result"]
        return (
            f"At {handling.name} with result {result!r}, the app sent the same {heard.command.name} as with "
            "result 'machine'."
        )

    def again(people: People, others: People) -> None:
        others.again(people, instead={"answer": "answer_as_machine"})

    return Suspicion("tells-people-from-machines", again, confirmed, ("machine", *wanted))


def _words(heard: Heard) -> tuple[str, ...]:
    given = heard.command.parameters
    return heard.command.name, *(
        str(given.get(each)) for each in ("payload", "audio_url", "media_name")
    )


def _own_number(handling: Handling, heard: Heard) -> Suspicion:
    """Suspect that the app calls whichever number of its own was called, and not a number that is always the same."""
    name = heard.command.name

    def confirmed(other: Stage) -> str | None:
        if not any(
            each.command.name == name and OTHER_APP in texts(each.command.parameters, "to")
            for handling in other.handlings
            for each in handling.heard
        ):
            return None
        return f"At {handling.name}, the app sent {name} to {APP}, its own number, which this person had called or written to."

    def again(people: People, others: People) -> None:
        people.app = OTHER_APP
        others.again(people)

    return Suspicion("calls-others-not-itself", again, confirmed, ("itself", name, handling.name))
