"""What a receiver says of an event tells whether it takes the event for another's duplicate."""

from __future__ import annotations

import pytest

from telnyx_mock.contract.engine.result import Outcome
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event, kind, payload
from tests.receivers.faults.effects import OncePerParticipant

RULE = "handles-distinct-events"
CALLBACKS = ("texml.conference.participant-join", "texml.conference.participant-leave")
REPORTS = ("message.sent", "message.finalized")


class OncePerForm(OncePerParticipant):
    """It calls a form a duplicate that comes again."""

    def note(self, event: Event) -> str:
        return str(sorted(event.items()))


class OncePerId(OncePerParticipant):
    """It calls an event a duplicate whose data.id it knows."""

    def note(self, event: Event) -> str:
        return str(event["data"]["id"])


class Updates(OncePerParticipant):
    """It keeps one row for each message, and says of later reports that they changed the row."""

    def act(self, event: Event) -> int:
        status = super().act(event)
        self.answer = self.answer.replace(b"duplicate", b"updated")
        return status

    def note(self, event: Event) -> str:
        return str(payload(event).get("id"))


class OncePerMessage(OncePerParticipant):
    """It takes the message for the event."""

    def note(self, event: Event) -> str:
        return str(payload(event).get("id"))


class SaysSoOfEach(OncePerId):
    """It says of each final report whether it could be a duplicate."""

    def act(self, event: Event) -> int:
        status = super().act(event)
        if kind(event) == "message.finalized":
            self.answer = b'{"duplicate": false}'
        return status


@pytest.mark.parametrize(
    ("receiver", "events"),
    [
        (OncePerForm, CALLBACKS),
        (OncePerId, REPORTS),
        (Updates, REPORTS),
        (SaysSoOfEach, REPORTS),
    ],
)
def test_what_comes_again_may_be_called_a_duplicate(
    runner: MakeRunner, receiver: type[OncePerParticipant], events: tuple[str, ...]
) -> None:
    assert not run(runner(receiver, *events), RULE).findings


def test_an_event_is_no_duplicate_of_another_about_the_same_message(runner: MakeRunner) -> None:
    result = run(runner(OncePerMessage, *REPORTS), RULE)
    [finding] = result.findings
    assert result.outcome is Outcome.FAILED
    assert finding.event == "message.finalized"
    assert "was called a duplicate in the answer after message.sent" in finding.message
