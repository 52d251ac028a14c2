"""Messages go to and fro: each causes webhooks, and who has opted out gets none."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.simulator import messages
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
    messages.write(world.network, CALLER, APP, text, ("https://example.com/a.jpg",), {})
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
