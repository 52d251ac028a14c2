"""Faults of the verification: what the receiver takes for genuine although Telnyx did not sign it."""

from __future__ import annotations

import re
from functools import partial

from telnyx_mock.contract.app_facts import Mention
from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.rules.refuses import VERIFY, VERIFY_FIRST
from telnyx_mock.contract.rules.unreachable import is_own_error
from telnyx_mock.diagnosis.kind import ACCEPTED, FAILED, REDIRECTED, FaultKind, Who
from telnyx_mock.diagnosis.observation import Answer, matches
from telnyx_mock.diagnosis.remedies.remedy import Remedy

_WRONG_CALL = re.compile(
    r"TypeError: \S*(?:unwrap|verify|construct_event)\w*\(\) (?:got an unexpected|missing \d+ required)"
)

PLAIN = (
    "refuses-headers-missing refuses-signature-missing refuses-signature-by-another-key "
    "refuses-body-changed"
)
FORGERIES = "refuses-* survives-* ignores-*"
ABOUT_KEYS = "fails-closed supports-key-rotation"
"""A receiver that does not verify breaks these whatever its keys are."""

VERIFIER = (
    Mention.VERIFY,
    Mention.UNWRAP,
    Mention.CONSTRUCT_EVENT,
    Mention.SIGNATURE,
    Mention.HANDLER,
)
"""Where an app verifies: the plainest sign of it first."""

of_verifying = partial(FaultKind, remedy=Remedy.VERIFY, mentions=VERIFIER)
"""Makes a kind of fault of the code that verifies."""

of_age = partial(FaultKind, remedy=Remedy.VERIFY, mentions=(Mention.TIMESTAMP, *VERIFIER))
"""Makes a kind of fault in what the app does with the timestamp."""

JUNK = "survives-junk survives-compressed refuses-body-truncated refuses-body-empty"
"""What gets to the code behind the verification if a request without a genuine signature does."""

UNSIGNED = (
    "refuses-headers-missing refuses-signature-missing refuses-signature-empty "
    "refuses-signature-blank refuses-signature-standard-webhooks refuses-signature-legacy-v1"
)
"""The forgeries that have no signature of Telnyx's scheme."""


def _is_dropped(finding: Finding) -> bool:
    return finding.cause is Cause.DROPPED or not matches(finding.rule, PLAIN)


def _is_other_scheme(finding: Finding) -> bool:
    """Whether the genuine webhook is refused, or a forgery of another scheme accepted."""
    return finding.rule in ("serves-something", "accepts-sample") or (
        Answer.of(finding) is Answer.ACCEPTED
    )


def _calls_sdk_wrongly(finding: Finding) -> bool:
    return bool(_WRONG_CALL.search(finding.observed))


def _hides_own_error(finding: Finding) -> bool:
    if finding.rule != "serves-something":
        return _is_other_scheme(finding)
    is_caught = Answer.of(finding) is Answer.REFUSED and bool(finding.traceback)
    return is_caught and is_own_error(finding.traceback)


def _is_unverified(finding: Finding) -> bool:
    return finding.status in (400, 401, 403) or Answer.of(finding) is Answer.ACCEPTED


