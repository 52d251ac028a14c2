"""The receiver trusts each of the keys that it is given, and no other: so that keys can be changed.

While an account's key is changed, either key may have signed what arrives. How a receiver is given
two keys is its own affair, so the user gives a function that makes the app for a list of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent, UsageError
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.receiver import Receiver

__all__ = ["RULES"]


@dataclass(frozen=True, slots=True)
class _Key:
    """A key pair, and what it is called."""

    words: str
    pair: KeyPair


class _NotMade(Exception):
    """The app could not be made, or did not start, for the keys that it was given."""


def _trusts(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    make = context.app_with_keys
    if make is None:
        raise Skipped(Why.NO_APP_WITH_KEYS)
    event = next((each for each in context.events if context.baseline.accepts(each)), event)
    old = _Key("the old key", context.emulator.key)
    new = _Key("the new key", KeyPair.generate())
    another = _Key("a key that it was not given", KeyPair.generate())
    try:
        for given in ((old,), (new,), (old, new), (new, old)):
            findings = list(_with(check, context, event, given, (old, new, another)))
            yield from findings
            if findings:
                break  # the same fault would show with the other lists
        yield from _with_none(check, context, event, (old, another))
    finally:
        with suppress(Exception, SystemExit):  # so that what it keeps has the right key again
            make([old.pair.public_key]).close()


def _with(
    check: Check,
    context: Context,
    event: Event,
    given: tuple[_Key, ...],
    signers: tuple[_Key, ...],
) -> Iterator[Finding]:
    """What is wrong with the app that is *given* keys, at webhooks of each of the *signers*."""
    words = " and ".join(key.words for key in given)
    try:
        answers = _answers(context, event, given, signers)
    except _NotMade as error:
        if len(given) == 1:
            raise Inconclusive(Why.APP_NOT_MADE, keys=words, problem=str(error)) from None
        yield _not_made(check, context.baseline.sample_of(event), words, str(error))
        return
    whom = f"by the app that was given {words}"
    refused = [key for key in given if not answers[key.words].accepted]
    for key in refused:
        problem = f"signed with {key.words} {_answered(answers[key.words])} {whom}"
        yield check.finding(answers[key.words], problem, "200: it was given that key", alone=False)
    if len(refused) == len(given):
        return  # no refusal means anything, where the genuine twin is refused too
    for key in signers:
        delivery = answers[key.words]
        if key not in given and not delivery.refused:
            problem = f"signed with {key.words} {_answered(delivery)} {whom}"
            yield check.finding(delivery, problem, "4xx: it was not given that key", alone=False)
            return


def _with_none(
    check: Check, context: Context, event: Event, signers: tuple[_Key, ...]
) -> Iterator[Finding]:
    """What is wrong with the app that is given no key: not to start is as good as to refuse."""
    try:
        answers = _answers(context, event, (), signers)
    except _NotMade:
        return
    accepted = next((answer for answer in answers.values() if answer.accepted), None)
    if accepted is not None:
        problem = f"was accepted with {accepted.status} by the app that was given no key at all"
        yield check.finding(accepted, problem, "4xx or 503, or no start at all", alone=False)


def _answers(
    context: Context, event: Event, given: tuple[_Key, ...], signers: tuple[_Key, ...]
) -> dict[str, Delivery]:
    """What the app that is *given* keys answers to the sample of *event*, by who signed it.

    Raises _NotMade where there is no such app.
    """
    assert context.app_with_keys is not None
    try:
        trusted = [key.pair.public_key for key in given]
        receiver: Receiver = context.app_with_keys(list(trusted))
        with context.sender.fresh(receiver, trusted=trusted) as send:
            now = context.emulator.clock.now()
            return {
                key.words: send(
                    sign(sample(event.name).fresh(now), key.pair, timestamp=int(now)),
                    genuine=key in given,
                )
                for key in signers
            }
    except (BudgetSpent, Inconclusive, UsageError):
        raise
    except (Exception, SystemExit) as error:
        raise _NotMade(f"{type(error).__name__}: {error}") from error


def _answered(delivery: Delivery) -> str:
    if delivery.status is None:
        return "got no answer"
    if delivery.accepted or delivery.refused:
        return f"was {'accepted' if delivery.accepted else 'refused'} with {delivery.status}"
    return f"was answered {delivery.status}"


def _not_made(check: Check, delivery: Delivery, words: str, problem: str) -> Finding:
    """The finding that the app cannot be made; the *delivery* shows nothing of it."""
    finding = check.finding(
        delivery,
        f"could not be made with {words}",
        "an app that trusts both",
        subject="The app",
        alone=False,
    )
    return replace(
        finding, observed=problem, decided=(), implied=(), answer="", delivery="", status=None
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "supports-key-rotation",
        "trusts each of the public keys that it is given, in any order, and no other",
        Severity.ERROR,
        Scope.RUN,
        "Nobody tells the moment at which an account's new key takes over, and no header names the "
        "key: while it is changed, a receiver has to try both. A key that is taken away must not be "
        "trusted any longer.",
        MESSAGING_GUIDE,
        "Verify with each of the keys in turn and accept if one of them fits; read the list when "
        "the app is made, and refuse to start if it is empty.",
        _trusts,
    ),
)
