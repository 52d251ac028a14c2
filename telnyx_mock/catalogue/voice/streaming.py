"""Copies of the media of a call, sent elsewhere: websocket streams, forks, SIPREC.

The names ``streaming.*`` and ``siprec.*`` do not begin with ``call.``, although the names of their operations do.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional
from telnyx_mock.catalogue.field_groups import CALL_LEG
from telnyx_mock.catalogue.kind_vocabulary import always, by_app, identifier, one_of, struct, token, url

FAMILY = Family("voice")

STREAM_URL = field("stream_url", by_app(url("wss://www.example.com/websocket")), "where the media goes")

FAMILY.event(
    "streaming.started",
    *CALL_LEG,
    STREAM_URL,
    operation="callStreamingStarted",
    trigger="The websocket that a dial, answer or streaming_start command requested is open.",
    before=("call.answered",),
    after=("streaming.stopped", "streaming.failed"),
    note="The printed sample shows a UUID as call_control_id.",
)

FAMILY.event(
    "streaming.stopped",
    *CALL_LEG,
    STREAM_URL,
    operation="callStreamingStopped",
    trigger="Streaming ends, by streaming_stop or with the call.",
    before=("streaming.started",),
    after=("call.hangup",),
    note="The printed sample shows a UUID as call_control_id.",
)

STREAM_PARAMS = struct(
    optional("stream_url", by_app(url("wss://www.example.com/websocket")), "the address to which the media should go"),
    optional("track", by_app(one_of("inbound_track", "outbound_track", "both_tracks")), "which side"),
)

FAMILY.event(
    "streaming.failed",
    *CALL_LEG,
    field("failure_reason", token("connection_failed"), "why, in a word or a few"),
    field("stream_id", identifier("stream_id", "1edb94f9-7ef0-4150-b502-e0ebadfd9491"), "names the stream"),
    optional("stream_params", STREAM_PARAMS, "the parameters of the command"),
    field("stream_type", by_app(one_of("websocket", "dialogflow")), "the type of the stream"),
    operation="callStreamingFailed",
    trigger="The websocket could not be opened, or failed later.",
    before=("call.answered", "streaming.started"),
    after=("call.hangup",),
    note="The address is inside stream_params, not beside the other fields as in streaming.started.",
)

STREAM_TYPE = field("stream_type", always("decrypted"), "what is forked")

FAMILY.event(
    "call.fork.started",
    *CALL_LEG,
    STREAM_TYPE,
    operation="callForkStarted",
    trigger="A fork_start command's copy of the media begins.",
    before=("call.answered",),
    after=("call.fork.stopped",),
)

FAMILY.event(
    "call.fork.stopped",
    *CALL_LEG,
    STREAM_TYPE,
    operation="callForkStopped",
    trigger="The copy of the media ends, by fork_stop or with the call.",
    before=("call.fork.started",),
    after=("call.hangup",),
)

FAMILY.event(
    "siprec.started",
    *CALL_LEG,
    operation="callSiprecStarted",
    trigger="The SIPREC session that siprec_start requested has begun.",
    before=("call.answered",),
    after=("siprec.stopped", "siprec.failed"),
    note="The printed sample shows a UUID as call_control_id.",
)

FAMILY.event(
    "siprec.stopped",
    *CALL_LEG,
    field("hangup_cause", token("normal_clearing"), "why the session ended; no source lists the values"),
    operation="callSiprecStopped",
    trigger="The SIPREC session ends, by siprec_stop or with the call.",
    before=("siprec.started",),
    after=("call.hangup",),
)

FAMILY.event(
    "siprec.failed",
    *CALL_LEG,
    field("failure_cause", token("no_answer"), "why the session failed; no source lists the values"),
    operation="callSiprecFailed",
    trigger="The SIPREC session could not be set up, or failed later.",
    before=("call.answered", "siprec.started"),
    after=("call.hangup",),
)

EVENTS = FAMILY.events
