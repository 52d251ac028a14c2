"""Signals from the other side of a call: keys, gathered digits, SIP INFO."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, rare
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALL_PARTIES
from telnyx_mock.catalogue.kind_vocabulary import (
    by_caller,
    cases,
    identifier,
    keys,
    mime_type,
    one_of,
    pressed_keys,
    text,
)
from telnyx_mock.schema.event import Status

FAMILY = Family("voice")

FAMILY.event(
    "call.dtmf.received",
    *CALL_LEG,
    *CALL_PARTIES,
    field("digit", by_caller(one_of(*"0123456789*#ABCD", sample="#")), "the key that was pressed"),
    operation="callDtmfReceived",
    trigger="A key is pressed during a call; one event for each key, even if a command is gathering digits.",
    before=("call.answered",),
    after=("call.gather.ended",),
)

FAMILY.event(
    "call.gather.ended",
    *CALL_LEG,
    *CALL_PARTIES,
    field("digits", cases("status", {"valid": pressed_keys("5503")}, otherwise=keys("5503")), "the keys that were pressed; may be empty"),
    field(
        "status",
        one_of("valid", "invalid", "call_hangup", "cancelled", "cancelled_amd", "timeout"),
        "how gathering ended; only 'valid' means that the digits are as the command requested",
    ),
    rare("gather_id", identifier("gather_id", "6f7d2c1e-3f0b-4c52-9f62-0a1d8f1f5b90"), "the command's gather_id, or an id from Telnyx"),
    operation="callGatherEnded",
    trigger="A gather command ends: enough digits, too many tries, silence, gather_stop, or the end of the call.",
    before=("call.dtmf.received", "call.playback.ended"),
    after=("call.hangup",),
    note="The command's reference says that gather_id is sent; the event's schema does not have it.",
)

FAMILY.event(
    "call.sip_info.received",
    *CALL_LEG,
    rare(
        "content_type",
        by_caller(mime_type("application/dtmf-relay")),
        "content type of the INFO message; an assumption, because no source shows the fields",
    ),
    rare("body", by_caller(text("Signal=1")), "body of the INFO message; an assumption, because no source shows the fields"),
    status=Status.PARTIAL,
    trigger="A SIP INFO message arrives on a leg; send_sip_info sent it on the other leg.",
    before=("call.answered",),
    after=("call.hangup",),
    note="Known by name only: no schema is published.",
)

EVENTS = FAMILY.events
