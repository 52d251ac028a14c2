"""Suspicions: what counts only if another simulation, with one difference, confirms it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from telnyx_mock.contract.calls.people import People
from telnyx_mock.contract.calls.stage import Handling, Heard, Stage


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A suspicion about the *invariant*, by id.

    *again* lets the people of the first argument do again what those of the second one did, but for one difference.
    *confirmed* says what that shows, or returns None.
    """

    invariant: str
    again: Callable[[People, People], None]
    confirmed: Callable[[Stage], str | None]


def suspicions(stage: Stage, handling: Handling) -> Iterator[Suspicion]:
    """Yield what *handling* lets suspect."""
    for heard in _commands_for_others(stage, handling):
        yield _mixed(stage, handling, heard)


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
        own, other = stage.legs[handling.call].number, heard.number
        whose = "another call of the same person" if own == other else f"the call of {other}"
        return (
            f"At {handling.name} of {own}, the app sent {name} for {whose}. If {own} calls alone, it sends it "
            "for the right call."
        )

    def again(people: People, others: People) -> None:
        others.alone(handling.session, people)

    return Suspicion("keeps-calls-of-people-apart", again, confirmed)
