"""Tests of the Starlette receiver."""

import pytest
from hypothesis import given

from telnyx_mock import FORGERIES
from telnyx_mock.strategies import drafts

EVENT = "call.machine.detection.ended"


def test_leaves_a_message_on_a_machine(telnyx_mock):
    delivery = telnyx_mock.send(EVENT, result="machine")
    delivery.assert_accepted()
    [command] = telnyx_mock.api.commands
    assert command.name == "speak"
    assert command.call_control_id == delivery.webhook.payload["call_control_id"]


def test_says_nothing_to_people(telnyx_mock):
    telnyx_mock.send(EVENT, result="human").assert_accepted()
    assert telnyx_mock.api.commands == []


def test_speaks_under_one_id_when_delivered_twice(telnyx_mock):
    webhook = telnyx_mock.webhook(EVENT, result="machine")
    telnyx_mock.send(webhook).assert_accepted()
    telnyx_mock.send(webhook).assert_accepted()
    assert len({command.command_id for command in telnyx_mock.api.commands}) == 1


@given(draft=drafts("call.*"))
def test_accepts_every_call_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()


@pytest.mark.parametrize("forgery", FORGERIES)
def test_withstands_forgeries(telnyx_mock, forgery):
    assert FORGERIES[forgery].allows(telnyx_mock.send(EVENT, forge=forgery).status)
