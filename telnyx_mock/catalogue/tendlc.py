"""10DLC: registering brands, campaigns and their numbers for US text messages.

Sources: the 10DLC event notifications guide; for ``campaignStatusUpdate``, the callback page and the SDK. Only this family writes names in
camel case.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_, optional
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    cases,
    identifier,
    list_of,
    one_of,
    phone,
    struct,
    text,
    timestamp,
    token,
    unix_time,
    words,
)
from telnyx_mock.provider_urls import CAMPAIGN_GUIDE
from telnyx_mock.schema.event import Status

FAMILY = Family("10dlc")

WHEN = timestamp("2024-08-07T17:22:37.328+00:00")

BRAND_ID = identifier("brand_id", "97091164-e814-435c-9c1b-14ab2d18e987")
CAMPAIGN_ID = identifier("campaign_id", "751c6a5c-907b-43a9-8ada-ba1dc8335b07")

REASON = struct(
    field("description", words("Invalid EIN"), "what is wrong"),
    optional("fields", list_of(token("ein")), "with which fields"),
)
REASONS = cases("status", {"failed": list_of(REASON, min_items=1)}, otherwise=list_of(REASON, shown=0, max_items=0))
"""The reasons for a failure; empty if nothing failed."""

TCR_BRAND = is_("type", "TCR_BRAND_UPDATE")

FAMILY.event(
    "10dlc.brand.update",
    field("brandId", BRAND_ID, "Telnyx's id of the brand"),
    field("type", one_of("TCR_BRAND_UPDATE", "REGISTRATION", "REVET", "ORDER_EXTERNAL_VETTING"), "what was done"),
    field("status", one_of("success", "failed"), "how it went"),
    field(
        "eventType",
        one_of("BRAND_ADD", "BRAND_APPEAL_ADD", "BRAND_APPEAL_COMPLETE", "BRAND_REVET", extensible=True),
        "what the registry reports",
        when=TCR_BRAND,
    ),
    field("tcrBrandId", token("BBRAND1"), "the registry's id of the brand", when=TCR_BRAND),
    field("brandName", by_app(text("Some Brand LLC")), "its name", when=TCR_BRAND),
    field("description", words("Brand BBRAND1 is added"), "the report in a sentence", when=TCR_BRAND),
    optional("reasons", REASONS, "why it failed", when=is_("type", "REGISTRATION", "REVET", "ORDER_EXTERNAL_VETTING")),
    status=Status.DOCUMENTED,
    occurred_at=WHEN,
    url=CAMPAIGN_GUIDE,
    trigger="The registration or vetting status of a brand changes.",
    after=("10dlc.campaign.update",),
    note="The API reference names one more eventType, BRAND_OTP_VERIFIED, for sole proprietors.",
)

CAMPAIGN_STATUS = cases(
    "type",
    {"TELNYX_EVENT": always("DORMANT"), "REGISTRATION": always("failed")},
    otherwise=one_of("ACCEPTED", "REJECTED"),
)

FAMILY.event(
    "10dlc.campaign.update",
    field(
        "campaignId",
        cases("type", {"CAMPAIGN_NUDGE": identifier("tcr_campaign_id", "C4D06C2F", "C{TCR}")}, otherwise=CAMPAIGN_ID),
        "Telnyx's id of the campaign; in a nudge, the registry's id",
    ),
    field(
        "type",
        one_of(
            "TELNYX_REVIEW",
            "MNO_REVIEW",
            "VERIFIED",
            "REGISTRATION",
            "TCR_EVENT",
            "TELNYX_EVENT",
            "NUMBER_POOL_PROVISIONED",
            "NUMBER_POOL_DEPROVISIONED",
            "CAMPAIGN_NUDGE",
        ),
        "what it is about",
    ),
    field(
        "status",
        CAMPAIGN_STATUS,
        "the verdict of a review; DORMANT if Telnyx set it; failed for a registration",
        when=is_("type", "TELNYX_REVIEW", "MNO_REVIEW", "TELNYX_EVENT", "REGISTRATION"),
    ),
    field(
        "description",
        words("C6X6M95 approved by Telnyx"),
        "the report in a sentence",
        when=is_("type", "TELNYX_REVIEW", "TELNYX_EVENT", "MNO_REVIEW", "TCR_EVENT", "CAMPAIGN_NUDGE"),
    ),
    field("brandId", BRAND_ID, "its brand", when=is_("type", "NUMBER_POOL_PROVISIONED", "NUMBER_POOL_DEPROVISIONED", "VERIFIED")),
    field(
        "eventType",
        one_of(
            "CAMPAIGN_ADD",
            "CAMPAIGN_BILLED",
            "CAMPAIGN_DCA_COMPLETE",
            "CAMPAIGN_EXPIRED",
            "CAMPAIGN_NUDGE",
            "CAMPAIGN_RESUBMISSION",
            "CAMPAIGN_UPDATE",
            "MNO_CAMPAIGN_OPERATION_APPROVED",
            "MNO_CAMPAIGN_OPERATION_REJECTED",
            "MNO_CAMPAIGN_OPERATION_REVIEW",
            "MNO_CAMPAIGN_OPERATION_SUSPENDED",
            "MNO_CAMPAIGN_OPERATION_UNSUSPENDED",
        ),
        "what the registry reports",
        when=is_("type", "TCR_EVENT"),
    ),
    field("createdDate", timestamp("2024-07-06T14:22:37.328+00:00", offset=-2772000.0), "when it was made", when=is_("type", "VERIFIED")),
    field("cspId", token("CSPID1"), "the service provider at the registry", when=is_("type", "VERIFIED", "CAMPAIGN_NUDGE")),
    field("isTMobileRegistered", boolean(True), "whether T-Mobile has it", when=is_("type", "VERIFIED")),
    field("nudgeIntent", token("APPEAL_REJECTION"), "what the nudge asks for", when=is_("type", "CAMPAIGN_NUDGE")),
    field("reasons", list_of(REASON, min_items=1), "why the registration failed", when=is_("type", "REGISTRATION")),
    status=Status.DOCUMENTED,
    occurred_at=WHEN,
    url=CAMPAIGN_GUIDE,
    trigger="A campaign was reviewed, verified or billed, or its status changed otherwise.",
    before=("10dlc.brand.update",),
    after=("10dlc.phone_number.update",),
    note="campaignStatusUpdate carries the same facts in the form of the OpenAPI document, where createdDate is named createDate.",
)

NUMBER_STATUS = cases(
    "type",
    {"STATUS_UPDATE": one_of("ADDED", "DELETED", "PENDING", "FAILED")},
    otherwise=one_of("success", "failed"),
)

FAMILY.event(
    "10dlc.phone_number.update",
    field("campaignId", CAMPAIGN_ID, "Telnyx's id of the campaign"),
    field("phoneNumber", phone("+13125550199"), "the number"),
    field("type", one_of("ASSIGNMENT", "DELETION", "STATUS_UPDATE"), "what was done"),
    field("status", NUMBER_STATUS, "the result: in capitals for a status update, in small letters otherwise"),
    field("tcrCampaignId", token("C6X6M95"), "the registry's id of the campaign", when=is_("type", "STATUS_UPDATE")),
    optional("reasons", REASONS, "why it failed", when=is_("type", "ASSIGNMENT", "DELETION")),
    status=Status.DOCUMENTED,
    occurred_at=WHEN,
    url=CAMPAIGN_GUIDE,
    trigger="A number was added to a campaign or removed from it, or its status in the campaign changed.",
    before=("10dlc.campaign.update",),
)

FAMILY.raw_event(
    "campaignStatusUpdate",
    struct(
        field("brandId", BRAND_ID, "its brand"),
        field("campaignId", CAMPAIGN_ID, "the campaign"),
        field(
            "type",
            one_of(
                "TELNYX_EVENT",
                "REGISTRATION",
                "MNO_REVIEW",
                "TELNYX_REVIEW",
                "NUMBER_POOL_PROVISIONED",
                "NUMBER_POOL_DEPROVISIONED",
                "TCR_EVENT",
                "VERIFIED",
            ),
            "what it is about",
        ),
        field(
            "status",
            cases(
                "type",
                {
                    "TELNYX_EVENT": always("DORMANT"),
                    **dict.fromkeys(("MNO_REVIEW", "TELNYX_REVIEW"), one_of("ACCEPTED", "REJECTED")),
                    "REGISTRATION": one_of("failed", "success"),
                },
                otherwise=one_of("ACCEPTED", "REJECTED", "success", "failed"),
            ),
            "the verdict; DORMANT if Telnyx itself reports it",
        ),
        optional("description", words("Campaign has been marked as dormant"), "the report in a sentence"),
        optional("createDate", unix_time("1720275757", offset=-2772000.0), "when it was made, Unix seconds as a string"),
        optional("cspId", token("CSPID1"), "the service provider at the registry"),
        optional("isTMobileRegistered", boolean(True), "whether T-Mobile has it"),
    ),
    root=(),
    operation="campaignStatusUpdate",
    trigger="A campaign was reviewed or verified, or its status changed otherwise.",
    before=("10dlc.brand.update",),
    note="In the OpenAPI document and the SDK, this body has no data, no event_type and no id around it, so the event is named after "
    "its operation. The guide shows the same facts as 10dlc.campaign.update, in the usual envelope.",
)

EVENTS = FAMILY.events
