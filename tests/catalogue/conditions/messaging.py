"""The conditions on messages, by direction and kind: SMS, MMS, RCS, WhatsApp, group."""

from __future__ import annotations

from tests.catalogue.conditions.rows import Case, Condition

SMS, MMS = {"type": "SMS"}, {"type": "MMS"}
RCS, WHATSAPP = {"type": "RCS"}, {"type": "WHATSAPP"}
OUTBOUND = ("message.sent", "message.finalized")
NUMBER = "+13125550123"
MEMBER = {"phone_number": NUMBER}
FILE = {"url": "https://example.com/photo.jpg", "content_type": "image/jpeg"}
EDIT = {"original_message_id": "wamid.1", "message": {}}
REVOKE = {"original_message_id": "wamid.1"}

CONDITIONS = [
    *(
        row
        for name in ("message.received", *OUTBOUND)
        for row in (
            Condition(name, "text", "Hi", SMS, RCS),
            Condition(name, "text", "Hi", MMS, WHATSAPP),
            Condition(name, "encoding", "UCS-2", SMS, WHATSAPP),
            Condition(name, "encoding", "UCS-2", MMS, RCS),
            Condition(name, "parts", 2, SMS, RCS),
            Condition(name, "parts", 2, MMS, WHATSAPP),
            Condition(name, "num_chars", 2, SMS, RCS, must=False),
            Condition(name, "num_chars", 2, MMS, WHATSAPP, must=False),
            Condition(name, "media", [], SMS, RCS),
            Condition(name, "media", [FILE], MMS, WHATSAPP),
            Condition(name, "cc", [MEMBER], MMS, RCS, must=False),
            Condition(name, "cc", [], SMS, WHATSAPP, must=False),
            Condition(name, "body", {}, RCS, SMS),
            Condition(name, "body", {}, WHATSAPP, MMS),
        )
    ),
    Condition("message.received", "to[0].phone_number", NUMBER, SMS, RCS),
    Condition("message.received", "to[0].phone_number", NUMBER, MMS, RCS),
    Condition("message.received", "to[0].agent_id", "agent_1", RCS, SMS),
    Condition("message.received", "to[0].agent_name", "Agent", RCS, MMS, must=False),
    Condition(
        "message.received", "body.suggestion_response", {"text": "Yes"}, RCS, WHATSAPP, must=False
    ),
    Condition("message.received", "body.user_file", {}, RCS, WHATSAPP, must=False),
    Condition("message.received", "body.type", "image", WHATSAPP, RCS, must=False),
    Condition("message.received", "body.id", "wamid.1", WHATSAPP, RCS, must=False),
    Condition("message.received", "body.from", "13125550123", WHATSAPP, RCS, must=False),
    Condition("message.received", "body.from_user_id", "US.1", WHATSAPP, RCS, must=False),
    Condition("message.received", "body.timestamp", "1705349767", WHATSAPP, RCS, must=False),
    Condition("message.received", "body.edit", EDIT, WHATSAPP, RCS, must=False),
    Condition("message.received", "body.revoke", REVOKE, WHATSAPP, RCS, must=False),
    *(
        row
        for name in (*OUTBOUND, "message.read")
        for row in (
            Condition(name, "from.phone_number", NUMBER, WHATSAPP, RCS),
            Condition(name, "from.agent_id", "agent_1", RCS, WHATSAPP),
            Condition(name, "from.agent_name", "Agent", RCS, WHATSAPP, must=False),
            Condition(name, "body.text", "Hi", RCS, WHATSAPP, must=False),
            Condition(name, "body.type", "template", WHATSAPP, RCS, must=False),
            Condition(
                name,
                "body.template",
                {},
                {**WHATSAPP, "body.type": "template"},
                {**WHATSAPP, "body.type": "image"},
            ),
            Condition(name, "template_id", "t1", WHATSAPP, RCS, must=False),
            Condition(name, "template_name", "t1", WHATSAPP, RCS, must=False),
        )
    ),
    *(
        row
        for name in OUTBOUND
        for row in (
            Condition(
                name,
                "group_message_id",
                "403189d4-b1d6-4993-b263-6470e5224430",
                MMS,
                SMS,
                must=False,
            ),
            Condition(name, "template_id", "t1", WHATSAPP, SMS, must=False),
        )
    ),
]

CASES = [
    Case("message.received", "to", WHATSAPP, NUMBER, [MEMBER]),
    Case("message.received", "to", SMS, [MEMBER], NUMBER),
    Case("message.received", "to", RCS, [{"agent_id": "agent_1"}], NUMBER),
    Case("message.received", "body.text", WHATSAPP, {"body": "Hi"}, "Hi"),
    Case("message.received", "body.text", RCS, "Hi", {"body": "Hi"}),
    *(
        row
        for name in ("message.received", *OUTBOUND)
        for row in (
            Case(name, "media", SMS, [], [FILE]),
            Case(name, "media", MMS, [FILE], [{}]),
            Case(name, "cc", SMS, [], [MEMBER]),
            Case(name, "cc", MMS, [MEMBER], [NUMBER]),
        )
    ),
]
