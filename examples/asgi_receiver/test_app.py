"""Tests of the plain ASGI receiver: it notes the end of calls, from JSON and from TeXML."""

import app
import pytest
from hypothesis import given

from telnyx_mock import FORGERIES
from telnyx_mock.strategies import drafts


@pytest.fixture(autouse=True)
def no_calls():
    app.ended.clear()


def test_notes_the_end_of_a_call(telnyx_mock):
    delivery = telnyx_mock.send("call.hangup")
    delivery.assert_accepted()
    assert app.ended == {delivery.webhook.payload["call_session_id"]}


def test_notes_the_end_of_a_texml_call(telnyx_mock):
    delivery = telnyx_mock.send("texml.call.completed")
    delivery.assert_accepted()
    assert app.ended == {delivery.webhook.payload["CallSid"]}


def test_notes_a_call_once_when_delivered_again(telnyx_mock):
    webhook = telnyx_mock.webhook("call.hangup")
    telnyx_mock.send(webhook).assert_accepted()
    telnyx_mock.send(webhook).assert_accepted()
    assert len(app.ended) == 1


@given(draft=drafts("*"))
def test_accepts_every_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()


@pytest.mark.parametrize("event", ["call.hangup", "texml.call.completed"])
@pytest.mark.parametrize("forgery", FORGERIES)
def test_withstands_forgeries(telnyx_mock, event, forgery):
    delivery = telnyx_mock.send(event, forge=forgery)
    assert FORGERIES[forgery].allows(delivery.status)
    assert delivery.accepted or not app.ended
