"""Callbacks of verbs that wait for the next document: Gather, AIGather, HttpRequest, Enqueue, Refer.

Each callback is sent to the verb's ``action`` (Enqueue: ``waitUrl``), and the TeXML document in the answer
takes over the call. Gather and HttpRequest may have the same fields: route by address.
Sources: each event's callback page and the guide to its verb.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, has, has_no, is_, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import (
    base64_json,
    by_app,
    by_caller,
    digits,
    either,
    keys,
    line_of_text,
    list_of,
    map_of,
    number,
    one_of,
    setting,
    struct,
    text,
)
from telnyx_mock.catalogue.texml.fields import CALL, CONNECTION_ID, FROM, PRINTED_CALL, PRINTED_TIME, TIMESTAMP, TO
from telnyx_mock.schema.event import Example
from telnyx_mock.schema.kinds import Text
from telnyx_mock.schema.text_formats import DIGITS, TextFormat

FAMILY = Family("texml")

TAKES_OVER = "a TeXML document, which takes over the call"

FAMILY.form(
    "texml.gather",
    *CALL,
    FROM,
    TO,
    optional("Digits", keys("1"), "every key that was pressed, where keys were gathered"),
    rare("SpeechResult", by_caller(text("Please connect me to sales")), "what was said, where speech was gathered", when=has_no("Digits")),
    field("Confidence", number(0.95, 0, 1), "how sure the recognition is", when=has("SpeechResult")),
    operation="TexmlGatherWebhook",
    trigger="A Gather ends: because of keys, of speech, or of a timeout. After a timeout, the event has neither keys nor speech.",
    before=("texml.instructions",),
    reply=TAKES_OVER,
    note="Sent with the method of the TeXML application, because Gather has no method of its own. A guide says that the message history "
    "is sent too; the schema has no field for it.",
    examples={
        "documented": Example(
            "callback page",
            {
                "AccountSid": "cb6cfbbc-eb00-41af-a3f3-0d7b32009e4b",
                "CallSid": "v2:DPNqxVjTNtQYaKdcKbU0QgRFrQ3YzuAQrVYC4Ggcuq7zTpDkUB7A4w",
                "CallSidLegacy": "v2:DPNqxVjTNtQYaKdcKbU0QgRFrQ3YzuAQrVYC4Ggcuq7zTpDkUB7A4w",
                "Confidence": 0.95,
                "From": "Defaultj35z6@sip.telnyx.com",
                "SpeechResult": "Please connect me to sales",
                "To": "+13125550199",
            },
            breaks="shows keys and speech of one Gather",
        )
    },
)

MESSAGE = struct(
    field("role", one_of("user", "assistant"), "who speaks"),
    field("content", by_caller(text("Hello")), "what is said"),
)

FAMILY.form(
    "texml.ai-gather",
    *CALL,
    CONNECTION_ID,
    FROM,
    TO,
    field("Status", one_of("valid", "invalid", extensible=True), "whether all requested values are known"),
    optional(
        "Base64Result",
        either(*(by_caller(base64_json(map_of(sample={"age": 29, "city": city}))) for city in ("Paris", "São Paulo"))),
        "the values: base64 of a JSON object",
    ),
    optional("Base64MessageHistory", base64_json(list_of(MESSAGE)), "the conversation: base64 of a JSON list"),
    operation="TexmlAiGatherWebhook",
    trigger="An AIGather knows the values that its Parameters ask for, or gives up.",
    before=("texml.instructions",),
    reply=TAKES_OVER,
    note="The schema does not list the values of Status; valid and invalid are those of call.ai_gather.ended.",
    examples={
        "documented": Example(
            "callback page",
            {
                **PRINTED_CALL,
                "Base64MessageHistory": "W3sicm9sZSI6InVzZXIiLCJjb250ZW50IjoiSGVsbG8ifV0=",
                "Base64Result": "eyJzdGF0dXMiOiJ2YWxpZCIsInJlc3VsdCI6eyJ0ZXh0IjoiSSB3b3VsZCBsaWtlIHRvIHNjaGVkdWxlIGFuIGFwcG9pbnRtZW50In19",
            },
        )
    },
)

FAMILY.form(
    "texml.http-request",
    *CALL,
    CONNECTION_ID,
    FROM,
    TO,
    rare("CallerId", by_caller(line_of_text("Jane Roe")), "the caller's display name, if one is set"),
    extra=by_app(text("value")),
    operation="TexmlHttpRequestWebhook",
    trigger="The request of an HttpRequest verb with async=false is done.",
    before=("texml.instructions",),
    reply=TAKES_OVER,
    note="For every Field of the verb's Response element, the request has one more field.",
    examples={"documented": Example("callback page", {**PRINTED_CALL, "CallerId": "John Doe"})},
)

POSITION = TextFormat("digits", pattern=DIGITS.pattern, examples=lambda sample: ("1", "3"))
QUEUE_SIZE = TextFormat("digits", pattern=DIGITS.pattern, examples=lambda sample: ("10", "65536"))
"""No position is beyond the size."""

FAMILY.form(
    "texml.queue",
    *CALL,
    CONNECTION_ID,
    FROM,
    TO,
    field("QueueSid", setting("my-queue"), "id or name of the queue; the sample is a name"),
    field("QueuePosition", Text("2", POSITION), "place in the queue, as a string"),
    field("QueueTime", digits("30"), "seconds waited so far, as a string"),
    field("AvgQueueTime", digits("45"), "seconds that calls wait on average, as a string"),
    field("CurrentQueueSize", Text("3", QUEUE_SIZE), "calls in the queue, as a string"),
    operation="TexmlQueueWebhook",
    trigger="A call enters a queue whose Enqueue has a waitUrl. The event is sent again whenever the document from that address has been "
    "played to its end.",
    before=("texml.instructions",),
    reply="a TeXML document of Play, Say, Gather, Pause, Hangup, Redirect and Leave",
    note="In an older guide, the numbers are integers, QueueTime is always 0, and From, To and ConnectionId are missing.",
    examples={"documented": Example("callback page", {**PRINTED_CALL, "AccountSid": "4e71926f-8f13-450e-b91c-23c2ef786aa6"})},
)

REFERRED = is_("ReferCallStatus", "in-progress")

FAMILY.form(
    "texml.refer",
    *CALL,
    field("ReferCallStatus", one_of("in-progress", "failed", "busy", "canceled"), "in-progress where the REFER succeeded"),
    optional("ReferSipResponseCode", one_of("202", "200", extensible=True), "SIP answer to the REFER", when=REFERRED),
    optional("NotifySipResponseCode", one_of("200", "202", extensible=True), "SIP code that the NOTIFY reported", when=REFERRED),
    TIMESTAMP,
    operation="TexmlReferStatusWebhook",
    trigger="The outcome of a Refer verb's SIP REFER is known.",
    before=("texml.instructions",),
    reply=TAKES_OVER,
    note="An older guide also has the value no-answer, and omits ReferCallStatus if the REFER fails or no NOTIFY arrives.",
    examples={"documented": Example("callback page", {**PRINTED_CALL, **PRINTED_TIME})},
)

EVENTS = FAMILY.events
