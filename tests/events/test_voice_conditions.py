"""Calls, conferences and assistants: every condition of the catalogue, from both sides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import family, find
from telnyx_mock.events.kinds import Cases, Json
from telnyx_mock.events.model import Status
from telnyx_mock.events.sites import Site, descend, sites
from telnyx_mock.webhook import ABSENT, sample, webhook

FAMILIES = ("voice", "conference", "ai")

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

CONDITIONS: list[tuple[str, str, Json, dict[str, Json], dict[str, Json]]] = [
    # event, field, a value of it, overrides with which it may be there, overrides with which it may not
    ("call.initiated", "caller_id_name", "Jane Roe", IN, OUT),
    ("call.initiated", "start_time", "2018-02-02T22:25:27.521992Z", IN, OUT),
    ("call.initiated", "connection_codecs", "G722", IN, OUT),
    ("call.initiated", "offered_codecs", "PCMU", IN, OUT),
    ("call.initiated", "shaken_stir_validated", True, {"shaken_stir_attestation": "A"}, {}),
    ("call.answered", "sampling_rate", 16000, {"codec": "G722"}, {"codec": ABSENT}),
    ("call.answered", "stream_track", "both_tracks", {"stream_url": "wss://example.com"}, {}),
    (
        "call.playback.ended",
        "status_detail",
        "404",
        {"status": "file_not_found"},
        {"status": "completed"},
    ),
    (
        "call.playback.ended",
        "status_detail",
        "404",
        {"status": "failed"},
        {"status": "call_hangup"},
    ),
    (
        "call.payment.progress",
        "error_type",
        "timeout",
        {"payment_status": "failed"},
        {"payment_status": "processing"},
    ),
    ("call.payment.completed", "charge_id", "ch_1", GOOD, BAD),
    ("call.payment.completed", "token_id", "tok_1", GOOD, BAD),
    ("call.payment.completed", "payment_confirmation_code", "CONF-1", GOOD, BAD),
    ("call.payment.completed", "payment_error", "pay_action_failed", BAD, GOOD),
    ("call.payment.completed", "pay_error_code", "card_declined", BAD, GOOD),
    ("call.payment.completed", "connector_error", "declined", BAD, GOOD),
    (
        "call.payment.completed",
        "connector_error",
        {"code": "declined"},
        {"result": "cancelled"},
        GOOD,
    ),
    (
        "call.conversation.ended",
        "messages[0].tool_calls",
        [TOOL_CALL],
        {"messages[0].role": "assistant"},
        {"messages[0].role": "user"},
    ),
    (
        "call.conversation.ended",
        "messages[0].tool_call_id",
        "call_1",
        {"messages[0].role": "tool"},
        {"messages[0].role": "assistant"},
    ),
    (
        "assistant.initialization",
        "call_control_id",
        "v3:leg",
        {"telnyx_conversation_channel": "phone_call"},
        {"telnyx_conversation_channel": "web_call"},
    ),
    *(
        (
            name,
            "media_name",
            "welcome",
            {"media_url": ABSENT},
            {"media_url": "https://example.com/a.wav"},
        )
        for name in PLAYBACKS
    ),
    *(
        (
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
        (name, "payment_card_number", "xxxxxxxxxxxx1111", CARD, BANK),
        (name, "payment_card_type", "jcb", CARD, BANK),
        (name, "expiration_date", "1230", CARD, BANK),
        (name, "security_code", "xxx", CARD, BANK),
        (name, "payment_card_postal_code", "10001", CARD, BANK),
        (name, "bank_routing_number", "110000000", BANK, CARD),
        (name, "bank_account_number", "********34", BANK, CARD),
        (name, "bank_account_type", "consumer-checking", BANK, CARD),
    )
]

CASES: list[tuple[str, str, dict[str, Json], Json, Json]] = [
    # event, field, overrides, a value it may have with them, a value it may not
    ("call.initiated", "state", IN, "parked", "bridging"),
    ("call.initiated", "state", OUT, "bridging", "parked"),
    ("call.deepfake_detection.result", "score", {"result": "fake"}, 0.97, None),
    ("call.deepfake_detection.result", "score", {"result": "silence_timeout"}, None, 0.97),
    ("call.deepfake_detection.result", "consistency", {"result": "real"}, 91.5, None),
    ("call.deepfake_detection.result", "consistency", {"result": "silence_timeout"}, None, 91.5),
    (
        "call.payment.progress",
        "payment_step",
        {"payment_method": "credit-card"},
        "security-code",
        "bank-account-number",
    ),
    (
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
            (name, "recording_urls", {"format": "wav"}, {"wav": URL}, {"mp3": URL}),
            (
                name,
                "recording_urls",
                {"format": "wav"},
                {"wav": URL, "mp3": None},
                {"wav": URL, "mp3": URL},
            ),
            (name, "recording_urls", {"format": "mp3"}, {"mp3": URL}, {"wav": URL}),
            (name, "recording_urls", {"format": "mp3"}, {"mp3": URL, "wav": None}, {"mp3": None}),
        )
    ),
]


def _site(event: str, path: str) -> Site:
    wanted = path.replace("[0]", "[]")
    found = [
        site
        for site in descend(sites(find(event)))
        if site.path in (wanted, f"data.payload.{wanted}", f"payload.{wanted}")
    ]
    assert len(found) == 1, found
    return found[0]


def _value(event: str, path: str, overrides: dict[str, Json]) -> Json:
    built = webhook(event, **overrides)
    inner: Json = built.body if path.startswith("data.") else built.payload
    for step in path.replace("[0]", ".0").split("."):
        if isinstance(inner, dict) and step not in inner:
            return ABSENT
        inner = inner[0] if step == "0" else inner[step]
    return inner


@pytest.mark.parametrize(("event", "path", "value", "holds", "fails"), CONDITIONS)
def test_a_conditional_field_may_be_given_while_its_condition_holds(
    event: str, path: str, value: Json, holds: dict[str, Json], fails: dict[str, Json]
) -> None:
    assert _value(event, path, {**holds, path: value}) == value
    if not _site(event, path).field.optional:
        assert _value(event, path, holds) is not ABSENT
        with pytest.raises(UsageError, match="it is there whenever"):
            webhook(event, **holds, **{path: ABSENT})


@pytest.mark.parametrize(("event", "path", "value", "holds", "fails"), CONDITIONS)
def test_a_conditional_field_is_absent_and_refused_while_its_condition_fails(
    event: str, path: str, value: Json, holds: dict[str, Json], fails: dict[str, Json]
) -> None:
    assert _value(event, path, fails) is ABSENT
    with pytest.raises(UsageError, match="is there only while"):
        webhook(event, **fails, **{path: value})


@pytest.mark.parametrize(("event", "path", "overrides", "right", "wrong"), CASES)
def test_a_field_takes_the_kind_that_another_field_calls_for(
    event: str, path: str, overrides: dict[str, Json], right: Json, wrong: Json
) -> None:
    assert _value(event, path, {**overrides, path: right}) == right
    with pytest.raises(UsageError):
        webhook(event, **overrides, **{path: wrong})


def _declared() -> Iterator[tuple[str, str]]:
    for name in FAMILIES:
        for event in family(name):
            for site in descend(sites(event)):
                if site.field.when is not None or isinstance(site.kind, Cases):
                    yield event.name, site.path


def test_no_condition_goes_untested() -> None:
    tested = {(event, _site(event, path).path) for event, path, *_ in (*CONDITIONS, *CASES)}
    assert set(_declared()) == tested


def test_the_documented_example_of_an_incoming_call_can_be_built() -> None:
    example = find("call.initiated").examples["documented"]
    payload = webhook("call.initiated", **example.overrides).payload
    assert set(payload) == {
        "call_control_id",
        "call_leg_id",
        "call_session_id",
        "call_screening_result",
        "caller_id_name",
        "client_state",
        "connection_codecs",
        "connection_id",
        "custom_headers",
        "direction",
        "from",
        "offered_codecs",
        "shaken_stir_attestation",
        "shaken_stir_validated",
        "sip_headers",
        "start_time",
        "state",
        "tags",
        "to",
    }


def test_the_floor_event_has_no_data_around_it() -> None:
    assert set(sample("conference.floor.changed").body) == {
        "record_type",
        "event_type",
        "id",
        "payload",
    }


def test_completed_insights_come_flat() -> None:
    built = sample("conversation.insights.completed")
    assert built.body["event_type"] == "conversation.insights.completed"
    assert built.payload is built.body


def test_the_answer_to_an_assistant_is_put_to_use() -> None:
    assert find("assistant.initialization").reply


@pytest.mark.parametrize("name", ["call.sip_info.received", "call.ai_gather.tool_call"])
def test_what_is_known_by_name_or_gone_is_sent_only_when_named(name: str) -> None:
    assert not find(name).status.sent_unnamed
    assert find(name).status in (Status.PARTIAL, Status.RETIRED)


def test_every_neighbour_is_an_event_of_the_catalogue() -> None:
    for name in FAMILIES:
        for event in family(name):
            for neighbour in (*event.before, *event.after):
                assert find(neighbour).name == neighbour
