"""A receiver that replies to reports on its own messages is found; one that follows up on them is not."""

from __future__ import annotations

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.engine.rule_runner import Runner
from tests.contract.conftest import MakeRunner, run
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import Acting, Event, Replying, kind
from tests.receivers.faults.effects import RepliesToReports

MESSAGES = ("message.received", "message.finalized")


def outcome(made: Runner) -> Outcome:
    return run(made, "no-reply-loop").outcome


def test_a_follow_up_whenever_a_message_has_arrived_is_no_loop(runner: MakeRunner) -> None:
    class FollowsUp(Replying):
        replies_to = frozenset(MESSAGES)

        def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
            command = super().command(event)
            if command is None or kind(event) != "message.finalized":
                return command
            path, message = command
            return path, {**message, "from": message["to"], "to": message["from"]}

    assert outcome(runner(FollowsUp, *MESSAGES)) is Outcome.PASSED


def test_a_reply_that_a_thread_sends_is_seen_beside_a_probe(
    runner: MakeRunner, clock: VirtualClock
) -> None:
    rows = []

    class RepliesLater(RepliesToReports):
        def act(self, event: Event) -> int:
            rows.append(kind(event))
            clock.start_timer(0.05, lambda: super(RepliesLater, self).act(event))
            return 200

    made = runner(RepliesLater, *MESSAGES, probe=lambda: len(rows))
    assert outcome(made) is Outcome.FAILED


def test_a_receiver_that_sends_no_message_is_not_judged(runner: MakeRunner) -> None:
    result = run(runner(Acting, "call.initiated", *MESSAGES), "no-reply-loop")
    assert result.outcome is Outcome.SKIPPED
    assert result.why is Why.NO_REPLY
