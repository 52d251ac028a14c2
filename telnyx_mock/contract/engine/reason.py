"""Why a check was skipped or stayed inconclusive: a code with details, and its sentence.

Rules raise :class:`Skipped` or :class:`Inconclusive` with a code. Reports, tests and the journal work
with the code; the sentence is made here, when a person reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from telnyx_mock.schema.json_values import Json

__all__ = ["HOW_TO_PROBE", "Blocked", "Inconclusive", "Reason", "Skipped", "Why"]

NAMED = 5
"""How many events or families a sentence names."""

HOW_TO_PROBE = (
    "Give a probe, a function that returns where the work of your app shows (rows, a counter): "
    "a fixture telnyx_probe, --probe MODULE:FUNCTION, or an address to read."
)


class Why(Enum):
    """Why a check was skipped or is inconclusive.

    The value is the sentence; ``{about}`` stands for the event, the family or the forgery that it
    speaks of.
    """

    # The receiver or the run does not allow the check.
    NOTHING_SERVED = "Nothing is served at this address, so nothing else can be tried."
    FAMILY_NOT_SERVED = "The receiver does not serve {about}."
    SAMPLE_NOT_ACCEPTED = "The receiver does not accept the sample of {about}."
    NO_SAMPLE_ACCEPTED = "The receiver accepts no sample."
    BUDGET_SPENT = "{problem}"
    FORGERIES_ONLY = (
        "Without the receiver's key (--forgeries-only) no genuine webhook can be sent, so every rule "
        "that needs one is skipped. That forgeries are refused stays unproven: a receiver that refuses "
        "everything refuses them too."
    )
    SIGNER_UNKNOWN = (
        "Without the receiver's key, the receiver refuses some forgeries for their signer alone, "
        "whatever else is wrong with them."
    )
    NEEDS_PROCESS = "{what} shows only if the app runs in this process."
    HTTP_CANNOT_CARRY = "HTTP cannot carry the forgery {about}."
    # What the rule looks for cannot show.
    NO_VISIBLE_EFFECT = f"No webhook has an effect that can be seen. {HOW_TO_PROBE}"
    PROBE_UNCHANGED = "No webhook changes what the probe reads."
    NEVER_IDLE = "The receiver acts all the time, whether webhooks come or not."
    NO_COMMAND = "No genuine webhook leads to a command."
    NO_COMMAND_FOR_CALL = "No event leads to a command for the call that it is about."
    NO_REPLY = "{about} leads to no message."
    NO_SECOND_EVENT = "Fewer than two events of {about} can be swapped."
    NO_ACTING_PAIR = "No two events about one thing both have an effect."
    NO_RETRY_NEEDED = (
        "The receiver accepts every webhook while the Telnyx API fails, so none is delivered again."
    )
    SECRETS_UNKNOWN = (
        "The secrets of the receiver are unknown: {variable} is not set here, or so short that it may "
        "stand in an answer by chance."
    )
    # Another rule has found the fault already.
    SIMPLER_FORGERY_ACCEPTED = (
        "The receiver accepts a simpler forgery, so a harder one shows nothing new."
    )
    FORGERIES_ACCEPTED = (
        "The receiver accepts forgeries, so none is refused before a genuine event."
    )
    ACTS_ON_EVERY_DUPLICATE = "Every event that is delivered again has a second effect."
    SMALL_POST_ACCEPTED = "The receiver does not refuse a small POST {how}."
    ALWAYS_LATE = "The receiver already answers single webhooks too late."
    BACKGROUND_TOO_LONG = "Background work takes long, so not every event of {about} was waited for; ask for fewer --events."
    # The user can give more.
    NO_FAILOVER = (
        "No failover address is given. Give a second receiver: a fixture telnyx_failover_receiver, or "
        "--failover TARGET; /PATH is another path of the first one."
    )
    FAILOVER_REFUSES_SAMPLE = "The failover address does not accept {about}."
    NO_EFFECT_AT_FAILOVER = (
        f"The failover address accepts nothing, or has no effect that can be seen. {HOW_TO_PROBE}"
    )
    NO_APP_WITH_KEYS = (
        "No function makes the app for other keys. Give one that takes a list of public keys and returns "
        "your app: a fixture telnyx_app_with_keys, or --app-with-keys MODULE:FUNCTION."
    )
    NO_FACTORY = (
        "Only a factory can make a receiver with another key; name a function that makes your app, as in "
        "module:make_app()."
    )
    KEY_FROM_ELSEWHERE = (
        "The receiver verifies with the same key whatever {variable} says when it is made: it read the "
        "variable before, or takes its key from elsewhere."
    )
    SECOND_RECEIVER_FAILED = "A second receiver could not be made: {problem}."
    SECOND_RECEIVER_REFUSES = "A second receiver does not accept the sample of {about} ({answer})."
    # Tried, without a result.
    BASELINE_NOT_ACCEPTED = (
        "The receiver does not accept the genuine {about} either ({answer}), so a refused forgery proves "
        "nothing."
    )
    KEY_UNKNOWN = (
        "The receiver refuses genuine webhooks ({answer}), as it may: they are signed with a key that was "
        "made for this run, which a receiver that was started before cannot know. Make a pair with "
        "'telnyx-mock keys new', start the receiver with its public key as TELNYX_PUBLIC_KEY, and name the "
        "private key with --key file:PATH."
    )
    BUSY = "The receiver answers 429 to every delivery of {about}; send fewer requests a second (--rate)."
    CALLS_BLOCKED = "The receiver could not do its work for {about}. {calls}"
    NOT_REPRODUCED = (
        "The receiver did not accept {about} {how} once, and accepted it the next time."
    )
    FAILOVER_UNREACHABLE = "The failover address cannot be reached: {problem}"
    APP_NOT_MADE = "The app could not be made with {keys} alone: {problem}."
    NOBODY_THERE = "Every answer is {answers}, as where nothing is served; check the path."
    # Passed, with less proof than usual.
    REFUSAL_UNPROVEN = (
        "The receiver refuses it; without an accepted genuine webhook that proves little."
    )

    @property
    def code(self) -> str:
        """What reports and tests call it: ``family-not-served``."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, code: str) -> Why:
        """The member with this *code*."""
        return cls[code.replace("-", "_").upper()]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check was skipped or is inconclusive.

    *about* names the event or family that the reason is about, *details* fill the other gaps of the
    sentence.
    """

    why: Why
    about: str = ""
    details: Mapping[str, str] = field(default_factory=dict, hash=False)

    def sentence(self, about: Sequence[str] = ()) -> str:
        """The reason in words; for several events or families *about*, as one sentence."""
        names = list(about) or [self.about]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        return self.why.value.format(about=", ".join(names[:NAMED]) + more, **self.details)

    def __str__(self) -> str:
        return self.sentence()

    def to_json(self) -> dict[str, Json]:
        """The reason as JSON: its code and details."""
        return {"code": self.why.code, "about": self.about, "details": dict(self.details)}

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Reason:
        """The reason that :meth:`to_json` made *row* of."""
        return cls(Why.of(row["code"]), row["about"], row["details"])


class _Ended(Exception):
    """A check ended without a verdict."""

    def __init__(self, why: Why, about: str = "", **details: str) -> None:
        self.reason = Reason(why, about, details)
        super().__init__(str(self.reason))


class Skipped(_Ended):
    """The check does not apply here. That changes no verdict."""


class Inconclusive(_Ended):
    """The check was tried, and could not decide whether the receiver keeps the rule."""


class Blocked(Inconclusive):
    """The receiver needs a host that it cannot reach here, so trying again is useless."""
