"""Every condition of the families beside voice and messages, from both sides."""

from __future__ import annotations

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import families, family, find
from telnyx_mock.events.kinds import Cases, Json
from telnyx_mock.events.model import Status
from telnyx_mock.events.sites import descend, sites
from telnyx_mock.paths import full_path
from telnyx_mock.webhook import ABSENT, sample, webhook

FAMILIES = tuple(
    name for name in families() if name not in ("voice", "conference", "ai", "messaging", "texml")
)

IN, OUT = {"direction": "inbound"}, {"direction": "outbound"}
FAXES = ("fax.queued", "fax.media.processed", "fax.sending.started", "fax.delivered", "fax.failed")
EMAILS = tuple(event.name for event in family("email") if event.payload.fields)
NUMBER = "+13125550123"
STATE = "aGVsbG8="
URL = "https://example.com/file.pdf"
UUID = "0f512bda-ae1e-4597-8e11-e5f5686b97d3"
WHEN = "2024-07-06T14:22:37.328+00:00"
REASON = {"description": "Invalid EIN", "fields": ["ein"]}
EXCEPTION = {"code": "LOA_ILLEGIBLE", "description": "Cannot be read"}
JANE = {"email": "jane@example.com"}
NOT_TO = {"to": ABSENT}
IN_COPY = {"to": ABSENT, "cc": JANE}


def kind(value: str) -> dict[str, Json]:
    return {"type": value}


def content(value: str) -> dict[str, Json]:
    return {"body.type": value}


CONDITIONS: list[tuple[str, str, Json, dict[str, Json], dict[str, Json]]] = [
    # event, field, a value of it, overrides with which it may be there, overrides with which it may not
    ("message.echo", "body.text", {"body": "Hi"}, content("text"), content("image")),
    ("message.echo", "body.image", {"id": "1"}, content("image"), content("text")),
    ("message.echo", "body.video", {"id": "1"}, content("video"), content("audio")),
    ("message.echo", "body.audio", {"id": "1"}, content("audio"), content("video")),
    ("message.echo", "body.document", {"id": "1"}, content("document"), content("sticker")),
    ("message.echo", "body.sticker", {"id": "1"}, content("sticker"), content("location")),
    *(
        row
        for name in FAXES
        for row in (
            (name, "client_state", STATE, OUT, IN),
            (name, "media_name", "scan.pdf", OUT, IN),
            (name, "original_media_url", URL, OUT, IN),
            (name, "original_media_url", URL, OUT, {**OUT, "media_name": "scan.pdf"}),
        )
    ),
    ("fax.failed", "caller_id", NUMBER, IN, OUT),
    ("10dlc.brand.update", "eventType", "BRAND_REVET", kind("TCR_BRAND_UPDATE"), kind("REVET")),
    ("10dlc.brand.update", "tcrBrandId", "B1", kind("TCR_BRAND_UPDATE"), kind("REGISTRATION")),
    ("10dlc.brand.update", "brandName", "Some", kind("TCR_BRAND_UPDATE"), kind("REGISTRATION")),
    (
        "10dlc.brand.update",
        "description",
        "Some",
        kind("TCR_BRAND_UPDATE"),
        kind("ORDER_EXTERNAL_VETTING"),
    ),
    *(
        ("10dlc.brand.update", "reasons", [], kind(value), kind("TCR_BRAND_UPDATE"))
        for value in ("REGISTRATION", "REVET", "ORDER_EXTERNAL_VETTING")
    ),
    *(
        ("10dlc.campaign.update", "status", status, kind(value), kind(other))
        for value, status, other in (
            ("TELNYX_REVIEW", "ACCEPTED", "VERIFIED"),
            ("MNO_REVIEW", "REJECTED", "NUMBER_POOL_PROVISIONED"),
            ("TELNYX_EVENT", "DORMANT", "TCR_EVENT"),
            ("REGISTRATION", "failed", "CAMPAIGN_NUDGE"),
        )
    ),
    *(
        ("10dlc.campaign.update", "description", "Some", kind(value), kind(other))
        for value, other in (
            ("TELNYX_REVIEW", "VERIFIED"),
            ("TELNYX_EVENT", "REGISTRATION"),
            ("MNO_REVIEW", "NUMBER_POOL_PROVISIONED"),
            ("TCR_EVENT", "NUMBER_POOL_DEPROVISIONED"),
            ("CAMPAIGN_NUDGE", "VERIFIED"),
        )
    ),
    *(
        ("10dlc.campaign.update", "brandId", UUID, kind(value), kind("TELNYX_REVIEW"))
        for value in ("NUMBER_POOL_PROVISIONED", "NUMBER_POOL_DEPROVISIONED", "VERIFIED")
    ),
    (
        "10dlc.campaign.update",
        "eventType",
        "CAMPAIGN_ADD",
        kind("TCR_EVENT"),
        kind("CAMPAIGN_NUDGE"),
    ),
    ("10dlc.campaign.update", "createdDate", WHEN, kind("VERIFIED"), kind("MNO_REVIEW")),
    ("10dlc.campaign.update", "cspId", "CSP", kind("VERIFIED"), kind("TCR_EVENT")),
    ("10dlc.campaign.update", "cspId", "CSP", kind("CAMPAIGN_NUDGE"), kind("TELNYX_EVENT")),
    ("10dlc.campaign.update", "isTMobileRegistered", False, kind("VERIFIED"), kind("MNO_REVIEW")),
    ("10dlc.campaign.update", "nudgeIntent", "OTHER", kind("CAMPAIGN_NUDGE"), kind("TCR_EVENT")),
    ("10dlc.campaign.update", "reasons", [REASON], kind("REGISTRATION"), kind("VERIFIED")),
    ("10dlc.phone_number.update", "tcrCampaignId", "C1", kind("STATUS_UPDATE"), kind("ASSIGNMENT")),
    ("10dlc.phone_number.update", "reasons", [], kind("ASSIGNMENT"), kind("STATUS_UPDATE")),
    ("10dlc.phone_number.update", "reasons", [], kind("DELETION"), kind("STATUS_UPDATE")),
    *(
        row
        for name in EMAILS
        for row in (
            (name, "cc", JANE, NOT_TO, {"to": JANE}),
            (name, "bcc", JANE, NOT_TO, {"to": JANE}),
            (name, "bcc", JANE, NOT_TO, IN_COPY),
        )
    ),
    (
        "number_reputation.external_verification.status_changed",
        "rejection_reason",
        "Not signed",
        {"status": "rejected"},
        {"status": "approved"},
    ),
    (
        "portout.status_changed",
        "rejection_reason",
        "No",
        {"status": "rejected"},
        {"status": "ported"},
    ),
    (
        "portout.status_changed",
        "rejection_reason",
        None,
        {"status": "rejected-pending"},
        {"status": "pending"},
    ),
]

