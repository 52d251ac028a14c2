"""The conditions on calls, conferences and assistants."""

from __future__ import annotations

from telnyx_mock.schema.json_values import ABSENT
from tests.catalogue.conditions.rows import Case, Condition

PLAYBACKS = (
    "call.playback.started",
    "call.playback.ended",
    "conference.playback.started",
    "conference.playback.ended",
    "conference.participant.playback.started",
    "conference.participant.playback.ended",
)
TIME_IN_PAYLOAD = (
    "conference.created",
    "conference.ended",
    "conference.speak.started",
    "conference.speak.ended",
    "conference.playback.started",
    "conference.playback.ended",
    "conference.participant.speak.started",
    "conference.participant.speak.ended",
    "conference.participant.playback.started",
    "conference.participant.playback.ended",
)
PAYMENTS = ("call.payment.progress", "call.payment.completed")
CARD, BANK = {"payment_method": "credit-card"}, {"payment_method": "ach-debit"}
IN, OUT = {"direction": "incoming"}, {"direction": "outgoing"}
GOOD, BAD = {"result": "success"}, {"result": "payment-connector-error"}
URL = "https://example.com/recording"
TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}

CONDITIONS = [
    Condition("call.initiated", "caller_id_name", "Jane Roe", IN, OUT),
    Condition("call.initiated", "start_time", "2018-02-02T22:25:27.521992Z", IN, OUT),
    Condition("call.initiated", "connection_codecs", "G722", IN, OUT),
    Condition("call.initiated", "offered_codecs", "PCMU", IN, OUT),
    Condition(
        "call.initiated",
        "shaken_stir_validated",
        True,
        {"shaken_stir_attestation": "A"},
        {},
        must=False,
    ),
    Condition("call.answered", "sampling_rate", 16000, {"codec": "G722"}, {"codec": ABSENT}),
    Condition(
        "call.answered", "stream_track", "both_tracks", {"stream_url": "wss://example.com"}, {}
    ),
    Condition(
        "call.playback.ended",
        "status_detail",
        "404",
        {"status": "file_not_found"},
        {"status": "completed"},
        must=False,
    ),
    Condition(
        "call.playback.ended",
        "status_detail",
        "404",
        {"status": "failed"},
        {"status": "call_hangup"},
        must=False,
    ),
    Condition(
        "call.payment.progress",
        "error_type",
        "timeout",
        {"payment_status": "failed"},
        {"payment_status": "processing"},
    ),
    Condition("call.payment.completed", "charge_id", "ch_1", GOOD, BAD, must=False),
    Condition("call.payment.completed", "token_id", "tok_1", GOOD, BAD, must=False),
    Condition(
        "call.payment.completed", "payment_confirmation_code", "CONF-1", GOOD, BAD, must=False
    ),
    Condition(
        "call.payment.completed", "payment_error", "pay_action_failed", BAD, GOOD, must=False
    ),
    Condition("call.payment.completed", "pay_error_code", "card_declined", BAD, GOOD, must=False),
    Condition("call.payment.completed", "connector_error", "declined", BAD, GOOD, must=False),
    Condition(
        "call.payment.completed",
        "connector_error",
        {"code": "declined"},
        {"result": "cancelled"},
        GOOD,
        must=False,
    ),
    Condition(
        "call.conversation.ended",
        "messages[0].tool_calls",
        [TOOL_CALL],
        {"messages[0].role": "assistant"},
        {"messages[0].role": "user"},
        must=False,
    ),
    Condition(
        "call.conversation.ended",
        "messages[0].tool_call_id",
        "call_1",
        {"messages[0].role": "tool"},
        {"messages[0].role": "assistant"},
        must=False,
    ),
    Condition(
        "assistant.initialization",
        "call_control_id",
        "v3:leg",
        {"telnyx_conversation_channel": "phone_call"},
        {"telnyx_conversation_channel": "web_call"},
        must=False,
    ),
    *(
        Condition(
            name,
            "media_name",
            "welcome",
            {"media_url": ABSENT},
            {"media_url": "https://example.com/a.wav"},
            must=False,
        )
        for name in PLAYBACKS
    ),
    *(
        Condition(
            name,
            "data.occurred_at",
            "2018-02-02T22:25:27Z",
            {},
            {"occurred_at": "2018-02-02T22:25:27.521Z"},
        )
        for name in TIME_IN_PAYLOAD
    ),
]
CONDITIONS += [
    row
    for name in PAYMENTS
    for row in (
        Condition(name, "payment_card_number", "xxxxxxxxxxxx1111", CARD, BANK, must=False),
        Condition(name, "payment_card_type", "jcb", CARD, BANK, must=False),
        Condition(name, "expiration_date", "1230", CARD, BANK, must=False),
        Condition(name, "security_code", "xxx", CARD, BANK, must=False),
        Condition(name, "payment_card_postal_code", "10001", CARD, BANK, must=False),
        Condition(name, "bank_routing_number", "110000000", BANK, CARD, must=False),
        Condition(name, "bank_account_number", "********34", BANK, CARD, must=False),
        Condition(name, "bank_account_type", "consumer-checking", BANK, CARD, must=False),
    )
]

CASES = [
    Case("call.initiated", "state", IN, "parked", "bridging"),
    Case("call.initiated", "state", OUT, "bridging", "parked"),
    Case("call.deepfake_detection.result", "score", {"result": "fake"}, 0.97, None),
    Case("call.deepfake_detection.result", "score", {"result": "silence_timeout"}, None, 0.97),
    Case("call.deepfake_detection.result", "consistency", {"result": "real"}, 91.5, None),
    Case(
        "call.deepfake_detection.result", "consistency", {"result": "silence_timeout"}, None, 91.5
    ),
    Case(
        "call.payment.progress",
        "payment_step",
        {"payment_method": "credit-card"},
        "security-code",
        "bank-account-number",
    ),
    Case(
        "call.payment.progress",
        "payment_step",
        {"payment_method": "ach-debit"},
        "bank-account-number",
        "security-code",
    ),
    *(
        row
        for name in ("call.recording.saved", "conference.recording.saved")
        for row in (
            Case(name, "recording_urls", {"format": "wav"}, {"wav": URL}, {"mp3": URL}),
            Case(
                name,
                "recording_urls",
                {"format": "wav"},
                {"wav": URL, "mp3": None},
                {"wav": URL, "mp3": URL},
            ),
            Case(name, "recording_urls", {"format": "mp3"}, {"mp3": URL}, {"wav": URL}),
            Case(
                name, "recording_urls", {"format": "mp3"}, {"mp3": URL, "wav": None}, {"mp3": None}
            ),
        )
    ),
]
