"""Gathering with AI: an assistant asks for the values of given parameters."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALL_PARTIES, call_control_id
from telnyx_mock.catalogue.kind_vocabulary import always, by_caller, identifier, list_of, map_of, one_of, setting, struct, text
from telnyx_mock.schema.event import Status
from telnyx_mock.schema.json_values import Json

FAMILY = Family("ai")

HISTORY = field(
    "message_history",
    list_of(
        struct(
            field("role", one_of("assistant", "user", sample="user"), "who said it"),
            field("content", by_caller(text("Hello, I'm 29 and I live in Paris.")), "what was said"),
        )
    ),
    "the conversation so far",
)

ANSWERS: dict[str, Json] = {"age": 29, "city": "Paris"}

FAMILY.event(
    "call.ai_gather.partial_results",
    *CALL_LEG,
    *CALL_PARTIES,
    HISTORY,
    field("partial_results", by_caller(map_of(None, ANSWERS)), "the answers so far, under their names in the command's parameters"),
    operation="CallAIGatherPartialResults",
    trigger="The caller has given one more answer, and the command has send_partial_results.",
    before=("call.conversation.created",),
    after=("call.ai_gather.ended",),
)

FAMILY.event(
    "call.ai_gather.message_history_updated",
    *CALL_LEG,
    *CALL_PARTIES,
    HISTORY,
    operation="CallAIGatherMessageHistoryUpdated",
    trigger="Somebody has said something, and the command has send_message_history_updates.",
    before=("call.conversation.created",),
    after=("call.ai_gather.ended",),
)

FAMILY.event(
    "call.ai_gather.ended",
    *CALL_LEG,
    *CALL_PARTIES,
    HISTORY,
    field("result", by_caller(map_of(None, ANSWERS)), "the answers, under their names in the command's parameters"),
    field("status", one_of("valid", "invalid"), "whether all required values are known"),
    operation="CallAIGatherEnded",
    trigger="A gather_using_ai command has its answers, or gives up.",
    before=("call.ai_gather.partial_results", "call.ai_gather.message_history_updated"),
    after=("call.conversation.ended",),
    note="If the Python SDK cannot identify a body (for example, a body of API version 1), the SDK parses the body as this event.",
)

FAMILY.event(
    "call.ai_gather.tool_call",
    field("call_control_id", call_control_id(), "names the leg in commands"),
    field(
        "tool_call",
        struct(
            field("id", identifier("tool_call_id", "call_5f3a9c1e7b20", "call_{hex}"), "names the request"),
            field("type", always("function"), "what is asked for"),
            field(
                "function",
                struct(
                    field("name", setting("get_current_weather"), "the tool"),
                    field("arguments", by_caller(map_of(None, {"city": "Paris"})), "its arguments"),
                ),
                "the tool and its arguments",
            ),
        ),
        "what the assistant wants to do",
    ),
    operation="CallAIGatherToolCall",
    status=Status.RETIRED,
    trigger="An assistant wants to call a tool.",
    before=("call.conversation.created",),
    after=("call.ai_gather.ended",),
    note="Only the OpenAPI document of early 2025 has this event.",
)

EVENTS = FAMILY.events
