"""Tests of the Flask receiver: copy them into your own project."""

import pytest
from hypothesis import given

from telnyx_mock import FORGERIES
from telnyx_mock.strategies import drafts

REFUSED = [name for name, forgery in FORGERIES.items() if forgery.must_be_refused]


def test_answers_an_incoming_call(telnyx_mock):
    delivery = telnyx_mock.send("call.initiated", direction="incoming")
    delivery.assert_accepted()
    [command] = telnyx_mock.api.commands
    assert command.name == "answer"
    assert command.call_control_id == delivery.webhook.payload["call_control_id"]


def test_leaves_outgoing_calls_alone(telnyx_mock):
    telnyx_mock.send("call.initiated", direction="outgoing").assert_accepted()
    assert telnyx_mock.api.commands == []


def test_answers_once_when_delivered_twice(telnyx_mock):
    call = telnyx_mock.webhook("call.initiated")
    telnyx_mock.send(call).assert_accepted()
    telnyx_mock.send(call).assert_accepted()
    assert len(telnyx_mock.api.commands) == 1


@given(draft=drafts("call.*"))
def test_accepts_every_call_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()


def test_asks_for_another_delivery_while_the_api_is_down(telnyx_mock):
    call = telnyx_mock.webhook("call.initiated")
    with telnyx_mock.api.failing(503):
        assert telnyx_mock.send(call).status == 503
    telnyx_mock.send(call).assert_accepted()
    assert len(telnyx_mock.api.commands) == 2


@pytest.mark.parametrize("forgery", REFUSED)
def test_refuses_forgeries(telnyx_mock, forgery):
    telnyx_mock.send("call.initiated", forge=forgery).assert_refused()
    assert telnyx_mock.api.commands == []
