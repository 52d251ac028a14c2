"""Calls: ``call.*``. Sources: each event's callback page, the programmable-voice guides, and
captured deliveries (2025-09, 2025-11, 2026-05), which decide where the schemas require nothing.
"""

from __future__ import annotations

from telnyx_mock.events.declare import event, field, has, is_, optional, rare
from telnyx_mock.events.groups import (
    CALL_LEG,
    CALL_PARTIES,
    CALLING_PARTY_TYPE,
    SIP_ADDRESSES,
    SIP_HEADERS,
    TAGS,
    custom_headers,
)
from telnyx_mock.events.kinds import (
    always,
    boolean,
    cases,
    decimal,
    digits,
    integer,
    map_of,
    one_of,
    sip_status,
    struct,
    text,
    timestamp,
    token,
    url,
)
from telnyx_mock.events.model import Event

INCOMING = is_("direction", "incoming")

CALL_INITIATED = event(
    "call.initiated",
    "voice",
    *CALL_LEG,
    *CALL_PARTIES,
    field("direction", one_of("incoming", "outgoing"), "seen from Telnyx's customer"),
    field(
        "state",
        cases("direction", {"outgoing": always("bridging")}, otherwise=always("parked")),
        "parked until the receiver answers; bridging while Telnyx dials",
    ),
    *SIP_ADDRESSES,
    CALLING_PARTY_TYPE,
    field("caller_id_name", text("Jane Roe"), "the caller's name, or number", when=INCOMING),
    field("start_time", timestamp(), "when the leg began", when=INCOMING),
    field("connection_codecs", token("G722,PCMU,PCMA"), "codecs of the application", when=INCOMING),
    field("offered_codecs", token("PCMU,PCMA"), "codecs of the caller", when=INCOMING),
    custom_headers("X- headers of the INVITE, when it had any"),
    SIP_HEADERS,
    rare(
        "shaken_stir_attestation",
        one_of("A", "B", "C", open=True),
        "how far the caller is vouched for",
    ),
    rare(
        "shaken_stir_validated",
        boolean(True),
        "whether that attestation could be validated",
        when=has("shaken_stir_attestation"),
    ),
    rare("call_screening_result", one_of("spam_likely", open=True), "what call screening found"),
    TAGS,
    operation="callInitiated",
    trigger="A call reaches one of your numbers, or a dial, transfer or similar command starts one.",
    after=("call.answered", "call.hangup"),
    note="The schemas require nothing; which fields an incoming and an outgoing call carry was "
    "read off captured deliveries.",
)

CALL_ANSWERED = event(
    "call.answered",
    "voice",
    *CALL_LEG,
    *CALL_PARTIES,
    field("start_time", timestamp(offset=-7.0), "when the leg began, not when it was answered"),
    CALLING_PARTY_TYPE,
    rare("state", always("answered"), "in the schema, although no capture has it"),
    optional("codec", token("PCMU"), "of the answered leg; incoming legs show it"),
    field("sampling_rate", integer(8000), "of that codec, in hertz", when=has("codec")),
    rare(
        "stream_url",
        url("wss://example.com/media"),
        "where media is streamed, if the answer asked for it",
    ),
    field(
        "stream_track",
        one_of("inbound_track", "outbound_track", "both_tracks"),
        "which side is streamed",
        when=has("stream_url"),
    ),
    custom_headers("X- headers, received or set by the answer command"),
    SIP_HEADERS,
    TAGS,
    operation="callAnswered",
    trigger="A call is answered: by the answer command, or by the party that was dialled.",
    before=("call.initiated",),
    after=("call.hangup",),
)

STREAM_QUALITY_INBOUND = struct(
    optional("mos", decimal("4.50"), "mean opinion score, 1 to 5"),
    optional("jitter_max_variance", decimal("2.74"), "largest variance of the jitter"),
    optional("jitter_packet_count", digits("0"), "packets that came out of step"),
    optional("packet_count", digits("591"), "packets"),
    optional("skip_packet_count", digits("9"), "packets left out"),
)
STREAM_QUALITY_OUTBOUND = struct(
    optional("packet_count", digits("0"), "packets"),
    optional("skip_packet_count", digits("0"), "packets left out"),
)

CALL_HANGUP = event(
    "call.hangup",
    "voice",
    *CALL_LEG,
    *CALL_PARTIES,
    field(
        "start_time", timestamp("2018-02-02T22:20:27.521992Z", offset=-300.0), "when the leg began"
    ),
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
        "why it ended",
    ),
    field("hangup_source", one_of("caller", "callee", "unknown"), "who ended it"),
    field("sip_hangup_cause", sip_status("200"), "SIP response code, as a string"),
    CALLING_PARTY_TYPE,
    rare("state", always("hangup"), "in the schema, although no capture has it"),
    optional(
        "call_quality_stats",
        struct(
            optional("inbound", STREAM_QUALITY_INBOUND, "what Telnyx received"),
            optional("outbound", STREAM_QUALITY_OUTBOUND, "what Telnyx sent"),
        ),
        "figures of the media; none for a leg without media",
        nullable=True,
    ),
    rare("telnyx_error", map_of(), "seen as null on an unanswered call", nullable=True),
    custom_headers("X- headers, received or set by the hangup command"),
    SIP_HEADERS,
    TAGS,
    operation="callHangup",
    trigger="A call leg ends, answered or not.",
    before=("call.initiated", "call.answered"),
    note="Captures pair hangup_cause with surprising SIP codes (normal_clearing with 503).",
)

EVENTS: tuple[Event, ...] = (CALL_INITIATED, CALL_ANSWERED, CALL_HANGUP)
