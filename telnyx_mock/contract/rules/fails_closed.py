"""The receiver fails closed: it accepts no webhook while its public key is missing or wrong.

These rules need a factory, because only a factory can make the receiver again with another key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from telnyx_mock.contract.engine.attack import SIMPLEST_FORGERIES
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import PUBLIC_KEY, receiver_environment
from telnyx_mock.transports.signals import is_signal


def _wrong_keys(key: KeyPair) -> dict[str, str | None]:
    """Return wrong keys that a receiver may find in its environment, by their descriptions."""
    return {
        "without a public key": None,
        "with an empty public key": "",
        "with a public key that is not base64": "<public key>",
        "with half of a public key": key.public_key[:22],
        "with another account's public key": KeyPair.generate().public_key,
    }


def _key_spellings(key: KeyPair) -> dict[str, str]:
    """Return the right key as files and consoles may spell it, by a description of each."""
    return {
        "with a line break after its public key": f"{key.public_key}\n",
        "with spaces around its public key": f" {key.public_key} ",
        "with its public key in quotes": f'"{key.public_key}"',
    }


def _fails_closed(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    key = context.emulator.key
    with _second_receiver(context, event) as known:
        judged = False
        for how, text in {**_wrong_keys(key), **_key_spellings(key)}.items():
            answers = _answers_with_key(context, known, text, genuine=False)
            if answers is None:  # a receiver that does not start lets nothing in
                judged = True
                continue
            *to_forgeries, to_genuine = answers
            accepted = next((each for each in to_forgeries if each.accepted), None)
            judged = judged or accepted is not None or not to_genuine.accepted
            if accepted is not None:
                problem = f"was accepted with {accepted.status} by a receiver that started {how}"
                expected = "4xx or 503, or a receiver that does not start"
                yield check.finding(accepted, problem, expected, alone=False)
        if not judged:
            raise Skipped(Why.KEY_FROM_ELSEWHERE, variable=PUBLIC_KEY)


def _accepts_spellings(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    with _second_receiver(context, event) as known:
        another = KeyPair.generate().public_key
        answers = _answers_with_key(context, known, another, genuine=False)
        if answers is not None and answers[-1].accepted:
            raise Skipped(Why.KEY_FROM_ELSEWHERE, variable=PUBLIC_KEY)
        for how, text in _key_spellings(context.emulator.key).items():
            answers = _answers_with_key(context, known, text)
            if answers is not None and answers[-1].refused:
                problem = f"was refused with {answers[-1].status} by a receiver that started {how}"
                expected = "200, or a receiver that does not start"
                yield check.finding(answers[-1], problem, expected, alone=False)


@contextmanager
def _second_receiver(context: Context, event: Event) -> Iterator[Event]:
    """Give an event that a second receiver with the right key accepts: *event*, if none is known.

    Raises Skipped if no second receiver can be made, or if it refuses the event.
    """
    emulator = context.emulator
    if not emulator.can_make_fresh:
        raise Skipped(Why.NO_FACTORY)
    event = next((each for each in context.events if context.baseline.accepts(each)), event)
    try:
        genuine = _answers(context, event)[-1]
    except (BudgetSpent, Inconclusive):
        raise
    except BaseException as error:
        if is_signal(error):
            raise
        raise Skipped(Why.SECOND_RECEIVER_FAILED, problem=repr(error)) from error
    if not genuine.accepted:
        raise Skipped(Why.SECOND_RECEIVER_REFUSES, event.name, answer=genuine.answer())
    try:
        yield event
    finally:
        # A factory may keep a key in its module: the last one must be the right key.
        with suppress(Exception, SystemExit), emulator.fresh():
            pass


def _answers_with_key(
    context: Context, event: Event, key: str | None, *, genuine: bool = True
) -> list[Delivery] | None:
    """Return the answers of a receiver with *key* in its environment; None if it does not start.

    A webhook that is signed with the key of the run is not *genuine* to a receiver with another
    key.
    """
    try:
        with receiver_environment(key):
            return _answers(context, event, genuine=genuine)
    except (BudgetSpent, Inconclusive):
        raise
    except BaseException as error:
        if is_signal(error):
            raise
        return None


def _answers(context: Context, event: Event, *, genuine: bool = True) -> list[Delivery]:
    """Return a fresh receiver's answers to the simplest forgeries, and then to a webhook."""
    with context.sender.fresh() as send:
        webhook = sample(event.name)
        forgeries = [send(webhook, forge=forgery) for forgery in SIMPLEST_FORGERIES]
        return [*forgeries, send(webhook, genuine=genuine)]


RULES: tuple[Rule, ...] = (
    Rule(
        "fails-closed",
        "accepts no webhook while its public key is missing or wrong",
        Severity.ERROR,
        Scope.RUN,
        "A deployment without its key looks healthy, and does what anyone asks it to do.",
        MESSAGING_GUIDE,
        "Read the public key when the app starts. If the key is missing, refuse to start, or "
        "answer 503; never skip the verification.",
        _fails_closed,
    ),
    Rule(
        "accepts-key-spelling",
        "verifies correctly, or does not start, if spaces or quotes surround its public key",
        Severity.ADVICE,
        Scope.RUN,
        "Files end with a line break, and quotes in a settings file may become part of the key. "
        "Some SDKs then refuse every webhook. That looks like an attack, although it is a typing "
        "error.",
        MESSAGING_GUIDE,
        "Strip spaces and quotes from the key and decode it when the app starts. Refuse to start "
        "unless the key is 32 bytes in base64.",
        _accepts_spellings,
    ),
)