CASES: list[tuple[str, str, dict[str, Json], Json, Json]] = [
    # event, field, overrides, a value it may have with them, a value it may not
    ("fax.failed", "failure_reason", OUT, "user_busy", 486),
    ("fax.failed", "failure_reason", IN, "sender_call_dropped", None),
    *(
        row
        for name, value in (
            ("10dlc.brand.update", "REVET"),
            ("10dlc.phone_number.update", "ASSIGNMENT"),
        )
        for row in (
            (name, "reasons", {**kind(value), "status": "failed"}, [REASON], []),
            (name, "reasons", {**kind(value), "status": "success"}, [], [REASON]),
        )
    ),
    ("10dlc.campaign.update", "campaignId", kind("CAMPAIGN_NUDGE"), "C4D06C2F", ""),
    ("10dlc.campaign.update", "status", kind("TELNYX_REVIEW"), "REJECTED", "DORMANT"),
    ("10dlc.campaign.update", "status", kind("MNO_REVIEW"), "ACCEPTED", "failed"),
    ("10dlc.campaign.update", "status", kind("TELNYX_EVENT"), "DORMANT", "ACCEPTED"),
    ("10dlc.campaign.update", "status", kind("REGISTRATION"), "failed", "REJECTED"),
    ("10dlc.phone_number.update", "status", kind("STATUS_UPDATE"), "FAILED", "failed"),
    ("10dlc.phone_number.update", "status", kind("ASSIGNMENT"), "failed", "FAILED"),
    ("campaignStatusUpdate", "status", kind("TELNYX_EVENT"), "DORMANT", "ACCEPTED"),
    ("campaignStatusUpdate", "status", kind("MNO_REVIEW"), "ACCEPTED", "DORMANT"),
    ("transcript.completed", "last_seq", {"segment_count": 0}, None, 7),
    ("transcript.completed", "last_seq", {"segment_count": 7}, 7, "7"),
    ("artifact.completed", "prompt", kind("custom"), "List all names", 1),
    ("artifact.completed", "prompt", kind("summary"), None, "List all names"),
    (
        "porting_order.status_changed",
        "status.details",
        {"status.value": "exception"},
        [EXCEPTION],
        [{}],
    ),
    ("porting_order.status_changed", "status.details", {"status.value": "draft"}, [], [EXCEPTION]),
    ("porting_order.new_comment", "comment.user_id", {"comment.user_type": "admin"}, None, UUID),
    ("porting_order.new_comment", "comment.user_id", {"comment.user_type": "user"}, UUID, 7),
]


