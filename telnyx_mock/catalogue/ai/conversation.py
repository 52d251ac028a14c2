"""Conversations of an assistant with a caller, from the first request for variables to the end."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_, optional, rare
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALL_PARTIES, CALLING_PARTY_TYPE, call_control_id
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    by_caller,
    identifier,
    integer,
    json_text,
    list_of,
    map_of,
    number,
    one_of,
    party,
    setting,
    struct,
    text,
    timestamp,
    token,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Status
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kinds import Identifier, ListOf

FAMILY = Family("ai")

ASSISTANT_ID = optional("assistant_id", setting("assistant-d9082b56-ba2d-4ad1-a50c-58661eb1463d"), "the assistant")


def conversation_id(sample: str = "0424805b-adc1-4ff8-9f95-e1de6883ecbe", template: str = "{uuid}") -> Identifier:
    """The id of a conversation, shared by all its events."""
    return identifier("conversation_id", sample, template)


CREATED_AT = optional("created_at", timestamp("2018-02-02T22:25:27.921992Z", offset=0.4), "when the event was written")
"""The time when the event was written; conversation events have it in the envelope, beside ``occurred_at``."""

MODELS: tuple[Field, ...] = (
    ASSISTANT_ID,
    optional("llm_model", setting("openai/gpt-4o"), "language model"),
    optional("stt_model", setting("distil-whisper/distil-large-v2"), "speech to text"),
    optional("tts_provider", setting("telnyx"), "text to speech: whose"),
    optional("tts_model_id", setting("Natural"), "the text-to-speech model"),
    optional("tts_voice_id", setting("Marissa"), "the text-to-speech voice"),
)
"""The assistant and its models."""

DURATION = field("duration_sec", integer(3), "how long the conversation lasted, in seconds")

PHONE_CALL = is_("telnyx_conversation_channel", "phone_call")

FAMILY.raw_event(
    "assistant.initialization",
    struct(
        field(
            "data",
            struct(
                field("record_type", always("event"), "what ``data`` is"),
                field("event_type", always("assistant.initialization"), "the name of the event"),
                field(
                    "id",
                    identifier("event_id", "event_12345678-90ab-cdef-1234-567890abcdef", "event_{uuid}"),
                    "the event's id, the same on every attempt",
                ),
                field("occurred_at", timestamp("2025-04-07T10:00:00Z"), "when it happened"),
                field(
                    "payload",
                    struct(
                        field("telnyx_conversation_channel", one_of("phone_call", extensible=True), "how the user talks to the assistant"),
                        field("telnyx_agent_target", by_app(party("+13125550199")), "the assistant's side"),
                        field("telnyx_end_user_target", party("+13125550142"), "the user's side"),
                        field(
                            "telnyx_end_user_target_verified",
                            boolean(False),
                            "true if the caller is fully verified (STIR/SHAKEN attestation A)",
                        ),
                        optional("call_control_id", call_control_id(), "names the leg in commands", when=PHONE_CALL),
                        optional("assistant_id", setting("assistant_12345678-90ab-cdef-1234-567890abcdef"), "the assistant"),
                        rare("telnyx_conversation_id", conversation_id(), "the conversation"),
                    ),
                    "who is about to talk",
                ),
            ),
            "the event",
        ),
    ),
    root=("data", "payload"),
    status=Status.DOCUMENTED,
    trigger="A conversation starts with an assistant that has a dynamic_variables_webhook_url.",
    after=("call.conversation.created",),
    url=f"{GUIDES}/inference/ai-assistants/dynamic-variables",
    reply="JSON within about one second, with three optional members: dynamic_variables, memory (conversation_query, insight_query) and "
    "conversation (metadata). Without them, the assistant starts with its defaults.",
    note="A guide says that telnyx_conversation_id is sent, but neither of the two samples shows it. The older sample also lacks "
    "call_control_id and assistant_id.",
)

FAMILY.event(
    "call.conversation.created",
    *CALL_LEG,
    *CALL_PARTIES,
    CALLING_PARTY_TYPE,
    field("conversation_id", conversation_id(), "shared by all events of the conversation"),
    envelope=(CREATED_AT,),
    operation="callConversationCreated",
    trigger="An assistant starts on a call, because of the dial or answer command, ai_assistant_start or gather_using_ai.",
    before=("call.answered",),
    after=("call.conversation.ended",),
)

FAMILY.event(
    "call.conversation.start_failed",
    *CALL_LEG,
    *CALL_PARTIES,
    CALLING_PARTY_TYPE,
    ASSISTANT_ID,
    field(
        "reason",
        one_of("invalid_request", "service_error"),
        "the request was refused (for example, the assistant is unknown), or Telnyx had a problem",
    ),
    envelope=(CREATED_AT,),
    operation="callConversationStartFailed",
    trigger="The assistant that a command requested cannot start. No other event follows for that conversation.",
    before=("call.answered",),
    after=("call.hangup",),
)

TOOL_CALLS: ListOf = list_of(
    struct(
        field("id", identifier("tool_call_id", "call_5f3a9c1e7b20", "call_{hex}"), "the answer quotes it"),
        field("type", always("function"), "what is asked for"),
        field(
            "function",
            struct(
                field("name", setting("get_current_weather"), "the tool"),
                field("arguments", by_caller(json_text(map_of(None, {"city": "Paris"}))), "its arguments, as JSON text"),
            ),
            "the tool and its arguments",
        ),
    )
)

TURN = struct(
    field("role", one_of("user", "assistant", "tool", "system", "developer"), "who speaks; only full histories have the last three values"),
    optional("content", by_caller(text("Hello, I'm 29 and I live in Paris.")), "what was said, or a tool's answer"),
    optional("timestamp", timestamp("2018-02-02T22:25:25.521992Z", offset=-2.0), "when it was said"),
    rare("tool_calls", TOOL_CALLS, "tools the assistant called", when=is_(".role", "assistant")),
    rare(
        "tool_call_id",
        identifier("tool_call_id", "call_5f3a9c1e7b20", "call_{hex}"),
        "the tool call that this answers",
        when=is_(".role", "tool"),
    ),
)

FAMILY.event(
    "call.conversation.ended",
    *CALL_LEG,
    *CALL_PARTIES,
    CALLING_PARTY_TYPE,
    field("conversation_id", conversation_id(), "shared by all events of the conversation"),
    DURATION,
    optional("reason", token("customer_disconnect"), "why the conversation ended; no source lists the values", nullable=True),
    optional("messages", list_of(TURN), "what was said; complete only with conversation_ended_full_history"),
    *MODELS,
    envelope=(CREATED_AT,),
    operation="callConversationEnded",
    trigger="A conversation with an assistant, or through Conversation Relay, ends.",
    before=("call.conversation.created",),
    after=("call.conversation_insights.generated", "call.hangup"),
    note="The SDK's model has the field messages, the OpenAPI document does not. The field is redacted for accounts that keep no data.",
)

FAMILY.event(
    "dialogflow.detectintent.response",
    *CALL_LEG,
    field("stream_id", identifier("stream_id", "eb724ae3-4f93-49d0-9ab5-c821b47c4fc5"), "names the stream to Dialogflow"),
    field("transcript", by_caller(text("hello")), "what the caller said"),
    field("confidence", number(1, 0, 1), "how sure Dialogflow is, 0 to 1"),
    field("is_final", boolean(True), "false while the words may still change"),
    field(
        "fulfillment_messages",
        list_of(struct(field("text", list_of(by_app(text("Good day! What can I do for you today?"))), "the words"))),
        "what the bot answers",
    ),
    status=Status.DOCUMENTED,
    trigger="Dialogflow ES replies to the caller. The command that began or answered the call has enable_dialogflow.",
    before=("call.answered",),
    after=("call.hangup",),
    url=f"{GUIDES}/v2/voice/programmable_voice/tutorials/dialogflow_es",
)

EVENTS = FAMILY.events
