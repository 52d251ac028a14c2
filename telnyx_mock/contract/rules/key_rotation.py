"""The receiver supports key rotation: it trusts each public key that it is given, and no other.

During a key rotation, Telnyx may sign a webhook with the old key or with the new key. Each app gets
its keys in its own way, so the user gives a function that makes the app for a list of keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent, UsageError
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.signals import is_signal


@dataclass(frozen=True, slots=True)
class _Key:
    """A key pair and its name in findings."""

    name: str
    pair: KeyPair


class _NotMade(Exception):
    """The app could not be made, or did not start, with the keys that it got."""


def _supports_rotation(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    make = context.app_with_keys
    if make is None:
        raise Skipped(Why.NO_APP_WITH_KEYS)
    event = next((each for each in context.events if context.baseline.accepts(each)), event)
    old = _Key("the old key", context.emulator.key)
    new = _Key("the new key", KeyPair.generate())
    another = _Key("a key that it was not given", KeyPair.generate())
    try:
        for trusted in ((old,), (new,), (old, new), (new, old)):
            findings = list(_with_keys(check, context, event, trusted, (old, new, another)))
            yield from findings
            if findings:
                break  # the same fault would show with the other lists
        yield from _without_keys(check, context, event, (old, another))
    finally:
        # An app may keep a key in its module: the last one must be the right key.
        with suppress(Exception, SystemExit):
            make([old.pair.public_key]).close()


def _with_keys(
    check: Check,
    context: Context,
    event: Event,
    trusted: tuple[_Key, ...],
    signers: tuple[_Key, ...],
) -> Iterator[Finding]:
    """Yield what the app with *trusted* keys does wrong with webhooks of each of the *signers*."""
    names = " and ".join(key.name for key in trusted)
    try:
        answers = _answers(context, event, trusted, signers)
    except _NotMade as error:
        if len(trusted) == 1:
            raise Inconclusive(Why.APP_NOT_MADE, keys=names, problem=str(error)) from None
        yield _not_made(check, context.baseline.sample_of(event), names, str(error))
        return
    refused = [key for key in trusted if not answers[key.name].accepted]
    for key in refused:
        expected = "200, because the app was given that key"
        yield _wrong_answer(check, answers[key.name], key, names, expected)
    if len(refused) == len(trusted):
        return  # where every genuine webhook is refused, a refusal proves nothing
    for key in signers:
        if key not in trusted and not answers[key.name].refused:
            expected = "4xx, because the app was not given that key"
            yield _wrong_answer(check, answers[key.name], key, names, expected)
            return


def _wrong_answer(
    check: Check, delivery: Delivery, signer: _Key, trusted: str, expected: str
) -> Finding:
    if delivery.status is None:
        answer = "got no answer from"
    elif delivery.accepted or delivery.refused:
        answer = f"was {'accepted' if delivery.accepted else 'refused'} with {delivery.status} by"
    else:
        answer = f"was answered {delivery.status} by"
    problem = f"signed with {signer.name} {answer} the app that was given {trusted}"
    return check.finding(delivery, problem, expected, alone=False)


def _without_keys(
    check: Check, context: Context, event: Event, signers: tuple[_Key, ...]
) -> Iterator[Finding]:
    """Yield what the app without any key does wrong; it need not start."""
    try:
        answers = _answers(context, event, (), signers)
    except _NotMade:
        return
    accepted = next((answer for answer in answers.values() if answer.accepted), None)
    if accepted is not None:
        problem = f"was accepted with {accepted.status} by the app that was given no key"
        expected = "4xx or 503, or an app that does not start"
        yield check.finding(accepted, problem, expected, alone=False)


def _answers(
    context: Context, event: Event, trusted: tuple[_Key, ...], signers: tuple[_Key, ...]
) -> dict[str, Delivery]:
    """Return the answers of the app with *trusted* keys to the sample of *event*, by signer.

    Raises _NotMade if this app cannot be made.
    """
    assert context.app_with_keys is not None
    keys = [key.pair.public_key for key in trusted]
    try:
        receiver = context.app_with_keys(list(keys))
        with context.sender.fresh(receiver, trusted=keys) as send:
            now = context.emulator.clock.now()
            return {
                key.name: send(
                    sign(sample(event.name).fresh(now), key.pair, timestamp=int(now)),
                    genuine=key in trusted,
                )
                for key in signers
            }
    except (BudgetSpent, Inconclusive, UsageError):
        raise
    except BaseException as error:
        if is_signal(error):
            raise
        raise _NotMade(f"{type(error).__name__}: {error}") from error


def _not_made(check: Check, delivery: Delivery, keys: str, problem: str) -> Finding:
    """Return the finding that the app cannot be made with *keys*, without *delivery*."""
    finding = check.finding(
        delivery,
        f"could not be made with {keys}",
        "an app that trusts both keys",
        subject="The app",
        alone=False,
    )
    return replace(
        finding, observed=problem, decided=(), implied=(), answer="", delivery="", status=None
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "supports-key-rotation",
        "trusts each public key that it is given, in any order, and no other key",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx does not say when it begins to sign with an account's new key, and no header "
        "names the key. So a receiver must try both keys during a key rotation. After the "
        "rotation, it must no longer trust the old key.",
        MESSAGING_GUIDE,
        "Try each key in turn, and accept a webhook if one key verifies it. Read the list of "
        "keys when the app starts, and refuse to start if the list is empty.",
        _supports_rotation,
    ),
)
