import pytest
from hypothesis import given

from telnyx_mock.strategies import drafts


def test_stores_and_replies(telnyx_mock, rows):
    telnyx_mock.send(
        "message.received", text="Help!", from_={"phone_number": "+13125550111"}
    ).assert_accepted()
    assert [row[1:] for row in rows("messages")] == [("+13125550111", "Help!")]
    [command] = telnyx_mock.api.commands
    assert command.name == "messages.send"
    assert command.parameters["to"] == "+13125550111"


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop "])
def test_no_reply_to_stop(telnyx_mock, text):
    telnyx_mock.send("message.received", text=text).assert_accepted()
    assert telnyx_mock.api.commands == []


def test_stores_once(telnyx_mock, rows):
    webhook = telnyx_mock.webhook("message.received")
    for _ in range(3):
        telnyx_mock.send(webhook).assert_accepted()
    assert len(rows("messages")) == 1
    assert len(telnyx_mock.api.commands) == 1


def test_missed_call(telnyx_mock, rows):
    telnyx_mock.send("call.hangup", hangup_cause="originator_cancel", from_="+13125550122")
    telnyx_mock.send("call.hangup", hangup_cause="normal_clearing")
    assert [row[1] for row in rows("missed")] == ["+13125550122"]


def test_forged(telnyx_mock, rows):
    telnyx_mock.send("message.received", forge="body-changed").assert_refused()
    telnyx_mock.send("message.received", forge="timestamp-expired-1h").assert_refused()
    assert rows("messages") == []


def test_replies_as_soon_as_the_api_works_again(telnyx_mock, rows):
    webhook = telnyx_mock.webhook("message.received")
    with telnyx_mock.api.failing(500):
        delivery = telnyx_mock.deliver(webhook)
    assert len(delivery.attempts) > 1
    assert rows("messages") == []
    telnyx_mock.send(webhook).assert_accepted()
    assert len(rows("messages")) == 1


@given(draft=drafts("message.*", avoid=["payload.type"]))
def test_survives_any_message(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()


def test_with_the_test_client(app, telnyx_api, telnyx_mock):
    request = telnyx_mock.request("message.received", text="Hi")
    answer = app.test_client().post(
        "/hooks/telnyx", data=request.body, headers=request.text_headers
    )
    assert answer.status_code == 200
    assert [c.name for c in telnyx_api.commands] == ["messages.send"]
