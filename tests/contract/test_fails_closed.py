"""A receiver that can be made again must let nothing in while its public key is missing or wrong."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from nacl.signing import VerifyKey

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.severity import Severity
from tests.conftest import Snapshot
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Headers, Receiver
from tests.receivers.faults.keys import DecodesLate, OpenWithoutKey


class OpenWithOddKey(Receiver):
    """It goes on without verification where its key cannot be read."""

    def __init__(self) -> None:
        try:
            super().__init__()
        except ValueError:
            self.key = None

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return self.key is None or super().is_signed(message, signature)


class Unavailable(Receiver):
    """It starts without a key, and asks for a later delivery of everything."""

    def __init__(self) -> None:
        if os.environ.get("TELNYX_PUBLIC_KEY"):
            super().__init__()

    def handle(self, headers: Headers, body: bytes) -> int:
        return super().handle(headers, body) if hasattr(self, "key") else 503


class FailsLate(Receiver):
    """It reads its key for each request, and fails at one that is missing."""

    def __init__(self) -> None:
        pass

    @property
    def key(self) -> VerifyKey:
        return VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))


class Exiting(Receiver):
    """It ends the process where it has no key."""

    def __init__(self) -> None:
        if len(os.environ.get("TELNYX_PUBLIC_KEY", "")) != 44:
            raise SystemExit("TELNYX_PUBLIC_KEY is not set")
        super().__init__()


def judged(runner: Runner) -> Result:
    return run(runner, "fails-closed")


def test_a_receiver_that_is_open_without_a_key_is_found(runner: MakeRunner) -> None:
    result = judged(runner(OpenWithoutKey))
    assert result.outcome is Outcome.FAILED
    assert [finding.status for finding in result.findings] == [200, 200]


class OpenWithOddText(OpenWithOddKey):
    """It goes on without verification where the text of its key has another length."""

    def __init__(self) -> None:
        super().__init__()
        if len(os.environ["TELNYX_PUBLIC_KEY"]) != 44:
            self.key = None


def test_a_receiver_that_is_open_with_a_key_it_cannot_read_is_found(runner: MakeRunner) -> None:
    assert judged(runner(OpenWithOddKey)).outcome is Outcome.FAILED
    assert judged(runner(OpenWithOddText)).outcome is Outcome.FAILED


def test_what_findings_say(runner: MakeRunner, snapshot: Snapshot) -> None:
    """They name each key with which the receiver is open; without any, OpenWithOddKey does not start."""
    said = []
    for rule, receivers in (
        ("fails-closed", (OpenWithoutKey, OpenWithOddKey, OpenWithOddText)),
        ("accepts-key-spelling", (DecodesLate,)),
    ):
        for make in receivers:
            said.append(f"{make.__name__}: {make.__doc__}")
            findings = run(runner(make), rule).findings
            said += [f"  {finding.message}" for finding in findings]
    snapshot("fails-closed", "\n".join(said))


@pytest.mark.parametrize("make", [Receiver, Unavailable, FailsLate, Exiting])
def test_a_receiver_may_as_well_not_start_or_fail_or_put_off(runner: MakeRunner, make: Any) -> None:
    result = judged(runner(make))
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_a_receiver_that_cannot_be_made_anew_is_not_judged(runner: MakeRunner) -> None:
    made = runner(lambda: OpenWithoutKey())
    made.emulator.bind(made.emulator.receiver)
    result = judged(made)
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.NO_FACTORY)


def test_a_receiver_that_has_its_key_from_elsewhere_is_not_judged(runner: MakeRunner) -> None:
    first: list[Receiver] = []

    def make() -> Receiver:
        if not first:
            first.append(Receiver())
        return first[0]

    result = judged(runner(make))
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.KEY_FROM_ELSEWHERE)


def test_a_receiver_that_can_be_made_only_once_is_not_judged(runner: MakeRunner) -> None:
    made: list[Receiver] = []

    def make() -> Receiver:
        if made:
            raise RuntimeError("there is one already")
        made.append(Receiver())
        return made[0]

    result = judged(runner(make))
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.SECOND_RECEIVER_FAILED)
    assert result.reason is not None
    assert "there is one already" in result.reason.details["problem"]


def test_what_the_factory_keeps_has_the_right_key_afterwards(runner: MakeRunner) -> None:
    kept: list[Receiver] = []

    class Shared(Receiver):
        """It verifies with the key that was read last."""

        def __init__(self) -> None:
            super().__init__()
            kept[:] = [self]

        def is_signed(self, message: bytes, signature: bytes) -> bool:
            return Receiver.is_signed(kept[0], message, signature)

    made = runner(Shared)
    assert judged(made).outcome is Outcome.PASSED
    made.emulator.send("call.initiated").assert_accepted()


# How the key is written


def judged_by_text(runner: Runner) -> Result:
    return run(runner, "accepts-key-spelling")


class Strict(Receiver):
    """It does not start with a key that is not written as the portal shows it."""

    def __init__(self) -> None:
        base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"], validate=True)
        super().__init__()


@pytest.mark.parametrize("make", [Receiver, Strict, Exiting])
def test_to_read_the_key_all_the_same_or_not_to_start_is_right(
    runner: MakeRunner, make: Any
) -> None:
    result = judged_by_text(runner(make))
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_the_answer_to_the_genuine_webhook_is_reported(runner: MakeRunner) -> None:
    class Forbids(Receiver):
        """It answers 403 where its key has quotes, and 401 to what nobody signed."""

        def act(self, event: object) -> int:
            return 403 if '"' in os.environ["TELNYX_PUBLIC_KEY"] else 200

        def __init__(self) -> None:
            self.key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"].strip('"')))

    [finding] = judged_by_text(runner(Forbids)).findings
    assert "was refused with 403 by a receiver that started with its public key in quotes" in (
        finding.message
    )
    assert finding.curl == "", "one request shows nothing without that environment"


def test_a_receiver_that_starts_and_then_refuses_everything_is_found(runner: MakeRunner) -> None:
    result = judged_by_text(runner(DecodesLate))
    assert result.outcome is Outcome.PASSED
    assert {finding.severity for finding in result.findings} == {Severity.ADVICE}
    assert [finding.status for finding in result.findings] == [401] * 3


def test_the_text_means_nothing_where_the_key_comes_from_elsewhere(runner: MakeRunner) -> None:
    texts: list[str] = []

    class ReadsOnce(DecodesLate):
        def __init__(self) -> None:
            super().__init__()
            texts.append(self.text)
            self.text = texts[0]

    result = judged_by_text(runner(ReadsOnce))
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.KEY_FROM_ELSEWHERE)
