"""Faults in the details of signatures, timestamps, headers and keys."""

from __future__ import annotations

from telnyx_mock.contract.rules.refuses import CHECK_TIME, REFUSE_MALFORMED, VERIFY
from telnyx_mock.diagnosis.kind import ACCEPTED, FAILED, REFUSED, FaultKind, Who
from telnyx_mock.diagnosis.kinds.verification import of_age, of_verifying

SIGNATURES = (
    of_verifying(
        id="accepts-weak-signatures",
        title="The receiver accepts signatures that a strict verifier refuses.",
        harm="Signatures pass that nobody made with Telnyx's key.",
        signs=(
            "refuses-signature-small-order|refuses-signature-non-canonical|refuses-signature-all-zero"
        ),
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix="Verify with a maintained library, such as PyNaCl, and with no other key than Telnyx's.",
    ),
    of_verifying(
        id="accepts-hmac",
        title="The receiver accepts an HMAC whose secret is the public key.",
        harm="The public key is no secret: whoever knows it can sign.",
        signs="refuses-signature-hmac-*",
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix=VERIFY,
    ),
    of_verifying(
        id="accepts-other-schemes",
        title="The receiver accepts requests that are signed by another scheme.",
        harm="Requests pass that Telnyx did not sign in this way.",
        signs=(
            "refuses-signature-standard-webhooks|refuses-signature-legacy-v1|refuses-signature-over-*|"
            "refuses-signature-with*"
        ),
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix=VERIFY,
    ),
    of_verifying(
        id="accepts-damaged-signatures",
        title="The receiver accepts damaged signatures.",
        harm="Whoever damages the signature can make the app call, text and bill.",
        signs="refuses-signature-*|survives-signature-*",
        answers=ACCEPTED,
        single=True,
        who=Who.ANYONE,
        fix=VERIFY,
    ),
    of_age(
        id="accepts-bad-timestamps",
        title="The receiver accepts timestamps that are not whole seconds in ASCII digits.",
        harm="What is no number has no age, so a recorded webhook may pass for ever.",
        signs="refuses-timestamp-*|survives-timestamp-*",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix=CHECK_TIME.replace("Then refuse", "Refuse"),
    ),
    of_verifying(
        id="accepts-changed-bodies",
        title="The receiver accepts some bodies that were changed after they were signed.",
        harm="Whoever forwards a request can decide what a member says.",
        signs="refuses-body-*",
        answers=ACCEPTED,
        single=True,
        who=Who.RECORDER,
        fix=f"{VERIFY} Verify the raw bytes, and parse the same bytes.",
    ),
    FaultKind(
        id="reads-query",
        title="The receiver reads the query of the address, which no signature covers.",
        harm="Anyone can add a query to a recorded request.",
        who=Who.RECORDER,
        signs="ignores-body-query-added",
        answers=ACCEPTED,
    ),
    of_verifying(
        id="fails-at-missing-header",
        title="The receiver fails if a header is missing, where it should refuse the request.",
        harm="Anyone can make the app fail, as often as they like.",
        who=Who.ANYONE,
        signs="refuses-headers-*|refuses-signature-missing|refuses-timestamp-missing",
        answers=FAILED,
        one_mistake=True,
        fix=REFUSE_MALFORMED,
    ),
    of_verifying(
        id="fails-at-repeated-header",
        title="The receiver fails if a header comes twice.",
        harm="Anyone can make the app fail, as often as they like.",
        who=Who.ANYONE,
        signs="survives-*-then-*",
        answers=FAILED,
        one_mistake=True,
        fix=REFUSE_MALFORMED,
    ),
    of_age(
        id="fails-at-bad-timestamp",
        title="The receiver fails at a timestamp that it cannot read, where it should refuse the request.",
        harm="Anyone can make the app fail, as often as they like.",
        who=Who.ANYONE,
        signs="refuses-timestamp-*|survives-timestamp-*",
        answers=FAILED,
        one_mistake=True,
        fix=CHECK_TIME.replace("Then refuse", "Refuse"),
    ),
    of_verifying(
        id="fails-at-bad-signature",
        title="The receiver fails at a signature that it cannot read, where it should refuse the request.",
        harm="Anyone can make the app fail, as often as they like.",
        who=Who.ANYONE,
        signs="refuses-signature-*|survives-signature-*",
        answers=FAILED,
        one_mistake=True,
        fix=REFUSE_MALFORMED,
    ),
    FaultKind(
        id="knows-one-key",
        title="The receiver cannot verify with two keys, as a change of keys needs it.",
        harm="When you change the key, genuine webhooks are refused until all is switched.",
        who=Who.OPERATOR,
        signs="supports-key-rotation",
    ),
    FaultKind(
        id="starts-with-unusable-key",
        title="The receiver starts with a key that it cannot use, and then refuses everything.",
        harm="A mistake in the key looks like an attack: every webhook is refused.",
        who=Who.OPERATOR,
        signs="fails-closed|accepts-key-spelling",
        fix="Decode the key when the app starts. Refuse to start unless it is 32 bytes in base64.",
    ),
    of_age(
        id="needs-exact-clock",
        title="The receiver refuses genuine webhooks if the clocks differ by less than five minutes.",
        harm="If a clock is a little off, or a delivery slow, genuine webhooks are refused.",
        signs="accepts-clock-skew|accepts-edge-of-tolerance",
        fix="Compare in whole seconds (UTC), and allow a difference of 300 s in both directions.",
    ),
    FaultKind(
        id="compares-spelling-of-headers",
        title="The receiver needs one exact spelling of the headers.",
        harm="A proxy may spell headers in another way; then every webhook is refused.",
        signs="accepts-headers",
        answers=REFUSED | FAILED,
    ),
)
