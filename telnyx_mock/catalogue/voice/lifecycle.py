"""The life of a call leg: initiated, answered, bridged, on hold, hung up, billed."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, has, is_, optional, rare
from telnyx_mock.catalogue.field_groups import (
    CALL_LEG,
    CALL_PARTIES,
    CALLING_PARTY_TYPE,
    CODEC,
    SIP_ADDRESSES,
    SIP_HEADERS,
    TAGS,
    custom_headers,
)
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    by_app_while,
    by_caller,
    cases,
    codecs,
    decimal,
    digits,
    failed_sip_status,
    integer,
    line_of_text,
    list_of,
    map_of,
    null,
    one_of,
    setting,
    sip_status,
    struct,
    timestamp,
    token,
    url,
)
from telnyx_mock.schema.event import Example
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.json_values import ABSENT

FAMILY = Family("voice")

INCOMING = is_("direction", "incoming")


def said(*fields: Field) -> tuple[Field, ...]:
    """The *fields*, which the caller decides for an incoming leg, and the app for one that it dials."""
    return tuple(by_app_while(each, "direction", "outgoing") for each in fields)


FAMILY.event(
    "call.initiated",
    *CALL_LEG,
    *said(*CALL_PARTIES),
    field("direction", one_of("incoming", "outgoing"), "from the point of view of Telnyx's customer"),
    field(
        "state",
        cases("direction", {"outgoing": always("bridging")}, otherwise=always("parked")),
        "parked: waits for the receiver's answer; bridging: Telnyx dials",
    ),
    *said(*SIP_ADDRESSES),
    CALLING_PARTY_TYPE,
    field("caller_id_name", by_caller(line_of_text("Jane Roe")), "the caller's name, or number", when=INCOMING),
    field("start_time", timestamp(), "when the leg began", when=INCOMING),
    field("connection_codecs", setting("G722,PCMU,PCMA"), "the codecs that the application allows", when=INCOMING),
    field("offered_codecs", codecs("PCMU,PCMA"), "codecs of the caller", when=INCOMING),
    *said(custom_headers("X- headers of the INVITE, if it had any"), SIP_HEADERS),
    rare(
        "shaken_stir_attestation", one_of("A", "B", "C", extensible=True), "how far the identity of the caller is attested", when=INCOMING
    ),
    rare("shaken_stir_validated", boolean(True), "whether the attestation could be validated", when=has("shaken_stir_attestation")),
    rare("call_screening_result", one_of("spam_likely", extensible=True), "the result of call screening", when=INCOMING),
    TAGS,
    operation="callInitiated",
    trigger="A call reaches one of your numbers, or a dial, transfer or similar command starts one.",
    after=("call.answered", "call.hangup"),
    note="The schemas require nothing; captured deliveries show which fields an incoming and an outgoing call carry. One guide names "
    "the members of custom_headers header_name and header_value.",
    examples={
        "documented": Example(
            "callback page",
            {
                "caller_id_name": "+13125550142",
                "offered_codecs": "G722,PCMU,PCMA",
                "call_screening_result": "spam_likely",
                "shaken_stir_attestation": "A",
                "shaken_stir_validated": True,
                "tags": ["tag-01", "tag-02"],
                "custom_headers": [{"name": "head_1", "value": "val_1"}, {"name": "head_2", "value": "val_2"}],
                "sip_headers": [
                    {"name": "User-to-User", "value": "1234"},
                    {"name": "User-to-User", "value": "<sip:111@192.168.1.1>"},
                ],
                "from_sip_uri": ABSENT,
                "to_sip_uri": ABSENT,
                "calling_party_type": ABSENT,
            },
        )
    },
)

FAMILY.event(
    "call.answered",
    *CALL_LEG,
    *CALL_PARTIES,
    field("start_time", timestamp("2018-02-02T22:25:20.521992Z", offset=-7.0), "when the leg began, not when it was answered"),
    CALLING_PARTY_TYPE,
    rare("state", always("answered"), "documented in the schema, although no capture has this field"),
    optional("codec", CODEC, "of the answered leg; present on incoming legs"),
    field("sampling_rate", one_of(8000, 16000, 24000, 48000), "of that codec, in hertz", when=has("codec")),
    rare("stream_url", by_app(url("wss://example.com/media")), "the address of the media stream, if the answer command requested it"),
    field(
        "stream_track",
        by_app(one_of("inbound_track", "outbound_track", "both_tracks")),
        "which side is streamed",
        when=has("stream_url"),
    ),
    custom_headers("X- headers, received or set by the answer command"),
    SIP_HEADERS,
    TAGS,
    operation="callAnswered",
    trigger="A call is answered: by the answer command, or by the party that was dialled.",
    before=("call.initiated",),
    after=("call.bridged", "call.hangup"),
    note="The schema has a state but no codec; captured deliveries have a codec but no state.",
)

FAMILY.event(
    "call.bridged",
    *CALL_LEG,
    *CALL_PARTIES,
    optional("start_time", timestamp("2018-02-02T22:25:20.521992Z", offset=-7.0), "when the leg began"),
    CALLING_PARTY_TYPE,
    operation="callBridged",
    trigger="Two legs are joined, by the bridge command or when a transfer is answered; one event for each leg.",
    before=("call.answered",),
    after=("call.hangup",),
    note="The schema leaves start_time out; captured deliveries have it.",
)

FAMILY.event(
    "call.hold",
    *CALL_LEG,
    *CALL_PARTIES,
    operation="callHold",
    trigger="An answered call is put on hold.",
    before=("call.answered",),
    after=("call.unhold", "call.hangup"),
)

FAMILY.event(
    "call.unhold",
    *CALL_LEG,
    *CALL_PARTIES,
    operation="callUnhold",
    trigger="A call is taken off hold again.",
    before=("call.hold",),
    after=("call.hold", "call.hangup"),
)

INBOUND_QUALITY = struct(
    optional("mos", decimal("4.50"), "mean opinion score, 1 to 5"),
    optional("jitter_max_variance", decimal("2.74"), "largest variance of the jitter"),
    optional("jitter_packet_count", digits("0"), "packets that arrived out of order"),
    optional("packet_count", digits("591"), "packets"),
    optional("skip_packet_count", digits("9"), "packets left out"),
)

OUTBOUND_QUALITY = struct(
    optional("packet_count", digits("0"), "packets"),
    optional("skip_packet_count", digits("0"), "packets left out"),
)

QUALITY = struct(
    optional("inbound", INBOUND_QUALITY, "what Telnyx received"),
    optional("outbound", OUTBOUND_QUALITY, "what Telnyx sent"),
)

UNANSWERED = ("call_rejected", "originator_cancel", "timeout", "user_busy", "not_found", "no_answer")
"""The causes for which a leg ends before somebody answers it."""

BY_CALLER = one_of("caller", "unknown")
BY_CALLEE = one_of("callee", "unknown")
HANGUP_SOURCE = cases(
    "hangup_cause",
    {"originator_cancel": BY_CALLER, **dict.fromkeys(("user_busy", "not_found", "no_answer"), BY_CALLEE)},
    otherwise=one_of("caller", "callee", "unknown"),
)
"""A caller gives up; the other side is busy, unknown, or does not answer. The page shows a rejected call ended by its caller."""

SIP_HANGUP_CAUSE = cases(
    "hangup_cause",
    {cause: failed_sip_status(code) for cause, code in zip(UNANSWERED, ("603", "487", "408", "486", "404", "480"), strict=True)},
    otherwise=sip_status("200"),
)
"""An answered call ends with any code, as captures show; a call that nobody answered never with success."""

FAMILY.event(
    "call.hangup",
    *CALL_LEG,
    *CALL_PARTIES,
    field("start_time", timestamp("2018-02-02T22:20:27.521992Z", offset=-300.0), "when the leg began"),
    field("end_time", timestamp(), "when it ended"),
    field(
        "hangup_cause",
        one_of(
            "normal_clearing",
            "call_rejected",
            "originator_cancel",
            "timeout",
            "time_limit",
            "user_busy",
            "not_found",
            "no_answer",
            "unspecified",
        ),
        "why the call ended; timeout: nobody answered in time, time_limit: the call reached its maximum duration, originator_cancel: "
        "the caller gave up",
    ),
    field("hangup_source", HANGUP_SOURCE, "who ended it"),
    field("sip_hangup_cause", SIP_HANGUP_CAUSE, "SIP response code, as a string"),
    CALLING_PARTY_TYPE,
    rare("state", always("hangup"), "documented in the schema, although no capture has this field"),
    optional(
        "call_quality_stats",
        cases("hangup_cause", dict.fromkeys(UNANSWERED, null()), otherwise=QUALITY),
        "statistics of the media; null for a leg without media, such as one that nobody answered",
        nullable=True,
    ),
    rare("telnyx_error", map_of(), "seen as null on an unanswered call", nullable=True),
    custom_headers("X- headers, received or set by the hangup command"),
    SIP_HEADERS,
    TAGS,
    operation="callHangup",
    trigger="A call leg ends, whether or not it was answered.",
    before=("call.initiated", "call.answered"),
    after=("call.cost", "call.recording.saved"),
    note="In captures, hangup_cause comes with surprising SIP codes (normal_clearing with 503).",
)

COST_PART = struct(
    optional("call_part", token("call-control"), "the part of the call that is charged; the names come from the billing system"),
    optional("billed_duration_secs", integer(60), "seconds that are charged"),
    optional("rate", decimal("0.00180"), "price of a minute"),
    optional("cost", decimal("0.0018"), "price of this part"),
    optional("currency", one_of("USD", extensible=True), "ISO 4217"),
)

FAMILY.event(
    "call.cost",
    *CALL_LEG,
    field("status", one_of("success", "error"), "whether the price could be calculated"),
    field("total_cost", cases("status", {"error": null()}, otherwise=decimal("0.0018")), "price of the call; null if unknown"),
    field(
        "billed_duration_secs",
        cases("status", {"error": null()}, otherwise=integer(60)),
        "the duration of the longest part, in seconds; null if unknown",
    ),
    field(
        "cost_parts",
        cases("status", {"error": list_of(COST_PART, shown=0, max_items=0)}, otherwise=list_of(COST_PART, min_items=1)),
        "the price, part by part",
    ),
    optional("billing_group_id", setting("f5586561-8ff0-4291-a0ac-84fe544797bd"), "the billing group", nullable=True),
    optional("occurred_at", timestamp(), "the time of the event, repeated"),
    operation="callCost",
    trigger="A call has been priced, and the application has call_cost_in_webhooks enabled.",
    before=("call.hangup",),
    note="Until the end of 2025 the amounts were numbers, and meta stood inside data.",
)

EVENTS = FAMILY.events
