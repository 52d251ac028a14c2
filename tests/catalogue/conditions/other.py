"""The conditions of the families beside voice, messages and TeXML."""

from __future__ import annotations

from telnyx_mock.catalogue.registry import family
from telnyx_mock.schema.json_values import ABSENT
from tests.catalogue.conditions.rows import Case, Condition, Overrides

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


def kind(value: str) -> Overrides:
    return {"type": value}


def content(value: str) -> Overrides:
    return {"body.type": value}


CONDITIONS = [
    Condition("message.echo", "body.text", {"body": "Hi"}, content("text"), content("image")),
    Condition("message.echo", "body.image", {"id": "1"}, content("image"), content("text")),
    Condition("message.echo", "body.video", {"id": "1"}, content("video"), content("audio")),
    Condition("message.echo", "body.audio", {"id": "1"}, content("audio"), content("video")),
    Condition(
        "message.echo", "body.document", {"id": "1"}, content("document"), content("sticker")
    ),
    Condition("message.echo", "body.sticker", {"id": "1"}, content("sticker"), content("location")),
    *(
        row
        for name in FAXES
        for row in (
            Condition(name, "client_state", STATE, OUT, IN, must=False),
            Condition(name, "media_name", "scan.pdf", OUT, IN, must=False),
            Condition(name, "original_media_url", URL, OUT, IN),
            Condition(name, "original_media_url", URL, OUT, {**OUT, "media_name": "scan.pdf"}),
        )
    ),
    Condition("fax.failed", "caller_id", NUMBER, IN, OUT, must=False),
    Condition(
        "10dlc.brand.update", "eventType", "BRAND_REVET", kind("TCR_BRAND_UPDATE"), kind("REVET")
    ),
    Condition(
        "10dlc.brand.update", "tcrBrandId", "B1", kind("TCR_BRAND_UPDATE"), kind("REGISTRATION")
    ),
    Condition(
        "10dlc.brand.update", "brandName", "Some", kind("TCR_BRAND_UPDATE"), kind("REGISTRATION")
    ),
    Condition(
        "10dlc.brand.update",
        "description",
        "Some",
        kind("TCR_BRAND_UPDATE"),
        kind("ORDER_EXTERNAL_VETTING"),
    ),
    *(
        Condition(
            "10dlc.brand.update", "reasons", [], kind(value), kind("TCR_BRAND_UPDATE"), must=False
        )
        for value in ("REGISTRATION", "REVET", "ORDER_EXTERNAL_VETTING")
    ),
    *(
        Condition("10dlc.campaign.update", "status", status, kind(value), kind(other))
        for value, status, other in (
            ("TELNYX_REVIEW", "ACCEPTED", "VERIFIED"),
            ("MNO_REVIEW", "REJECTED", "NUMBER_POOL_PROVISIONED"),
            ("TELNYX_EVENT", "DORMANT", "TCR_EVENT"),
            ("REGISTRATION", "failed", "CAMPAIGN_NUDGE"),
        )
    ),
    *(
        Condition("10dlc.campaign.update", "description", "Some", kind(value), kind(other))
        for value, other in (
            ("TELNYX_REVIEW", "VERIFIED"),
            ("TELNYX_EVENT", "REGISTRATION"),
            ("MNO_REVIEW", "NUMBER_POOL_PROVISIONED"),
            ("TCR_EVENT", "NUMBER_POOL_DEPROVISIONED"),
            ("CAMPAIGN_NUDGE", "VERIFIED"),
        )
    ),
    *(
        Condition("10dlc.campaign.update", "brandId", UUID, kind(value), kind("TELNYX_REVIEW"))
        for value in ("NUMBER_POOL_PROVISIONED", "NUMBER_POOL_DEPROVISIONED", "VERIFIED")
    ),
    Condition(
        "10dlc.campaign.update",
        "eventType",
        "CAMPAIGN_ADD",
        kind("TCR_EVENT"),
        kind("CAMPAIGN_NUDGE"),
    ),
    Condition("10dlc.campaign.update", "createdDate", WHEN, kind("VERIFIED"), kind("MNO_REVIEW")),
    Condition("10dlc.campaign.update", "cspId", "CSP", kind("VERIFIED"), kind("TCR_EVENT")),
    Condition(
        "10dlc.campaign.update", "cspId", "CSP", kind("CAMPAIGN_NUDGE"), kind("TELNYX_EVENT")
    ),
    Condition(
        "10dlc.campaign.update", "isTMobileRegistered", False, kind("VERIFIED"), kind("MNO_REVIEW")
    ),
    Condition(
        "10dlc.campaign.update", "nudgeIntent", "OTHER", kind("CAMPAIGN_NUDGE"), kind("TCR_EVENT")
    ),
    Condition("10dlc.campaign.update", "reasons", [REASON], kind("REGISTRATION"), kind("VERIFIED")),
    Condition(
        "10dlc.phone_number.update",
        "tcrCampaignId",
        "C1",
        kind("STATUS_UPDATE"),
        kind("ASSIGNMENT"),
    ),
    Condition(
        "10dlc.phone_number.update",
        "reasons",
        [],
        kind("ASSIGNMENT"),
        kind("STATUS_UPDATE"),
        must=False,
    ),
    Condition(
        "10dlc.phone_number.update",
        "reasons",
        [],
        kind("DELETION"),
        kind("STATUS_UPDATE"),
        must=False,
    ),
    *(
        row
        for name in EMAILS
        for row in (
            Condition(name, "cc", JANE, NOT_TO, {"to": JANE}, must=False),
            Condition(name, "bcc", JANE, NOT_TO, {"to": JANE}),
            Condition(name, "bcc", JANE, NOT_TO, IN_COPY),
        )
    ),
    Condition(
        "number_reputation.external_verification.status_changed",
        "rejection_reason",
        "Not signed",
        {"status": "rejected"},
        {"status": "approved"},
        must=False,
    ),
    Condition(
        "portout.status_changed",
        "rejection_reason",
        "No",
        {"status": "rejected"},
        {"status": "ported"},
    ),
    Condition(
        "portout.status_changed",
        "rejection_reason",
        None,
        {"status": "rejected-pending"},
        {"status": "pending"},
    ),
]

