"""Faults in what the receiver does because of a webhook: twice, not at all, or to another call."""

from __future__ import annotations

from telnyx_mock.diagnosis.kind import ACCEPTED, FAILED, REFUSED, FaultKind, Who
from telnyx_mock.diagnosis.remedies.remedy import Remedy

DUPLICATES = "idempotent-when-redelivered idempotent-when-replayed idempotent-when-concurrent"

EFFECTS = (
    FaultKind(
        id="acts-on-duplicates",
        title="The receiver acts again when an event comes again.",
        harm="Telnyx delivers again when an answer is late: a customer is rung or billed twice.",
        signs="idempotent-when-redelivered|idempotent-when-replayed",
        explains=DUPLICATES,
        answers=ACCEPTED,
        single=True,
        fix=(
            "Store data.id of each event, with a unique constraint, in the transaction that does the "
            "work; if it is there already, answer 200 and do nothing."
        ),
        remedy=Remedy.DEDUPLICATE,
    ),
    FaultKind(
        id="checks-then-acts",
        title="The receiver acts twice on two duplicates at once.",
        harm="Telnyx may deliver again while the first delivery is under way: both act.",
        signs="idempotent-when-concurrent",
        answers=ACCEPTED,
        single=True,
        fix=(
            "Let one step look for the id and store it: an INSERT with a unique constraint, or SET NX."
        ),
        remedy=Remedy.DEDUPLICATE,
    ),
    FaultKind(
        id="fails-at-duplicates",
        title="The receiver does not acknowledge an event that it has had.",
        harm="Telnyx takes the answer for a failure, and delivers again and again.",
        signs="idempotent-when-redelivered|idempotent-when-replayed|survives-replay-exact",
        explains=f"{DUPLICATES} survives-replay-exact",
        answers=REFUSED | FAILED,
        single=True,
        fix="Answer 200 to an event whose data.id you know.",
        remedy=Remedy.DEDUPLICATE,
    ),
    FaultKind(
        id="confuses-events",
        title="The receiver takes another event for a duplicate, and drops it.",
        harm="Events are lost without a trace: Telnyx was told that they were handled.",
        signs="handles-distinct-events",
        explains="handles-retry-after-failure",
        single=True,
        fix=(
            "Deduplicate by data.id alone, and a form by all its fields: calls, sessions and messages "
            "have many events."
        ),
        remedy=Remedy.DEDUPLICATE,
    ),
    FaultKind(
        id="drops-event-after-refusal",
        title="The receiver drops a genuine event after it refused a request with the same id.",
        harm="Whoever sends a forgery with the id of an event can make the app drop it.",
        who=Who.ANYONE,
        signs="handles-event-after-refusal",
        remedy=Remedy.DEDUPLICATE,
    ),
    FaultKind(
        id="loses-failed-events",
        title="The receiver drops an event at which it failed before.",
        harm="The event is lost: when Telnyx delivers it again, the app drops it.",
        signs="handles-retry-after-failure",
        remedy=Remedy.DEDUPLICATE,
    ),
    FaultKind(
        id="mixes-calls",
        title="The receiver mixes two calls.",
        harm="What is meant for one caller is said or done to another.",
        signs="keeps-calls-apart",
        remedy=Remedy.KEEP_STATE_PER_CALL,
    ),
    FaultKind(
        id="treats-events-alike",
        title="The receiver does not tell events apart.",
        harm="Each event starts the same work: a report on a message counts as another message.",
        signs="distinguishes-events",
    ),
    FaultKind(
        id="replies-to-itself",
        title="The receiver replies to reports on its own messages, in a loop.",
        harm="One message starts replies without end, each at your cost.",
        signs="no-reply-loop",
    ),
    FaultKind(
        id="tries-without-end",
        title="The receiver tries again without end what fails each time.",
        harm="One dead number costs a fax, a message or a call again and again.",
        signs="gives-up-at-some-time",
    ),
    FaultKind(
        id="ignores-long-texts",
        title="The receiver accepts a long text, and does nothing with it.",
        harm="Long messages are accepted and lost.",
        who=Who.CALLER,
        signs="acts-on-long-texts",
    ),
    FaultKind(
        id="commands-unknown-calls",
        title="The receiver commands a call that it was never told of.",
        harm="The command goes nowhere, or to the wrong call.",
        signs="commands-known-calls",
    ),
    FaultKind(
        id="commands-ended-calls",
        title="The receiver commands a call that has ended.",
        harm="The command fails; an app that does not expect it fails with it.",
        signs="commands-live-calls",
    ),
    FaultKind(
        id="answers-outgoing-calls",
        title="The receiver answers a call that it makes itself.",
        harm="The command fails: only the callee can answer.",
        signs="answers-incoming-calls",
    ),
    FaultKind(
        id="refuses-webhooks-at-failover",
        title="The failover address does not accept genuine webhooks.",
        harm="When the first address fails, all events are lost.",
        signs="accepts-at-failover",
    ),
    FaultKind(
        id="verifies-nothing-at-failover",
        title="The failover address does not refuse forgeries.",
        harm="Whoever knows that address can make the app call, text and bill.",
        who=Who.ANYONE,
        signs="refuses-at-failover",
    ),
    FaultKind(
        id="acts-again-at-failover",
        title="The failover address does not know what the first address has handled.",
        harm="What the first address did just before it failed is done twice.",
        signs="idempotent-after-failover",
    ),
    FaultKind(
        id="breaks-documents",
        title="The receiver puts text of the caller into a document without escaping it.",
        harm="A caller's name ends the call, or dials at your cost.",
        signs="escapes-values-in-documents",
        single=True,
        who=Who.CALLER,
        fix=(
            "Build the document with a library that escapes, or pass each value through "
            "xml.sax.saxutils.escape, and through quoteattr in attributes."
        ),
        remedy=Remedy.ESCAPE_XML,
    ),
)
