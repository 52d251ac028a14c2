"""Bytes after an answer are one finding about the server, and no request gets them as its answer."""

from __future__ import annotations

import pytest

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from tests.contract.conftest import MakeRunner, run, run_all
from tests.hostile.server import Asked, Visit, answer
from tests.receivers.behind_socket import BehindSocket
from tests.receivers.correct import Receiver

RULE = "sends-nothing-after-answers"


class AcceptsLate(BehindSocket):
    """It accepts each request in a second answer, a moment after the true one."""

    def _visit(self, visit: Visit) -> None:
        for asked in visit.each():
            visit.send(answer(self._server.judge(asked)))
            visit.wait(0.02)
            visit.send(answer(200))


class AcceptsTwice(BehindSocket):
    """It accepts each request in a second answer, sent together with the true one."""

    def answer(self, asked: Asked, status: int) -> bytes:
        return answer(status) + answer(200)


def test_nothing_follows_the_answers_of_a_correct_receiver(runner: MakeRunner) -> None:
    result = run(runner(BehindSocket, clock=SYSTEM_CLOCK), RULE, "")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_in_process_there_is_no_connection(runner: MakeRunner) -> None:
    result = run(runner(Receiver), RULE, "")
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.NEEDS_CONNECTION)


@pytest.mark.slow
@pytest.mark.parametrize("receiver", [AcceptsTwice, AcceptsLate])
def test_a_second_answer_is_credited_to_no_forgery(
    receiver: type[BehindSocket], runner: MakeRunner
) -> None:
    made = runner(receiver, "call.hangup", clock=SYSTEM_CLOCK, examples=2)
    found = {finding.rule for result in run_all(made) for finding in result.findings}
    assert found == {RULE}
    [finding] = made.found(RULE, made.events[0])
    assert "belong to no answer after one had ended: 'HTTP/1.1 200 Answer" in finding.message
