"""The receiver refuses what it cannot verify, for its key is missing, useless, or oddly written.

Only a receiver that can be made anew can be given another key: one that is named as a factory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import PUBLIC_KEY, receiver_environment

__all__ = ["RULES"]

LIES = ("signature-missing", "signature-by-another-key")


def _useless(key: KeyPair) -> dict[str, str | None]:
    """What a receiver may find in its environment by mistake, by what that is called."""
    return {
        "without a public key": None,
        "with an empty public key": "",
        "with a public key that is not base64": "<public key>",
        "with half of a public key": key.public_key[:22],
        "with another account's public key": KeyPair.generate().public_key,
    }


def _spelled(key: KeyPair) -> dict[str, str]:
    """The right key as files and consoles hand it over, by what that is called."""
    return {
        "with a line break after its public key": f"{key.public_key}\n",
        "with spaces around its public key": f" {key.public_key} ",
        "with its public key in quotes": f'"{key.public_key}"',
    }


def _fails_closed(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    with _made_anew(context, event) as event:
        judged = False
        key = context.emulator.key
        for words, text in {**_useless(key), **_spelled(key)}.items():
            answers = _started(context, event, text, genuine=False)
            if answers is None:  # it does not start, which is as good
                judged = True
                continue
            *lies, genuine = answers
            accepted = next((delivery for delivery in lies if delivery.accepted), None)
            judged = judged or accepted is not None or not genuine.accepted
            if accepted is not None:
                problem = f"was accepted with {accepted.status} by the receiver started {words}"
                expected = "4xx or 503, or no start at all"
                yield check.finding(accepted, problem, expected, alone=False)
        if not judged:
            raise Skipped(Why.KEY_FROM_ELSEWHERE, variable=PUBLIC_KEY)


def _bears_key_text(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    with _made_anew(context, event) as event:
        answers = _started(context, event, KeyPair.generate().public_key, genuine=False)
        if answers is not None and answers[-1].accepted:
            raise Skipped(Why.KEY_FROM_ELSEWHERE, variable=PUBLIC_KEY)
        for words, text in _spelled(context.emulator.key).items():
            answers = _started(context, event, text)
            if answers is not None and answers[-1].refused:
                problem = f"was refused with {answers[-1].status} by the receiver started {words}"
                expected = "200, or no start at all"
                yield check.finding(answers[-1], problem, expected, alone=False)


@contextmanager
def _made_anew(context: Context, event: Event) -> Iterator[Event]:
    """An event that is accepted, *event* if none is known, for receivers that are made anew.

    Raises NotSelected where none can be made, or none that accepts it, given the right key.
    """
    emulator = context.emulator
    if not emulator.can_make_fresh:
        raise Skipped(Why.NO_FACTORY)
    event = next((each for each in context.events if context.baseline.accepts(each)), event)
    try:
        genuine = _answers(context, event)[-1]
    except (BudgetSpent, Inconclusive):
        raise
    except (Exception, SystemExit) as error:
        raise Skipped(Why.SECOND_RECEIVER_FAILED, problem=repr(error)) from error
    if not genuine.accepted:
        answer = genuine.answer()
        raise Skipped(Why.SECOND_RECEIVER_REFUSES, event.name, answer=answer)
    try:
        yield event
    finally:
        with suppress(Exception, SystemExit), emulator.fresh():
            pass  # so that what a factory keeps in its module has the right key again


def _started(
    context: Context, event: Event, key: str | None, *, genuine: bool = True
) -> list[Delivery] | None:
    """What a receiver that finds *key* in its environment does; None where it does not start.

    The truth need not be *genuine* to it: it may be the wrong key.
    """
    try:
        with receiver_environment(key):
            return _answers(context, event, genuine=genuine)
    except (BudgetSpent, Inconclusive):
        raise
    except (Exception, SystemExit):
        return None


def _answers(context: Context, event: Event, *, genuine: bool = True) -> list[Delivery]:
    """What a fresh receiver does with each of the lies, and then with the truth."""
    with context.sender.fresh() as send:
        webhook = sample(event.name)
        return [*(send(webhook, forge=lie) for lie in LIES), send(webhook, genuine=genuine)]


RULES: tuple[Rule, ...] = (
    Rule(
        "fails-closed",
        "lets nothing in while its public key is missing or wrong",
        Severity.ERROR,
        Scope.RUN,
        "A deployment that has lost its key looks healthy, and takes orders from anyone.",
        MESSAGING_GUIDE,
        "Read the public key when the app starts and refuse to start without it, or answer 503; "
        "never skip the verification.",
        _fails_closed,
    ),
    Rule(
        "accepts-key-spelling",
        "verifies with its public key whatever stands around it, or does not start",
        Severity.ADVICE,
        Scope.RUN,
        "Files end with a line break, and quotes of a settings file stay where nobody strips them. "
        "Some SDKs then refuse every webhook, which looks like an attack and not like a typing error.",
        MESSAGING_GUIDE,
        "Strip the key and decode it when the app starts, and refuse to start unless it is base64 "
        "of 32 bytes.",
        _bears_key_text,
    ),
)