def _value(event: str, path: str, overrides: dict[str, Json]) -> Json:
    inner: Json = webhook(event, **overrides).body
    for step in full_path(find(event), path).split("."):
        if step not in inner:
            return ABSENT
        inner = inner[step]
    return inner


@pytest.mark.parametrize(("event", "path", "value", "holds", "fails"), CONDITIONS)
def test_a_conditional_field_may_be_given_while_its_condition_holds(
    event: str, path: str, value: Json, holds: dict[str, Json], fails: dict[str, Json]
) -> None:
    assert _value(event, path, {**holds, path: value}) == value
    place = full_path(find(event), path)
    [site] = [site for site in descend(sites(find(event))) if site.path == place]
    if not site.field.optional:
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


def test_no_condition_goes_untested() -> None:
    declared = [
        (event, site)
        for name in FAMILIES
        for event in family(name)
        for site in descend(sites(event))
    ]
    conditional = {
        (event.name, site.path) for event, site in declared if site.field.when is not None
    }
    by_case = {(event.name, site.path) for event, site in declared if isinstance(site.kind, Cases)}
    assert conditional == {(event, full_path(find(event), path)) for event, path, *_ in CONDITIONS}
    assert by_case == {(event, full_path(find(event), path)) for event, path, *_ in CASES}


def test_the_sample_of_a_mail_has_exactly_one_kind_of_recipient() -> None:
    for name in EMAILS:
        for given in ({}, NOT_TO, IN_COPY):
            assert len({"to", "cc", "bcc"} & set(webhook(name, **given).payload)) == 1


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        (
            "campaignStatusUpdate",
            {
                "brandId",
                "campaignId",
                "createDate",
                "cspId",
                "description",
                "isTMobileRegistered",
                "status",
                "type",
            },
        ),
        *(
            (event.name, {"id", "event", "version", "occurred_at", "data"})
            for event in family("meeting")
        ),
        ("number_order.complete", {"data", "meta"}),
        ("video.room.session.started", {"data"}),
    ],
)
def test_each_event_comes_in_its_own_envelope(event: str, keys: set[str]) -> None:
    assert set(sample(event).body) == keys


def test_only_the_meeting_events_carry_a_signature_of_their_own() -> None:
    unsigned = {event.name for name in families() for event in family(name) if not event.signed}
    assert unsigned == {event.name for event in family("meeting")}


@pytest.mark.parametrize(
    "event",
    ["number_order.complete", *(event.name for event in family("number_reputation"))],
)
def test_meta_is_always_there_where_the_schema_requires_it(event: str) -> None:
    with pytest.raises(UsageError, match="meta is missing"):
        webhook(event, meta=ABSENT)
    assert "meta" not in webhook("fax.queued", meta=ABSENT).body


@pytest.mark.parametrize(
    "event", [*(event.name for event in family("email")), "porting_order.loa_updated"]
)
def test_what_is_known_in_part_is_sent_only_when_named(event: str) -> None:
    assert find(event).status is Status.PARTIAL


def test_what_is_known_by_name_takes_any_payload() -> None:
    built = webhook("email_domain.created", extra={"domain": {"name": "example.com"}})
    assert built.payload == {"domain": {"name": "example.com"}}


def test_an_entry_of_the_porting_log_has_no_payload() -> None:
    assert sample("porting_order.loa_updated").body["data"]["payload"] is None


def test_every_neighbour_is_an_event_of_the_catalogue() -> None:
    for name in (*FAMILIES, "messaging"):
        for event in family(name):
            for neighbour in (*event.before, *event.after):
                assert find(neighbour).name == neighbour
