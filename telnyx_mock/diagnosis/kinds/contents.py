"""Faults in what the receiver makes of a genuine webhook: its event, its fields, its values."""

from __future__ import annotations

import re

from telnyx_mock.contract.app_facts import Mention
from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.rules.accepts import ANY_BEGINNING
from telnyx_mock.diagnosis.kind import ACCEPTED, FAILED, REDIRECTED, REFUSED, FaultKind, Who
from telnyx_mock.diagnosis.observation import Change
from telnyx_mock.diagnosis.remedies.remedy import Remedy

_FAILED_CALL = re.compile(r"HTTPStatusError|HTTPError|APIStatusError|telnyx\.\w*Error")

CONTENT = "accepts-*|finishes-background-work"
"""The rules about the content of a webhook."""

ACKNOWLEDGE = (
    "Answer 200 as soon as the signature is verified, even if your app does not use the event."
)


def _is_too_large(finding: Finding) -> bool:
    return finding.status == 413


def _is_about_api(finding: Finding) -> bool:
    """Whether the app raised what an HTTP client raises for a failed call."""
    return finding.rule == "survives-api-errors" or bool(_FAILED_CALL.search(finding.observed))


CONTENTS = (
    FaultKind(
        id="has-narrow-body-limit",
        title="The receiver has no room for webhooks of usual size.",
        harm="Telnyx delivers a large webhook several times and gives up: it is lost.",
        signs=CONTENT,
        only=_is_too_large,
        single=True,
        fix="Allow at least 1 MB for the body: long texts, recordings and lists make webhooks large.",
    ),
    FaultKind(
        id="fails-beyond-ascii",
        title="The receiver is not ready for text beyond ASCII.",
        harm="Events with an accent or emoji in a name or text are lost.",
        signs="accepts-*|finishes-background-work|escapes-*",
        answers=REFUSED | FAILED,
        only=lambda finding: Change.of(finding) is Change.NOT_ASCII,
        single=True,
        who=Who.CALLER,
        fix=(
            "Read and store text as UTF-8 everywhere: open(..., encoding='utf-8'), a UTF-8 column, "
            "json.dumps with bytes; never .encode('ascii') or latin-1."
        ),
    ),
    FaultKind(
        id="needs-beginning",
        title="The receiver accepts an event only if it has seen the beginning of its call or message.",
        harm="It loses calls that began before it started, and others if events change places.",
        signs="accepts-sample",
        explains="accepts-unknown-event accepts-each-choice accepts-generated accepts-any-order",
        only=lambda finding: (
            finding.cause is Cause.NEEDS_BEGINNING or finding.rule != "accepts-sample"
        ),
        same_status=True,
        single=True,
        fix=ANY_BEGINNING,
        remedy=Remedy.KEEP_STATE_PER_CALL,
    ),
    FaultKind(
        id="refuses-unused-events",
        title="The receiver refuses events that it has no use for.",
        harm="Telnyx delivers each of them again, several times, and reports failures.",
        signs="accepts-unknown-event accepts-sample",
        explains="accepts-each-choice accepts-generated",
        answers=REFUSED,
        same_status=True,
        single=True,
        fix=ACKNOWLEDGE,
        remedy=Remedy.ACKNOWLEDGE_UNKNOWN,
        mentions=(Mention.EVENT_TYPE, Mention.HANDLER),
    ),
    FaultKind(
        id="refuses-unknown-events",
        title="The receiver does not accept events that it does not know.",
        harm="Telnyx adds events; it delivers each several times, and reports failures.",
        signs="accepts-unknown-event",
        remedy=Remedy.ACKNOWLEDGE_UNKNOWN,
        mentions=(Mention.EVENT_TYPE, Mention.HANDLER),
    ),
    FaultKind(
        id="refuses-unknown-fields",
        title="The receiver does not accept fields that it does not know.",
        harm="Telnyx adds fields; on that day every event is lost.",
        signs="accepts-unknown-fields",
    ),
    FaultKind(
        id="answers-other-success",
        title="The receiver answers genuine webhooks with a 2xx other than 200.",
        harm="Some pages of Telnyx count only 200 as success: it may deliver again.",
        signs="accepts-sample|accepts-layouts|accepts-each-choice",
        answers=ACCEPTED,
        fix=ACKNOWLEDGE,
    ),
    FaultKind(
        id="redirects-webhooks",
        title="The receiver answers genuine webhooks with a redirect, which Telnyx does not follow.",
        harm="Telnyx follows no redirect, so the event is lost.",
        signs="accepts-*",
        answers=REDIRECTED,
        fix="Answer 200 at the address itself, and give Telnyx the address as your router spells it.",
    ),
    FaultKind(
        id="fails-with-api",
        title="The receiver does not handle errors of the Telnyx API.",
        harm="When the API refuses a command, Telnyx delivers the event again, in vain.",
        signs="survives-api-errors|accepts-sample",
        only=_is_about_api,
        fix="Catch the API's errors: answer 503 if a later attempt can succeed, and 200 if none can.",
        remedy=Remedy.CATCH_API_ERRORS,
    ),
    FaultKind(
        id="refuses-sample",
        title="The receiver refuses a genuine webhook.",
        harm="The event is lost: Telnyx delivers it in vain.",
        signs="accepts-sample",
        answers=REFUSED,
    ),
    FaultKind(
        id="fails-at-sample",
        title="The receiver fails at a genuine webhook as the documentation shows it.",
        harm="The event is lost: Telnyx delivers it in vain.",
        signs="accepts-sample|accepts-any-order",
        answers=FAILED,
        only=lambda finding: (
            finding.cause is Cause.KNOWN_CALL or finding.rule != "accepts-any-order"
        ),
        fix=(
            "Answer 200 as soon as the signature is verified, even if your app does not use the event. "
            "Handle the values that it has, also where your app knows the call."
        ),
    ),
    FaultKind(
        id="fails-at-other-products",
        title="The receiver does not accept another kind of message.",
        harm="Messages of that kind are lost.",
        signs="accepts-products",
    ),
    FaultKind(
        id="fails-at-new-values",
        title="The receiver does not accept new values of an enumeration.",
        harm="Telnyx may add values; then the event is lost.",
        signs="accepts-new-values",
    ),
    FaultKind(
        id="fails-if-absent",
        title="The receiver needs a field that may be absent.",
        harm="The event is lost: Telnyx delivers it in vain.",
        signs=CONTENT,
        only=lambda finding: Change.of(finding) is Change.ABSENT,
        fix="Read optional members with .get(), and decide what your app does without them.",
        remedy=Remedy.READ_OPTIONAL,
    ),
    FaultKind(
        id="fails-at-null",
        title="The receiver fails at null.",
        harm="The event is lost: Telnyx delivers it in vain.",
        signs=CONTENT,
        only=lambda finding: Change.of(finding) is Change.NULL,
        fix="Treat null like an absent member: (.get(name) or default) returns the default for both.",
        remedy=Remedy.READ_OPTIONAL,
    ),
    FaultKind(
        id="fails-at-empty",
        title="The receiver fails at an empty text or list.",
        harm="The event is lost: Telnyx delivers it in vain.",
        signs=CONTENT,
        only=lambda finding: Change.of(finding) is Change.EMPTY,
        fix="Before you index or split a text or list, check that it has something in it.",
    ),
    FaultKind(
        id="fails-at-long-text",
        title="The receiver has no room for a long text.",
        harm="The event is lost: Telnyx delivers it in vain.",
        signs=CONTENT,
        only=lambda finding: Change.of(finding) is Change.LONG,
        fix="Make room for long texts, or cut them before you store them.",
    ),
    FaultKind(
        id="fails-after-answering",
        title="The receiver accepts an event, and then fails in the background.",
        harm="Telnyx was told that all is well, so it does not deliver again: work is lost.",
        signs="finishes-background-work",
    ),
    FaultKind(
        id="reads-unknown-member",
        title="The receiver reads a member that no event has.",
        harm="It always finds nothing there, so what the member decides never happens.",
        signs="reads-known-members",
    ),
    FaultKind(
        id="fails-at-random",
        title="The receiver fails by chance.",
        harm="Telnyx delivers again, which hides it until too many deliveries fail.",
        signs="accepts-each-time",
    ),
    FaultKind(
        id="needs-order",
        title="The receiver needs events in order.",
        harm="Telnyx promises no order: an event that comes early or late is lost.",
        signs="accepts-any-order",
        explains="idempotent-when-redelivered",
        answers=REFUSED | FAILED,
        only=lambda finding: finding.cause is not Cause.KNOWN_CALL,
        same_status=True,
        single=True,
        fix=(
            "Accept each event in any order. If an earlier one is missing, create what you need, or "
            "store the event; answer 200."
        ),
        remedy=Remedy.KEEP_STATE_PER_CALL,
    ),
    FaultKind(
        id="fails-at-values",
        title="The receiver fails at a value that Telnyx may send.",
        harm="The event is lost: Telnyx delivers it in vain.",
        signs="accepts-each-choice|accepts-generated|accepts-layouts|finishes-background-work",
        fix="Handle the values that you act on, and answer 200 to all others.",
    ),
)