VERIFICATION = (
    of_verifying(
        id="verifies-after-answering",
        title="The receiver verifies signatures only after it answers, or drops forgeries silently.",
        harm="If your key is wrong, Telnyx's log shows success, and the app ignores every event.",
        signs=PLAIN,
        explains=f"{FORGERIES} {ABOUT_KEYS}",
        consequences=JUNK,
        answers=ACCEPTED,
        everywhere=True,
        only=_is_dropped,
        single=True,
        who=Who.ANYONE,
        fix="Verify the signature before you answer, and answer 401 or 403 to forgeries.",
    ),
    FaultKind(
        id="verifies-nothing",
        title="The receiver does not verify signatures.",
        harm="Whoever knows the address can make the app call, text and bill.",
        signs=PLAIN,
        explains=f"{FORGERIES} {ABOUT_KEYS}",
        consequences=JUNK,
        answers=ACCEPTED,
        everywhere=True,
        single=True,
        who=Who.ANYONE,
        fix=f"{VERIFY} Then run this again: more faults may show.",
        remedy=Remedy.VERIFY,
        mentions=(Mention.HANDLER,),
    ),
    of_verifying(
        id="skips-verification-of-some-events",
        title="The receiver verifies some events, and not others.",
        harm="Whoever knows the address can send the events that are not verified.",
        signs="refuses-headers-missing|refuses-signature-missing|refuses-signature-by-another-key",
        explains=FORGERIES,
        answers=ACCEPTED,
        somewhere=True,
        single=True,
        who=Who.ANYONE,
        fix="Verify each request in one place, before the app looks at the event.",
    ),
    of_verifying(
        id="checks-only-presence",
        title="The receiver looks whether a signature is there, and does not verify it.",
        harm="Whoever knows the address can make the app call, text and bill.",
        signs="refuses-signature-by-another-key refuses-body-changed",
        kept="refuses-signature-missing",
        explains=f"{FORGERIES} {ABOUT_KEYS}",
        consequences=JUNK,
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix=VERIFY,
    ),
    of_age(
        id="verifies-only-with-timestamp",
        title="The receiver verifies a signature only if there is a timestamp.",
        harm="Whoever leaves the timestamp out can make the app call, text and bill.",
        signs="refuses-timestamp-missing|refuses-timestamp-empty",
        kept="refuses-signature-by-another-key refuses-signature-missing",
        explains=f"refuses-headers-missing refuses-timestamp-* {ABOUT_KEYS}",
        consequences=JUNK,
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix="Refuse a request without a timestamp.",
    ),
    of_verifying(
        id="verifies-only-with-signature",
        title="The receiver verifies a signature only if there is one.",
        harm="Whoever leaves the signature out can make the app call, text and bill.",
        signs=(
            "refuses-headers-missing|refuses-signature-missing|refuses-signature-empty|"
            "refuses-signature-blank"
        ),
        kept="refuses-signature-by-another-key",
        explains=f"{UNSIGNED} refuses-timestamp-missing {ABOUT_KEYS}",
        consequences=JUNK,
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix="Refuse a request without a signature, as you refuse one with a wrong signature.",
    ),
    of_verifying(
        id="skips-verification-of-some-content-types",
        title="The receiver verifies a request only if its content type is the usual one.",
        harm="Whoever sends another content type can make the app call, text and bill.",
        signs=(
            "refuses-headers-missing-as-text|refuses-headers-missing-mistyped|"
            "refuses-headers-missing-untyped"
        ),
        explains="refuses-headers-missing-*",
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix="Verify the raw bytes of each request, whatever its content type is.",
    ),
    of_verifying(
        id="calls-sdk-wrongly",
        title="The receiver calls the official SDK with arguments that it does not have.",
        harm="Telnyx delivers each event several times and gives up: the app hears nothing.",
        signs="accepts-sample",
        explains="serves-something survives-* refuses-* ignores-*",
        only=_calls_sdk_wrongly,
        single=True,
        fix="Give client.webhooks.unwrap the raw body as text, and all headers of the request as headers=.",
    ),
    of_verifying(
        id="hides-own-error",
        title="The receiver takes an error of its own for a bad signature, and refuses every webhook.",
        harm="Telnyx delivers each event several times and gives up: the app hears nothing.",
        signs="serves-something",
        explains="accepts-sample refuses-* survives-*",
        only=_hides_own_error,
        single=True,
        fix="Mend the line, and catch only what your verifier raises for a wrong signature.",
    ),
    of_verifying(
        id="refuses-everything",
        title="The receiver refuses every genuine webhook.",
        harm="Telnyx delivers each event several times and gives up: the app hears nothing.",
        signs="serves-something",
        explains="accepts-sample refuses-* survives-*",
        only=_is_other_scheme,
        single=True,
        fix=(
            "Check the path, and the public key of the receiver. The signature is base64 in "
            "telnyx-signature-ed25519, and signs the bytes timestamp|body, as they come."
        ),
    ),
    of_verifying(
        id="acts-before-verifying",
        title="The receiver acts on a request before it verifies it.",
        harm="Whoever knows the address can make the app act; the refusal comes too late.",
        signs="refuses-*|ignores-*",
        explains="refuses-* survives-* ignores-* handles-event-after-refusal",
        only=lambda finding: (
            Answer.of(finding) is Answer.REFUSED or finding.rule == "handles-event-after-refusal"
        ),
        single=True,
        who=Who.ANYONE,
        fix=f"{VERIFY} Do nothing before that.",
    ),
    of_verifying(
        id="redirects-forgeries",
        title="The receiver answers forgeries with a redirect.",
        harm="To the sender, the redirect looks like an address that has moved.",
        signs=FORGERIES.replace(" ", "|"),
        explains=FORGERIES,
        answers=REDIRECTED,
        single=True,
        who=Who.ANYONE,
        fix="Answer 401 or 403 to a request that does not pass the verification.",
    ),
    of_verifying(
        id="fails-at-forgeries",
        title="The receiver fails at a wrong signature, where it should refuse the request.",
        harm="Anyone can fill your error log, and a wrong key looks like a bug of the app.",
        signs="refuses-signature-by-another-key|refuses-body-changed",
        explains=FORGERIES,
        answers=FAILED,
        single=True,
        who=Who.ANYONE,
        fix="Catch the error that your verifier raises, and answer 401 or 403.",
    ),
    of_verifying(
        id="verifies-other-bytes",
        title="The receiver verifies other bytes than those that came.",
        harm="Telnyx may spell a text or number in another way; then the event is refused.",
        signs="accepts-layouts|refuses-signature-over-rewritten-body|refuses-body-with-bom",
        explains=(
            "accepts-sample accepts-layouts accepts-each-choice accepts-generated accepts-unknown-fields "
            "refuses-signature-over-rewritten-body refuses-body-*"
        ),
        kept="refuses-body-changed",
        only=_is_unverified,
        single=True,
        fix=(
            "Verify the signature over the raw bytes of the body, before anything decodes them: "
            "request.get_data() in Flask, await request.body() in FastAPI and Starlette, request.body in "
            "Django, express.raw() in Express."
        ),
    ),
    of_verifying(
        id="verifies-only-with-body",
        title="The receiver does not verify a request whose body is empty.",
        harm="Anyone can send an empty request to the code behind the verification.",
        signs="refuses-body-empty",
        kept="refuses-body-changed",
        explains="survives-junk",
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix=VERIFY,
    ),
    of_verifying(
        id="fails-open",
        title="Without a usable key, the receiver accepts every request.",
        harm="If a deployment lacks the key, anyone can send webhooks, and nothing tells you.",
        signs="fails-closed",
        answers=ACCEPTED,
        single=True,
        who=Who.OPERATOR,
        fix=(
            "Read the public key when the app starts. If the key is missing, refuse to start, or answer "
            "503; never skip the verification."
        ),
    ),
    of_verifying(
        id="works-before-verifying",
        title="The receiver parses requests before it verifies them, and fails at some.",
        harm="Anyone can make the app fail, as often as they like.",
        signs="survives-junk",
        unlike="refuses-headers-* refuses-signature-* survives-signature-* refuses-timestamp-*",
        explains=(
            "refuses-body-truncated refuses-body-empty survives-json-* survives-methods survives-large "
            "survives-compressed ignores-*"
        ),
        answers=FAILED,
        single=True,
        who=Who.ANYONE,
        fix=VERIFY_FIRST,
    ),
)
