"""A receiver that cannot change its keys is found out, whatever it does with the second one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from telnyx_mock.contract.engine.app_with_keys import open_app_with_keys
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.errors import UsageError
from telnyx_mock.severity import Outcome
from tests.receivers import bad_keys
from tests.receivers.correct import Keyed, Receiver, WsgiReceiver

MakeRunner = Callable[..., Runner]


def judged(runner: MakeRunner, app_with_keys: Any) -> Result:
    made = runner(Keyed, app_with_keys=app_with_keys)
    return made.run(CONTRACT["supports-key-rotation"], "")


def told(result: Result) -> list[str]:
    return [finding.message.removeprefix("call.initiated ") for finding in result.findings]


class KeyedWsgi(WsgiReceiver):
    """The same for WSGI."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.steps = Keyed(keys)


class NotWithoutKeys(Keyed):
    """It does not start without a key."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise SystemExit("no public key is set")
        super().__init__(keys)


class UnavailableWithoutKeys(Keyed):
    """It answers 503 while it has no key."""

    def handle(self, headers: Any, body: bytes) -> int:
        return super().handle(headers, body) if self.keys else 503


class Limited(Keyed):
    """It takes five requests in a quarter of a second, however often it is made."""

    reached_goals: list[float] = []

    def handle(self, headers: Any, body: bytes) -> int:
        now = time.monotonic()
        self.reached_goals[:] = [at for at in self.reached_goals if now - at < 0.25]
        if len(self.reached_goals) == 5:
            return 429
        self.reached_goals.append(now)
        return super().handle(headers, body)


def test_a_receiver_that_is_busy_at_times_is_asked_again(runner: MakeRunner) -> None:
    made = runner(Limited, app_with_keys=Limited)
    for check in ("supports-key-rotation", "fails-closed", "accepts-key-spelling"):
        result = made.run(CONTRACT[check], "")
        assert (result.outcome, result.findings) == (Outcome.PASSED, ())


class Throttling(Keyed):
    """It has no time for strangers."""

    def refuse(self) -> int:
        return 429


@pytest.mark.parametrize("check", ["supports-key-rotation", "fails-closed", "accepts-key-spelling"])
def test_to_be_busy_for_strangers_is_a_refusal(check: str, runner: MakeRunner) -> None:
    result = runner(Throttling, app_with_keys=Throttling).run(CONTRACT[check], "")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


class TooManyRequests(Keyed):
    """Made once more, it has no room for anybody."""

    made = 0

    def __init__(self, keys: Sequence[str] | None = None) -> None:
        super().__init__(keys)
        type(self).made += 1
        self.full = self.made > 1

    def handle(self, headers: Any, body: bytes) -> int:
        return 429 if self.full else super().handle(headers, body)


@pytest.mark.parametrize("check", ["supports-key-rotation", "fails-closed"])
def test_a_receiver_that_is_busy_for_good_is_not_judged(
    check: str, runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TooManyRequests, "made", 0)
    monkeypatch.setattr("telnyx_mock.contract.engine.sender.BUSY_WAITS", (0.0, 0.0))
    result = runner(TooManyRequests, app_with_keys=TooManyRequests).run(CONTRACT[check], "")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert "was answered 429 each time it was sent" in result.note


@pytest.mark.parametrize("make", [Keyed, KeyedWsgi, NotWithoutKeys, UnavailableWithoutKeys])
def test_a_receiver_that_trusts_its_keys_and_no_other_passes(runner: MakeRunner, make: Any) -> None:
    result = judged(runner, make)
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


BOTH = "by the app that was given the old key and the new key."


@pytest.mark.parametrize(
    ("make", "faults"),
    [
        (bad_keys.OnlyTheFirst, [f"signed with the new key was refused with 401 {BOTH}"]),
        (bad_keys.OnlyTheLast, [f"signed with the old key was refused with 401 {BOTH}"]),
        (bad_keys.OneForEachSignature, [f"signed with the new key was refused with 401 {BOTH}"]),
        (
            bad_keys.EachOfThem,
            [
                f"signed with the old key was refused with 401 {BOTH}",
                f"signed with the new key was refused with 401 {BOTH}",
            ],
        ),
        (
            bad_keys.GoesOn,
            [f"signed with a key that it was not given was accepted with 200 {BOTH}"],
        ),
        (
            bad_keys.FailsAtAnother,
            [f"signed with a key that it was not given was answered 500 {BOTH}"],
        ),
        (
            bad_keys.OpenWithoutKeys,
            ["was accepted with 200 by the app that was given no key at all."],
        ),
        (bad_keys.OneKey, ["The app could not be made with the old key and the new key."]),
    ],
)
def test_each_way_to_misuse_keys_is_found(runner: MakeRunner, make: Any, faults: list[str]) -> None:
    result = judged(runner, make)
    assert (result.outcome, told(result)) == (Outcome.FAILED, faults)


def test_a_list_that_is_read_once_is_found(runner: MakeRunner) -> None:
    """Its process has to be started anew for another key, and it does not say so."""
    read: list[Sequence[str]] = []

    def reads_once(keys: Sequence[str]) -> Keyed:
        read.append(keys)
        return Keyed(read[0])

    assert told(judged(runner, reads_once)) == [
        "signed with the new key was refused with 401 by the app that was given the new key.",
        "was accepted with 200 by the app that was given no key at all.",
    ]


def test_a_key_that_is_taken_away_is_trusted_no_longer(runner: MakeRunner) -> None:
    trusted: list[str] = []

    def remembers(keys: Sequence[str]) -> Keyed:
        trusted.extend(keys)
        return Keyed(trusted)

    assert told(judged(runner, remembers)) == [
        "signed with the old key was accepted with 200 by the app that was given the new key.",
        "was accepted with 200 by the app that was given no key at all.",
    ]


def test_a_refusal_means_nothing_where_the_genuine_twin_is_refused_too(
    runner: MakeRunner,
) -> None:
    result = judged(runner, lambda keys: Nothing())
    assert told(result) == [
        "signed with the old key was refused with 404 by the app that was given the old key."
    ]


class Nothing(Receiver):
    """There is nothing here."""

    def __init__(self) -> None:
        pass

    def handle(self, headers: Any, body: bytes) -> int:
        return 404


def test_a_finding_about_a_start_shows_no_delivery(runner: MakeRunner) -> None:
    [finding] = judged(runner, bad_keys.OneKey).findings
    assert re.fullmatch("ValueError: too many values to unpack.*", finding.observed)
    assert (finding.sent, finding.answer) == ("", "")


def test_it_cannot_be_told_where_the_app_cannot_be_made_at_all(runner: MakeRunner) -> None:
    def broken(keys: Sequence[str]) -> Keyed:
        raise LookupError("there is no database")

    result = judged(runner, broken)
    assert (result.outcome, result.findings) == (Outcome.INCONCLUSIVE, ())
    assert result.note == (
        "the app could not be made with the old key alone: LookupError: there is no database"
    )


def test_without_a_function_it_is_said_how_to_give_one(runner: MakeRunner) -> None:
    result = judged(runner, None)
    assert result.outcome is Outcome.SKIPPED
    assert "telnyx_app_with_keys" in result.note
    assert "--app-with-keys MODULE:FUNCTION" in result.note


def test_what_the_function_keeps_has_the_right_key_afterwards(runner: MakeRunner) -> None:
    kept: list[Keyed] = []

    class Shared(Keyed):
        """It verifies with the keys that were given last."""

        def __init__(self, keys: Sequence[str] | None = None) -> None:
            super().__init__(keys)
            kept[:] = [self]

        def is_signed(self, message: bytes, signature: bytes) -> bool:
            return Keyed.is_signed(kept[0], message, signature)

    made = runner(Shared, app_with_keys=Shared)
    assert made.run(CONTRACT["supports-key-rotation"], "").outcome is Outcome.PASSED
    made.emulator.send("call.initiated").assert_accepted()


async def makes_later(keys: Sequence[str]) -> Keyed:
    return Keyed(keys)


@pytest.mark.parametrize("given", [makes_later, lambda: Keyed(), "no function", 5])
def test_what_makes_no_app_from_a_list_of_keys_is_a_mistake(given: Any) -> None:
    with pytest.raises(UsageError):
        open_app_with_keys(given)