CASES = [
    Case("fax.failed", "failure_reason", OUT, "user_busy", 486),
    Case("fax.failed", "failure_reason", IN, "sender_call_dropped", None),
    *(
        row
        for name, value in (
            ("10dlc.brand.update", "REVET"),
            ("10dlc.phone_number.update", "ASSIGNMENT"),
        )
        for row in (
            Case(name, "reasons", {**kind(value), "status": "failed"}, [REASON], []),
            Case(name, "reasons", {**kind(value), "status": "success"}, [], [REASON]),
        )
    ),
    Case("10dlc.campaign.update", "campaignId", kind("CAMPAIGN_NUDGE"), "C4D06C2F", ""),
    Case("10dlc.campaign.update", "status", kind("TELNYX_REVIEW"), "REJECTED", "DORMANT"),
    Case("10dlc.campaign.update", "status", kind("MNO_REVIEW"), "ACCEPTED", "failed"),
    Case("10dlc.campaign.update", "status", kind("TELNYX_EVENT"), "DORMANT", "ACCEPTED"),
    Case("10dlc.campaign.update", "status", kind("REGISTRATION"), "failed", "REJECTED"),
    Case("10dlc.phone_number.update", "status", kind("STATUS_UPDATE"), "FAILED", "failed"),
    Case("10dlc.phone_number.update", "status", kind("ASSIGNMENT"), "failed", "FAILED"),
    Case("campaignStatusUpdate", "status", kind("TELNYX_EVENT"), "DORMANT", "ACCEPTED"),
    Case("campaignStatusUpdate", "status", kind("MNO_REVIEW"), "ACCEPTED", "DORMANT"),
    Case("transcript.completed", "last_seq", {"segment_count": 0}, None, 7),
    Case("transcript.completed", "last_seq", {"segment_count": 7}, 7, "7"),
    Case("artifact.completed", "prompt", kind("custom"), "List all names", 1),
    Case("artifact.completed", "prompt", kind("summary"), None, "List all names"),
    Case(
        "porting_order.status_changed",
        "status.details",
        {"status.value": "exception"},
        [EXCEPTION],
        [{}],
    ),
    Case(
        "porting_order.status_changed", "status.details", {"status.value": "draft"}, [], [EXCEPTION]
    ),
    Case(
        "porting_order.new_comment", "comment.user_id", {"comment.user_type": "admin"}, None, UUID
    ),
    Case("porting_order.new_comment", "comment.user_id", {"comment.user_type": "user"}, UUID, 7),
]
