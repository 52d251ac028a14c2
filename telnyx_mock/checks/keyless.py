"""The receiver refuses what it cannot verify, for it was given no key, or none of use.

Only a receiver that can be made anew can be given another key: one that is named as a factory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from telnyx_mock.checks.campaign import Campaign
from telnyx_mock.checks.check import Check, NotSelected, Scope
from telnyx_mock.checks.finding import Finding
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.events.model import Event
from telnyx_mock.receivers.environment import PUBLIC_KEY, receiver_environment
from telnyx_mock.severity import Severity
from telnyx_mock.signing import KeyPair
from telnyx_mock.webhook import sample

__all__ = ["KEYLESS"]

LIES = ("signature-missing", "signature-by-another-key")


def _starts(key: KeyPair) -> dict[str, str | None]:
    """What a receiver may find in its environment by mistake, by what that is called."""
    return {
        "without a public key": None,
        "with an empty public key": "",
        "with a public key that is not base64": "<public key>",
        "with half of a public key": key.public_key[:22],
        "with another account's public key": KeyPair.generate().public_key,
    }


def _fails_closed(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    emulator = campaign.emulator
    if not emulator.can_make_fresh:
        raise NotSelected(
            "only a receiver that can be made anew can be given another key; "
            "name a function that makes it, as in module:make_app()"
        )
    event = next((each for each in campaign.events if campaign.sample_of(each).accepted), event)
    _require_fresh(campaign, event)
    judged = False
    try:
        for words, key in _starts(emulator.key).items():
            try:
                with receiver_environment(key):
                    *lies, genuine = _answers(campaign, event)
            except BudgetSpent:
                raise
            except (Exception, SystemExit):  # it does not start, which is as good
                judged = True
                continue
            accepted = next((delivery for delivery in lies if delivery.accepted), None)
            judged = judged or accepted is not None or not genuine.accepted
            if accepted is not None:
                problem = f"was accepted with {accepted.status} by the receiver started {words}"
                expected = "4xx or 503, or no start at all"
                yield check.finding(accepted, problem, expected, alone=False)
    finally:
        with suppress(Exception, SystemExit), emulator.fresh():
            pass  # so that what a factory keeps in its module has the right key again
    if not judged:
        raise NotSelected(
            f"it verifies with the same key whatever {PUBLIC_KEY} says when it is made: it has "
            "read that before, or has its key from elsewhere"
        )


def _require_fresh(campaign: Campaign, event: Event) -> None:
    """Make sure that a fresh receiver accepts the sample of *event*, given the right key.

    Raises NotSelected if not: then it does not start for another reason than its key.
    """
    try:
        genuine = _answers(campaign, event)[-1]
    except BudgetSpent:
        raise
    except (Exception, SystemExit) as error:
        raise NotSelected(f"a second receiver could not be made: {error!r}") from error
    if not genuine.accepted:
        raise NotSelected(
            f"a second receiver did not accept the sample of {event.name} ({genuine.answer()})"
        )


def _answers(campaign: Campaign, event: Event) -> list[Delivery]:
    """What a fresh receiver does with each of the lies, and then with the truth."""
    with campaign.emulator.fresh() as fresh:
        webhook = sample(event.name)
        return [*(fresh.send(webhook, forge=lie) for lie in LIES), fresh.send(webhook)]


KEYLESS: tuple[Check, ...] = (
    Check(
        "fails-closed",
        "lets nothing in while its public key is missing or wrong",
        Severity.ERROR,
        Scope.RUN,
        "A deployment that has lost its key looks healthy, and takes orders from anyone.",
        "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
        "Read the public key when the app starts and refuse to start without it, or answer 503; "
        "never skip the verification.",
        _fails_closed,
    ),
)
