"""Tests of the Django receiver, deployed as WSGI and as ASGI."""

import pytest
from hypothesis import given

from telnyx_mock import FORGERIES
from telnyx_mock.strategies import drafts


@pytest.fixture(scope="module", params=["app:wsgi", "app:asgi"])
def telnyx_receiver(request):
    return request.param


pytestmark = pytest.mark.usefixtures("telnyx_receiver")


def test_answers_a_message(telnyx_mock):
    telnyx_mock.send("message.received", text="A table for two?").assert_accepted()
    [command] = telnyx_mock.api.commands
    assert command.name == "messages.send"
    assert command.parameters["text"] == "Your table is booked."


def test_answers_once_when_delivered_twice(telnyx_mock):
    message = telnyx_mock.webhook("message.received")
    telnyx_mock.send(message).assert_accepted()
    telnyx_mock.send(message).assert_accepted()
    assert len(telnyx_mock.api.commands) == 1


def test_asks_for_another_delivery_while_the_api_is_down(telnyx_mock):
    message = telnyx_mock.webhook("message.received")
    with telnyx_mock.api.failing(503):
        assert telnyx_mock.send(message).status == 503
    telnyx_mock.send(message).assert_accepted()
    assert len(telnyx_mock.api.commands) == 2


def test_writes_no_more_to_who_opts_out(telnyx_mock):
    chat = telnyx_mock.conversation(from_="+13125550142", to="+13125550199")
    chat.write("A table for two?")
    assert chat.received == ["Your table is booked."]
    chat.write("STOP")
    chat.write("A table for three?")
    assert len(chat.received) == 1
    chat.write("START")
    assert len(chat.received) == 2


@given(draft=drafts("message.*"))
def test_accepts_every_message_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()


@pytest.mark.parametrize("forgery", FORGERIES)
def test_withstands_forgeries(telnyx_mock, forgery):
    assert FORGERIES[forgery].allows(telnyx_mock.send("message.received", forge=forgery).status)
