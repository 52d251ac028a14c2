"""Tests of the FastAPI receiver. One import adds the contract."""

from hypothesis import given
from pytest_telnyx_mock.contract import *  # noqa: F403

from telnyx_mock.strategies import drafts


def test_thanks_for_a_message(telnyx_mock):
    telnyx_mock.send("message.received", text="Hello").assert_accepted()
    [command] = telnyx_mock.api.commands
    assert command.name == "messages.send"
    assert command.parameters["to"] == "+13125550142"


def test_thanks_nobody_for_a_delivery_report(telnyx_mock):
    telnyx_mock.send("message.finalized").assert_accepted()
    assert telnyx_mock.api.commands == []


@given(draft=drafts("message.*"))
def test_accepts_every_message_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()
