"""What reports on one's own messages lead to, and what a refused request takes away."""

from __future__ import annotations

import threading
from collections.abc import Callable

from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Outcome
from tests.receivers.bad_effects import NotesFirst, RepliesToReports
from tests.receivers.correct import Acting, Event, Replying, kind

MakeRunner = Callable[..., Runner]

MESSAGES = ("message.received", "message.finalized")


def test_a_reply_to_each_report_is_a_loop(runner: MakeRunner) -> None:
    [finding] = runner(RepliesToReports, *MESSAGES).run(CONTRACT["no-reply-loop"], "").findings
    assert finding.message == (
        "message.sent about a reply of the receiver's own led to another reply, to the number that "
        "had sent it; so did the report on that one, 3 times in a row."
    )


def test_a_follow_up_whenever_a_message_has_arrived_is_no_loop(runner: MakeRunner) -> None:
    class FollowsUp(Replying):
        replies_to = frozenset(MESSAGES)

        def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
            command = super().command(event)
            if command is None or kind(event) != "message.finalized":
                return command
            path, message = command
            return path, {**message, "from": message["to"], "to": message["from"]}

    made = runner(FollowsUp, *MESSAGES)
    assert made.run(CONTRACT["no-reply-loop"], "").outcome is Outcome.PASSED


def test_a_probe_hides_no_reply_that_a_thread_sends(runner: MakeRunner) -> None:
    rows = []

    class RepliesLater(RepliesToReports):
        def act(self, event: Event) -> int:
            rows.append(kind(event))
            threading.Timer(0.05, super().act, (event,)).start()
            return 200

    made = runner(RepliesLater, *MESSAGES)
    made.equip(lambda: len(rows), made.app_with_keys, made.failover)
    assert made.run(CONTRACT["no-reply-loop"], "").outcome is Outcome.FAILED


def test_who_sends_no_message_is_not_judged(runner: MakeRunner) -> None:
    made = runner(Acting, "call.initiated", *MESSAGES)
    assert made.run(CONTRACT["no-reply-loop"], "").outcome is Outcome.SKIPPED


def test_what_a_refused_request_takes_away_is_said(runner: MakeRunner) -> None:
    [finding] = runner(NotesFirst).run(CONTRACT["handles-event-after-refusal"], "").findings
    assert finding.message == (
        "call.initiated delivered again, as attempt 2, had no effect (200 OK), for a request with "
        "its data.id had been refused before."
    )
