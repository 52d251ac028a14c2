"""Why a check was skipped or stayed inconclusive: a code with details, and its sentence.

Rules raise :class:`Skipped` or :class:`Inconclusive` with a code. Reports, tests and the journal
work with the code; the sentence is made here, when a person reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from telnyx_mock.schema.json_values import Json

NAMED = 5
"""The largest number of events or families that a sentence names."""

HOW_TO_PROBE = (
    "Give a probe: a function that returns data which your app's work changes, such as rows or a "
    "counter. Use a fixture telnyx_probe, the option --probe MODULE:FUNCTION, or an address to "
    "read."
)


class Why(Enum):
    """Why a check was skipped or is inconclusive.

    The value is the sentence. ``{about}`` stands for the event, family or forgery that the sentence
    is about.
    """

    # The receiver or the run does not allow the check.
    NOTHING_SERVED = "This address serves nothing, so no other rule can be tried."
    FAMILY_NOT_SERVED = "The receiver does not serve {about}."
    PRODUCT_NOT_SELECTED = (
        "The receiver does not accept {about} about {products}; it must do so only if you select "
        "that product with --products."
    )
    OWN_ENVELOPE = (
        "The receiver does not accept {about}. It has another envelope than other events, and the "
        "app's code does not name it, so this address probably never gets it. Name it with "
        "--events to judge it."
    )
    SAMPLE_NOT_ACCEPTED = "The receiver does not accept the sample of {about}."
    NO_SAMPLE_ACCEPTED = "The receiver accepts no sample of any event."
    BUDGET_SPENT = "{problem}"
    STOPPED_AT_ERROR = "The run stopped at the first error (--fail-fast)."
    FORGERIES_ONLY = (
        "Without the receiver's key (--forgeries-only), no genuine webhook can be sent. So every "
        "rule that needs one is skipped, and refused forgeries prove little: a receiver that "
        "refuses every request also refuses forgeries, and so does a firewall that bans this host."
    )
    SIGNER_UNKNOWN = (
        "Without the receiver's key, this check proves nothing: the receiver refuses the "
        "forgeries for their signatures, whatever else is wrong with them."
    )
    NEEDS_CONNECTION = "This can be seen only over HTTP, not of an app in this process."
    NEEDS_PROCESS = "{what} can be seen only if the app runs in this process."
    NEEDS_COMMANDS = (
        "{what} can be seen only if the app runs in this process, or sends its commands to the fake API "
        "that --api PORT serves."
    )
    HTTP_CANNOT_CARRY = (
        "HTTP cannot carry the forgery {about}, so it is sent only to an app in this process."
    )
    # What the rule looks for cannot show.
    NO_VISIBLE_EFFECT = f"No webhook has a visible effect. {HOW_TO_PROBE}"
    EFFECTS_UNSEEN = (
        "The receiver is in another process, so its effects cannot be seen. Serve the fake API to it: "
        "--api PORT here, and TELNYX_BASE_URL=http://127.0.0.1:PORT/v2 in its environment. Or give a "
        "probe (--probe)."
    )
    API_NOT_CALLED = (
        "The receiver never called the fake API, so it has no effect that can be seen. If it sends "
        "commands to Telnyx, start it with TELNYX_BASE_URL={address}."
    )
    PROBE_UNCHANGED = "No webhook changes the data that the probe reads."
    NEVER_IDLE = (
        "The receiver has shown effects for a minute in which no webhook was sent. If its worker is behind, "
        "choose fewer events with --events, or give a drain with --drain."
    )
    NO_COMMAND = "No genuine webhook makes the receiver send a command."
    NO_COMMAND_FOR_CALL = "No event makes the receiver send a command for the call of that event."
    NO_CALL_COMMANDED = "The receiver sent no command about a call."
    NO_CALL_ANSWERED = "The receiver does not answer incoming calls."
    NO_DOCUMENT = "The receiver answers no form with a TeXML document."
    NO_SERVICE_CALLED = "The receiver calls no other service."
    NO_REPLY = "{about} does not make the receiver send a message."
    TRIES_NOTHING_AGAIN = (
        "The receiver does not send a fax or a message again, or call again, when it fails."
    )
    HANDLED_ALIKE = "The receiver's code handles most events of {about} alike, so a few of them stand for the others."
    PAYLOAD_NOT_READ = (
        "The receiver reads nothing of the payload of {about}, so a few of such events stand for the "
        "others."
    )
    NO_SECOND_EVENT = (
        "The receiver accepts fewer than two events of {about} whose order can change."
    )
    ACTS_ONLY_IN_CONTEXT = "Events have an effect only after others of the same call or message, or with a certain value."
    NO_ACTING_PAIR = "No two events about the same call or message both have an effect."
    NO_RETRY_NEEDED = (
        "The receiver accepts every webhook while the Telnyx API fails, so Telnyx delivers no "
        "webhook again."
    )
    SECRETS_UNKNOWN = (
        "The receiver's secrets are unknown: {variable} is not set here, or its value is so "
        "short that it may occur in an answer by chance."
    )
    # Another rule has found the fault already.
    LOOKS_ELSEWHERE = (
        "The app looks for the id of the call in a member that no event has, which the finding of "
        "reads-known-members shows."
    )
    SIMPLER_FORGERY_ACCEPTED = (
        "The receiver already accepts a simpler forgery, so this forgery shows nothing new."
    )
    FORGERIES_ACCEPTED = (
        "This rule sends a genuine event after a refused forgery, but the receiver accepts "
        "forgeries."
    )
    SAME_FAILURE = (
        "The receiver fails at a webhook of {about} ({answer}) as {rule} has often found, first "
        "with {event}. So this run did not look for the cause again."
    )
    ACTS_ON_EVERY_DUPLICATE = "Every event already has a second effect when it is delivered again."
    SMALL_POST_ACCEPTED = "The receiver does not refuse even a small POST {how}."
    ALWAYS_LATE = "The receiver already answers single webhooks after the deadline."
    BACKGROUND_TOO_LONG = (
        "Background work takes long, so the run did not wait for every event of {about}; choose "
        "fewer events with --events."
    )
    # The user can give more.
    NO_FAILOVER = (
        "No failover address is given. Give a second receiver with the fixture "
        "telnyx_failover_receiver or with --failover TARGET; a TARGET such as /PATH is another "
        "path of the first receiver."
    )
    FAILOVER_REFUSES_SAMPLE = "The failover address does not accept the sample of {about}."
    NO_EFFECT_AT_FAILOVER = (
        f"The failover address accepts no event that has a visible effect. {HOW_TO_PROBE}"
    )
    NO_APP_WITH_KEYS = (
        "No function is given that makes the app for other keys. Give a function that takes a "
        "list of public keys and returns your app: a fixture telnyx_app_with_keys, or "
        "--app-with-keys MODULE:FUNCTION."
    )
    NO_FACTORY = (
        "This rule needs a receiver with another key, which only a factory can make. Name a "
        "function that makes your app, as in module:make_app()."
    )
    KEY_FROM_ELSEWHERE = (
        "The receiver always verifies with the same key, whatever {variable} contains when the "
        "receiver is made. The app reads the variable earlier, or takes its key from another "
        "place."
    )
    SECOND_RECEIVER_FAILED = "The run could not make a second receiver: {problem}."
    SECOND_RECEIVER_REFUSES = (
        "A second receiver with the same key does not accept the sample of {about} ({answer})."
    )
    # Tried, without a result.
    BASELINE_NOT_ACCEPTED = (
        "The receiver also does not accept the genuine {about} ({answer}), so a refused forgery "
        "proves nothing."
    )
    KEY_UNKNOWN = (
        "The receiver refuses genuine webhooks ({answer}). It may be right: this run made a new "
        "key, which a receiver that was started earlier cannot know. Make a key pair with "
        "'telnyx-mock keys new', start the receiver with the public key as TELNYX_PUBLIC_KEY, "
        "and name the private key with --key file:PATH."
    )
    BUSY = (
        "The receiver answers every delivery of {about} with 429 (too many requests). Send fewer "
        "requests per second (--rate)."
    )
    CALLS_BLOCKED = (
        "The receiver could not do its work for {about}, because some of its calls were refused "
        "here. {calls}"
    )
    NOT_MODELLED = (
        "The receiver failed at {about} after an answer that the fake API does not model: {calls}. "
        "Prepare the true answer in a test with telnyx_mock.api.answer_with(METHOD, PATH, body=...)."
    )
    NOT_CONFIGURED = (
        "The receiver could not do its work for {about}, because its configuration is missing: "
        "{missing}."
    )
    NOT_REPRODUCED = (
        "The receiver failed at a webhook of {about} ({answer}), but not when the same webhook came "
        "again."
    )
    FAILS_WITHOUT_IT = (
        "The receiver failed at a changed sample of {about}, but then it also failed at the plain "
        "sample ({answer}), which it accepts at other times. So the change is not the cause."
    )
    STOPPED_ACCEPTING = (
        "The receiver stopped accepting genuine webhooks after the {when} refusal: a firewall? Allow "
        "this host, or lower --rate."
    )
    STOPPED_FOR_A_WHILE = (
        "The receiver refused a genuine webhook after the {when} refusal, and accepted it a moment "
        "later: a firewall? Allow this host, or lower --rate."
    )
    CONTROL_FAILED = (
        "After the refusals of this check, the receiver also failed at a genuine webhook ({answer}) "
        "that it accepts at other times, so the refusals prove nothing."
    )
    CONTROL_NOT_SENT = (
        "The run ended before a genuine webhook could show that the refusals of this check count."
    )
    MACHINE_BUSY = "This machine is so busy that {sign}, so the time of an answer proves nothing."
    FAILOVER_UNREACHABLE = "The failover address cannot be reached: {problem}"
    APP_NOT_MADE = "The app could not be made with {keys} alone: {problem}."
    READS_UNKNOWN = "What the app reads is not known: {problem}"
    NOBODY_THERE = (
        "Every answer is {answers}, as from an address that serves nothing. Check the path."
    )
    # What simulated calls do not judge, in their words.
    OF_CALLS = "{sentence}"
    CALLED_NOBODY = "The app called nobody: it began no call, and transferred none."
    ASKED_NO_KEYS = "The app asked nobody for keys."
    NO_CONFERENCE = "The app let nobody into a conference."
    # Passed, with less proof than usual.
    REFUSAL_UNPROVEN = (
        "The receiver refuses this forgery. Without an accepted genuine webhook, that proves "
        "little."
    )

    @property
    def code(self) -> str:
        """The code that reports and tests use, such as ``family-not-served``."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, code: str) -> Why:
        """Return the member with this *code*."""
        return cls[code.replace("-", "_").upper()]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check was skipped or is inconclusive.

    *about* names the events or families that the reason concerns. *details* fill the other gaps of
    the sentence.
    """

    why: Why
    about: str = ""
    details: Mapping[str, str] = field(default_factory=dict, hash=False)

    def sentence(self, about: Sequence[str] = ()) -> str:
        """The reason in words: one sentence, even if *about* has several events or families."""
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
        """Return the reason from a *row* that :meth:`to_json` returned."""
        return cls(Why.of(row["code"]), row["about"], row["details"])


class _Ended(Exception):
    """The check ended without a verdict."""

    def __init__(self, why: Why, about: str = "", **details: str) -> None:
        self.reason = Reason(why, about, details)
        super().__init__(str(self.reason))


class Skipped(_Ended):
    """The check does not apply here; a skipped check changes no verdict."""


class Inconclusive(_Ended):
    """The check was tried, but did not show whether the receiver keeps the rule."""


class Blocked(Inconclusive):
    """The receiver needs a host or an answer that it cannot get here, so another try is useless."""
