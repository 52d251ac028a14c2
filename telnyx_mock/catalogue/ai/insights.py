"""Insights: results of analysing a conversation after its end."""

from __future__ import annotations

from telnyx_mock.catalogue.ai.conversation import DURATION, MODELS, conversation_id
from telnyx_mock.catalogue.declare import Family, field, optional, rare
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALL_PARTIES, CALLING_PARTY_TYPE
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    by_app,
    decimal,
    either,
    identifier,
    list_of,
    map_of,
    one_of,
    setting,
    struct,
    text,
    timestamp,
    token,
    url,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Status

FAMILY = Family("ai")

INSIGHT_ID = optional("insight_id", setting("1f0e6f2a-7d0b-4c3f-8d57-3f6c0a9b2e44"), "the kind of insight")

FINDING = either(text("The caller asked for a refund."), by_app(map_of(None, {"sentiment": "positive"})))
"""Text, or an object if the app gave the insight a JSON schema."""

INSIGHT_GROUP_ID = field("insight_group_id", setting("a2708926-c060-480a-8631-041cb7304117"), "the group of insights")

FAMILY.event(
    "call.conversation_insights.generated",
    *CALL_LEG,
    CALLING_PARTY_TYPE,
    INSIGHT_GROUP_ID,
    field("results", list_of(struct(INSIGHT_ID, field("result", FINDING, "what was found"))), "one for each insight"),
    operation="callConversationInsightsGenerated",
    trigger="The insights of a finished conversation are ready.",
    before=("call.conversation.ended",),
    note="The event has no from, no to and no conversation_id; correlate the event by call_session_id.",
)

FAMILY.raw_event(
    "conversation.insights.completed",
    struct(
        field("event_type", always("conversation.insights.completed"), "the name of the event"),
        field("conversation_id", conversation_id("conv_5f3a9c1e7b20", "conv_{hex}"), "the conversation"),
        INSIGHT_GROUP_ID,
        optional("insight_group_name", by_app(text("Customer Support Analytics")), "name of that group"),
        field(
            "insights",
            list_of(
                struct(
                    INSIGHT_ID,
                    optional("insight_name", by_app(text("Customer Sentiment")), "its name"),
                    field("result", FINDING, "what was found"),
                )
            ),
            "one for each insight",
        ),
    ),
    root=(),
    status=Status.DOCUMENTED,
    trigger="The insights of a finished conversation are ready, and their group has a webhook address.",
    before=("call.conversation.ended",),
    url=f"{GUIDES}/inference/ai-insights/insight-groups",
    note="The body is flat: it has no data, no payload and no event id. call.conversation_insights.generated reports the same for a call.",
)

COST = struct(
    optional("total", decimal("0.0450"), "price of the call"),
    optional("currency", one_of("USD", extensible=True), "ISO 4217"),
    optional(
        "breakdown",
        list_of(
            struct(
                optional("product", token("ai-voice-assistant"), "what is charged for"),
                optional("cost", decimal("0.0450"), "price of it"),
            ),
            min_items=1,
        ),
        "the price of each product",
    ),
)

INSIGHTS = struct(
    optional("status", token("completed"), "how far they are"),
    optional(
        "conversation_insights",
        list_of(struct(INSIGHT_ID, optional("result", text("The caller asked for a refund."), "what was found"))),
        "one for each insight",
    ),
)

RECORDED = struct(
    optional("id", identifier("recording_id", "10cd86ac-fef8-4765-b203-0f7511f9fc75"), "names the recording in the API"),
    optional("channels", setting("dual"), "single: both sides on one channel; dual: one channel for each side"),
    optional("format", setting("mp3"), "the kind of file"),
    optional("start_time", timestamp("2018-02-02T22:25:24.521992Z", offset=-3.0), "when recording began"),
    optional("end_time", timestamp(), "when recording ended"),
    optional(
        "download_urls",
        struct(
            field("mp3", url("https://example.com/recording.mp3"), "the MP3 file"),
            rare("wav", url("https://example.com/recording.wav"), "the WAV file"),
        ),
        "the address of the file, valid for a limited time",
    ),
)

FAMILY.event(
    "call.analyzed",
    *CALL_LEG,
    *CALL_PARTIES,
    field("conversation_id", conversation_id(), "shared by all events of the conversation"),
    DURATION,
    optional("reason", token("customer_disconnect"), "why the conversation ended; no source lists the values"),
    field("cost", either(COST, always("No cost data available.")), "what the call cost, or a text if the cost is unknown"),
    field("conversation_insights", list_of(INSIGHTS), "empty if there are none, null if they could not be read", nullable=True),
    field("recordings", list_of(RECORDED), "empty if there are none, null if they could not be read", nullable=True),
    *MODELS,
    operation="callAnalyzed",
    trigger="The summary of an assistant's call is complete: cost, insights, recordings.",
    before=("call.conversation.ended", "call.hangup"),
)

EVENTS = FAMILY.events
