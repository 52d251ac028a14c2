"""Messages go to and fro: each causes webhooks, and who has opted out gets none."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.simulator import messages, writing
from telnyx_mock.simulator.carrier_errors import CARRIER_ERRORS
from tests.simulator.app import App
from tests.simulator.conftest import Bound
from tests.simulator.world import APP, CALLER, World

FAR = "+13125550143"


@pytest.mark.parametrize(
    ("given", "kind", "encoding", "parts"),
    [
        ({"to": CALLER, "text": "Hi"}, "SMS", "GSM-7", 1),
        ({"to": CALLER, "text": "x" * 161}, "SMS", "GSM-7", 2),
        ({"to": CALLER, "text": "Привет"}, "SMS", "UCS-2", 1),
        ({"to": CALLER, "text": "я" * 71}, "SMS", "UCS-2", 2),
        ({"to": CALLER, "media_urls": ["https://example.com/a.jpg"]}, "MMS", "GSM-7", 1),
    ],
)
def test_a_message_is_sent_and_finalized(
    given: dict[str, Any], kind: str, encoding: str, parts: int
) -> None:
    world = World()
    world.command("messages.send", **{"from": APP, **given})
    assert world.run() == ["message.sent", "message.finalized"]
    sent, finalized = (each.fields for each in world.sent)
    assert sent["id"] == finalized["id"]
    assert (sent["type"], sent["encoding"], sent["parts"]) == (kind, encoding, parts)
    assert [each["to"][0]["status"] for each in (sent, finalized)] == ["sent", "delivered"]
    assert messages.inbox(world.network, CALLER).received == [given.get("text", "")]
    world.assert_valid()


def test_a_message_to_a_group_is_finalized_for_each_member() -> None:
    world = World()
    messages.inbox(world.network, FAR).error = messages.UNREACHABLE
    world.command("messages.group_mms.post", **{"from": APP, "to": [CALLER, FAR], "text": "Hi"})
    assert world.run() == ["message.sent", "message.finalized", "message.finalized"]
    assert [each["phone_number"] for each in world.last("message.sent")["to"]] == [CALLER, FAR]
    assert world.sent[1].fields["to"][0]["status"] == "delivered"
    failed = world.sent[2].fields
    assert failed["to"][0]["status"] == "delivery_failed"
    assert failed["errors"][0]["code"] == "40001"
    assert [each["phone_number"] for each in failed["cc"]] == [CALLER]
    world.assert_valid()


def test_a_message_tells_of_itself_where_the_command_says() -> None:
    world = World()
    given = {"from": APP, "to": CALLER, "text": "Hi", "webhook_url": "https://example.com/sms"}
    world.command("messages.send", **given)
    world.run()
    assert {each.url for each in world.sent} == {"https://example.com/sms"}


@pytest.mark.parametrize(("text", "keyword"), [("STOP", "STOP"), ("START", "START"), ("Hi", None)])
def test_a_person_writes(text: str, keyword: str | None) -> None:
    world = World()
    writing.write(world.network, CALLER, APP, text, ("https://example.com/a.jpg",), {})
    assert world.run() == ["message.received"]
    fields = world.webhooks()[0].payload
    assert (fields["from"]["phone_number"], fields["to"][0]["phone_number"]) == (CALLER, APP)
    assert (fields["type"], fields["media"][0]["url"]) == ("MMS", "https://example.com/a.jpg")
    assert fields.get("autoresponse_type") == keyword
    world.assert_valid()


# With an app


def echoes(app: App, event: str, payload: dict[str, Any]) -> None:
    """Answer each message with its text, even if the person has opted out."""
    if event == "message.received":
        given = {"from": payload["to"][0]["phone_number"], "to": payload["from"]["phone_number"]}
        app.post("/v2/messages", text=f"You wrote: {payload['text']}", **given)


def test_a_person_has_a_conversation_with_the_app(bound: Bound) -> None:
    app = App(echoes)
    chat = bound(app).conversation(from_=CALLER, to=APP)
    chat.write("Hello")
    assert chat.received == ["You wrote: Hello"]
    assert [event for _, event in app.seen] == [
        "message.received",
        "message.sent",
        "message.finalized",
    ]
    chat.write("Again")
    assert chat.expect(contains="Hello").parameters["to"] == CALLER
    chat.expect(contains="Again")
    with pytest.raises(ReceiverFailure, match="for this conversation") as failure:
        chat.expect(timeout=0)
    assert "writes: Again" in str(failure.value)
    assert len(chat.commands) == 2
    assert "receives: You wrote: Again" in chat.transcript


def test_who_opts_out_gets_no_message_until_opting_in(bound: Bound) -> None:
    app = App(echoes)
    telnyx = bound(app)
    chat, other = telnyx.conversation(from_=CALLER), telnyx.conversation(from_=FAR)
    chat.write("stop")
    other.write("Hi")
    assert (chat.received, other.received) == ([], ["You wrote: Hi"])
    assert app.statuses == [400, 200]
    chat.write("START")
    assert chat.received == ["You wrote: START"]


def test_no_message_reaches_who_is_unreachable(bound: Bound) -> None:
    statuses: list[str] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        echoes(app, event, payload)
        if event == "message.finalized":
            statuses.append(payload["to"][0]["status"])

    chat = bound(App(handle)).conversation()
    chat.be_unreachable()
    chat.write("Hello")
    assert chat.received == []
    chat.be_reachable()
    chat.write("Hello")
    assert chat.received == ["You wrote: Hello"]
    assert statuses == ["delivery_failed", "delivered"]


def test_further_fields_describe_the_message(bound: Bound) -> None:
    seen: list[Any] = []
    app = App(lambda app, event, payload: seen.append(payload["is_spam"]))
    bound(app).conversation().write("Win!", is_spam=True)
    assert seen == [True]


def test_a_carrier_refuses_for_the_reason_that_the_test_gives(bound: Bound) -> None:
    seen: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        echoes(app, event, payload)
        if event == "message.finalized":
            seen.append([error["code"] for error in payload["errors"]])

    chat = bound(App(handle)).conversation()
    for code in CARRIER_ERRORS:
        chat.be_unreachable(code)
        chat.write("Hello")
    assert seen == [[code] for code in CARRIER_ERRORS]
    with pytest.raises(UsageError, match="no error of a carrier '4000'"):
        chat.be_unreachable("4000")


def test_a_person_writes_to_a_group(bound: Bound) -> None:
    seen: list[Any] = []
    app = App(lambda app, event, payload: seen.append((payload["type"], payload["cc"])))
    bound(app).conversation().write("Hi all", cc=[FAR])
    assert seen == [("MMS", [{"phone_number": FAR}])]


# RCS and WhatsApp

SUGGESTS = {
    "content_message": {
        "text": "Come at nine?",
        "suggestions": [{"reply": {"text": "Yes", "postback_data": "yes-9"}}],
    }
}


def chats(app: App, event: str, payload: dict[str, Any]) -> None:
    """Answer each message in the way in which it came, by what came."""
    if event != "message.received":
        return
    person = payload["from"]["phone_number"]
    if payload["type"] == "RCS":
        agent = payload["to"][0]["agent_id"]
        given = {"agent_id": agent, "messaging_profile_id": "1", "agent_message": SUGGESTS}
        app.post("/v2/messages/rcs", to=person, **given)
    elif payload["type"] == "WHATSAPP":
        words = {"type": "text", "text": {"body": f"You wrote: {payload['body']['text']['body']}"}}
        given = {"from": payload["to"], "whatsapp_message": words}
        app.post("/v2/messages/whatsapp", to=person, **given)


def test_a_conversation_by_rcs(bound: Bound) -> None:
    bodies: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        chats(app, event, payload)
        bodies.append(payload["body"])

    app = App(handle)
    chat = bound(app).conversation(by="RCS", to="my_agent")
    chat.write("Hello")
    assert chat.received == ["Come at nine?"]
    assert chat.expect("messages.rcs.post").parameters["agent_id"] == "my_agent"
    chat.press("Yes")
    chat.share_location(41.88, -87.63)
    received = [
        each
        for (_, event), each in zip(app.seen, bodies, strict=True)
        if event == "message.received"
    ]
    assert received[1] == {"suggestion_response": {"text": "Yes", "postback_data": "yes-9"}}
    assert received[2] == {"location": {"latitude": 41.88, "longitude": -87.63}}
    with pytest.raises(UsageError, match="no suggestion 'Perhaps'"):
        chat.press("Perhaps")
    before = len(app.seen)
    chat.read()
    chat.read()
    assert [event for _, event in app.seen[before:]] == ["message.read"] * 3
    assert bodies[-1] == SUGGESTS


FALLBACKS = {
    "sms_fallback": {"from": APP, "text": "Come at nine? Answer YES"},
    "mms_fallback": {"from": APP, "text": "Look", "media_urls": ["https://example.com/a.jpg"]},
}


class Inviter(App):
    """Invites a person by RCS, with these *fallbacks*, and notes the type and the end of each message."""

    def __init__(self, *fallbacks: str) -> None:
        super().__init__(self._note)
        self.ends: list[tuple[str, str, list[str]]] = []
        self._fallbacks = {name: FALLBACKS[name] for name in fallbacks}

    def invite(self) -> None:
        given = {"agent_id": "my_agent", "messaging_profile_id": "1", "agent_message": SUGGESTS}
        self.post(
            "/v2/messages/rcs", to=CALLER, webhook_url="https://x/rcs", **given, **self._fallbacks
        )

    def _note(self, app: App, event: str, payload: dict[str, Any]) -> None:
        if event == "message.finalized":
            codes = [each["code"] for each in payload["errors"]]
            self.ends.append((payload["type"], payload["to"][0]["status"], codes))


@pytest.mark.parametrize(
    ("fallbacks", "kind", "received"),
    [
        (("sms_fallback",), "SMS", ["Come at nine? Answer YES"]),
        (("mms_fallback",), "MMS", ["Look"]),
        (("sms_fallback", "mms_fallback"), "SMS", ["Come at nine? Answer YES"]),
        ((), None, []),
    ],
)
def test_an_rcs_message_that_does_not_arrive_falls_back(
    bound: Bound, fallbacks: tuple[str, ...], kind: str | None, received: list[str]
) -> None:
    app = Inviter(*fallbacks)
    chat = bound(app).conversation(by="RCS", to="my_agent")
    app.invite()
    assert chat.received == ["Come at nine?"]
    assert app.ends == [("RCS", "delivered", [])]
    chat.switch_rcs_off()
    app.invite()
    assert chat.received[1:] == received
    failed = ("RCS", "delivery_failed", ["40008"])
    assert app.ends[1:] == [failed, *([(kind, "delivered", [])] if kind else [])]
    assert {path for path, _ in app.seen} == {"/rcs"}
    chat.be_reachable()
    app.invite()
    assert chat.received[-1] == "Come at nine?"


def test_a_fallback_does_not_reach_who_is_unreachable_or_opted_out(bound: Bound) -> None:
    app = Inviter("sms_fallback")
    telnyx = bound(app)
    chat = telnyx.conversation(by="RCS", to="my_agent")
    chat.be_unreachable()
    app.invite()
    assert chat.received == []
    assert app.ends == [
        ("RCS", "delivery_failed", ["40001"]),
        ("SMS", "delivery_failed", ["40001"]),
    ]
    chat.be_reachable()
    chat.switch_rcs_off("40004")
    telnyx.conversation(to=APP).write("STOP")
    app.invite()
    assert chat.received == []
    assert app.ends[2:] == [("RCS", "delivery_failed", ["40004"])]
    with pytest.raises(UsageError, match="no error of a carrier '1'"):
        chat.switch_rcs_off("1")


def test_a_conversation_by_whatsapp(bound: Bound) -> None:
    app = App(chats)
    chat = bound(app).conversation(by="WHATSAPP")
    chat.write("Hello")
    chat.read()
    assert chat.received == ["You wrote: Hello"]
    assert [event for _, event in app.seen] == [
        "message.received",
        "message.sent",
        "message.finalized",
        "message.read",
    ]
    for needs_rcs in (lambda: chat.press("Yes"), lambda: chat.share_location(0, 0)):
        with pytest.raises(UsageError, match="needs a conversation by RCS"):
            needs_rcs()
    with pytest.raises(UsageError, match="no kind of message 'Mail'"):
        bound(app).conversation(by="Mail")  # type: ignore[arg-type]


def test_a_keyword_opts_nobody_out_by_rcs_or_whatsapp(bound: Bound) -> None:
    """No page of Telnyx says that it does."""
    chat = bound(App(chats)).conversation(by="WHATSAPP")
    chat.write("STOP")
    assert chat.received == ["You wrote: STOP"]


@pytest.mark.parametrize("kind", ["SMS", "RCS", "WHATSAPP"])
def test_every_way_of_writing_is_a_valid_webhook(kind: Any) -> None:
    files = [f"https://example.com/{name}" for name in ("a.jpg", "b.pdf", "c.mp4", "d.ogg", "e")]
    world = World()
    for words, media in (("Hi", []), ("", files), ("Look", files)):
        writing.write(world.network, CALLER, APP, words, media, {}, kind)
    writing.share_location(world.network, CALLER, "my_agent", 41.88, -87.63)
    writing.press(world.network, CALLER, "my_agent", "Yes", "yes-9")
    world.run()
    world.assert_valid()
    assert {each.event for each in world.sent} == {"message.received"}


@pytest.mark.parametrize(
    ("command", "given", "shown"),
    [
        ("rcs", {"agent_message": SUGGESTS}, "Come at nine?"),
        (
            "rcs",
            {"agent_message": {"content_message": {"content_info": {"file_url": "https://a.b/c"}}}},
            "https://a.b/c",
        ),
        (
            "whatsapp",
            {"whatsapp_message": {"type": "template", "template": {"name": "order_update"}}},
            "order_update",
        ),
        (
            "whatsapp",
            {"whatsapp_message": {"type": "image", "image": {"link": "https://a.b/c.jpg"}}},
            "https://a.b/c.jpg",
        ),
        (
            "whatsapp",
            {
                "whatsapp_message": {
                    "type": "interactive",
                    "interactive": {"body": {"text": "Well?"}},
                }
            },
            "Well?",
        ),
    ],
)
def test_a_chat_message_is_sent_finalized_and_read(
    command: str, given: dict[str, Any], shown: str
) -> None:
    world = World()
    sender = {"agent_id": "my_agent"} if command == "rcs" else {"from": APP}
    world.command(f"messages.{command}.post", to=CALLER, **sender, **given)
    assert world.run() == ["message.sent", "message.finalized"]
    box = messages.inbox(world.network, CALLER)
    assert box.received == [shown]
    messages.read(world.network, box, "RCS" if command == "rcs" else "WHATSAPP")
    assert world.run() == ["message.read"]
    world.assert_valid()
