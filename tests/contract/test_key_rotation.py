"""A receiver must trust each public key that it is given, and no other, so that keys can be changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.opening.app_with_keys import open_app_with_keys
from telnyx_mock.errors import UsageError
from tests.conftest import Snapshot
from tests.contract.conftest import MakeRunner, run
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import Keyed, Receiver, WsgiReceiver
from tests.receivers.faults import keys

RULES = ("supports-key-rotation", "fails-closed", "accepts-key-spelling")


def judged(runner: MakeRunner, app_with_keys: Any) -> Result:
    made = runner(Keyed, app_with_keys=app_with_keys)
    return run(made, "supports-key-rotation")


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


def test_a_receiver_that_is_busy_at_times_is_asked_again(
    runner: MakeRunner, clock: VirtualClock
) -> None:
    handled: list[float] = []

    class Limited(Keyed):
        """It takes five requests in a quarter of a second, however often it is made."""

        def handle(self, headers: Any, body: bytes) -> int:
            handled[:] = [at for at in handled if clock.seconds - at < 0.25]
            if len(handled) == 5:
                return 429
            handled.append(clock.seconds)
            return super().handle(headers, body)

    made = runner(Limited, app_with_keys=Limited)
    for rule in RULES:
        result = run(made, rule)
        assert (result.outcome, result.findings) == (Outcome.PASSED, ())


class Throttling(Keyed):
    """It has no time for strangers."""

    def refuse(self) -> int:
        return 429


@pytest.mark.parametrize("rule", RULES)
def test_429_to_a_forgery_is_a_refusal(rule: str, runner: MakeRunner) -> None:
    result = run(runner(Throttling, app_with_keys=Throttling), rule)
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


@pytest.mark.parametrize("rule", ["supports-key-rotation", "fails-closed"])
def test_a_receiver_that_is_always_busy_is_not_judged(rule: str, runner: MakeRunner) -> None:
    made = 0

    class BusyWhenMadeAgain(Keyed):
        """Made once more, it has no room for anybody."""

        def __init__(self, keys: Sequence[str] | None = None) -> None:
            nonlocal made
            super().__init__(keys)
            made += 1
            self.busy = made > 1

        def handle(self, headers: Any, body: bytes) -> int:
            return 429 if self.busy else super().handle(headers, body)

    result = run(runner(BusyWhenMadeAgain, app_with_keys=BusyWhenMadeAgain), rule)
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.BUSY)


@pytest.mark.parametrize("make", [Keyed, KeyedWsgi, NotWithoutKeys, UnavailableWithoutKeys])
def test_a_receiver_that_trusts_its_keys_and_no_other_passes(runner: MakeRunner, make: Any) -> None:
    result = judged(runner, make)
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def reads_once() -> Callable[[Sequence[str]], Keyed]:
    """It keeps the list that it was given first: its process must start anew for another key."""
    first: list[Sequence[str]] = []

    def make(keys: Sequence[str]) -> Keyed:
        first.append(keys)
        return Keyed(first[0])

    return make


def remembers() -> Callable[[Sequence[str]], Keyed]:
    """It goes on trusting a key that was taken away."""
    trusted: list[str] = []

    def make(keys: Sequence[str]) -> Keyed:
        trusted.extend(keys)
        return Keyed(trusted)

    return make


def nothing() -> Callable[[Sequence[str]], Receiver]:
    """It refuses everything, so its refusals prove nothing, and one finding says so."""

    class Nothing(Receiver):
        def __init__(self) -> None:
            pass

        def handle(self, headers: Any, body: bytes) -> int:
            return 404

    return lambda keys: Nothing()


FAULTS: list[tuple[Any, list[int | None]]] = [
    (keys.OnlyTheFirst, [401]),
    (keys.OnlyTheLast, [401]),
    (keys.OneForEachSignature, [401]),
    (keys.EachOfThem, [401, 401]),
    (keys.GoesOn, [200]),
    (keys.FailsAtAnother, [500]),
    (keys.OpenWithoutKeys, [200]),
    (keys.OneKey, [None]),
    (reads_once, [401, 200]),
    (remembers, [200, 200]),
    (nothing, [404]),
]
"""Receivers that misuse their keys, and the status in each finding; None for an app that is not made."""


def found(runner: MakeRunner, faulty: Any) -> Result:
    return judged(runner, faulty if isinstance(faulty, type) else faulty())


@pytest.mark.parametrize(("faulty", "statuses"), FAULTS)
def test_each_way_to_misuse_keys_is_found(
    runner: MakeRunner, faulty: Any, statuses: list[int | None]
) -> None:
    result = found(runner, faulty)
    assert result.outcome is Outcome.FAILED
    assert [finding.status for finding in result.findings] == statuses


def test_what_findings_say(runner: MakeRunner, snapshot: Snapshot) -> None:
    said = []
    for faulty, _ in FAULTS:
        said.append(f"{faulty.__name__}: {faulty.__doc__}")
        said += [f"  {finding.message}" for finding in found(runner, faulty).findings]
    snapshot("key-rotation", "\n".join(said))


def test_a_finding_about_a_start_shows_no_delivery(runner: MakeRunner) -> None:
    [finding] = judged(runner, keys.OneKey).findings
    assert re.fullmatch("ValueError: too many values to unpack.*", finding.observed)
    assert (finding.sent, finding.answer) == ("", "")


def test_an_app_that_is_never_made_is_inconclusive(runner: MakeRunner) -> None:
    def broken(keys: Sequence[str]) -> Keyed:
        raise LookupError("there is no database")

    result = judged(runner, broken)
    assert (result.outcome, result.findings) == (Outcome.INCONCLUSIVE, ())
    assert result.why is Why.APP_NOT_MADE
    assert result.reason is not None
    assert result.reason.details["problem"] == "LookupError: there is no database"


def test_without_a_function_that_makes_the_app_the_rule_is_skipped(runner: MakeRunner) -> None:
    result = judged(runner, None)
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.NO_APP_WITH_KEYS)


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
    assert run(made, "supports-key-rotation").outcome is Outcome.PASSED
    made.emulator.send("call.initiated").assert_accepted()


async def makes_later(keys: Sequence[str]) -> Keyed:
    return Keyed(keys)


@pytest.mark.parametrize("given", [makes_later, lambda: Keyed(), "no function", 5])
def test_what_makes_no_app_from_a_list_of_keys_is_a_mistake(given: Any) -> None:
    with pytest.raises(UsageError):
        open_app_with_keys(given)
