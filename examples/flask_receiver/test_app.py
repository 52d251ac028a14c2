"""How the Flask receiver is tested: the shape to copy into a project of one's own."""

import pytest
from hypothesis import given, settings

from telnyx_mock import FORGERIES
from telnyx_mock.strategies import requests


@pytest.fixture(scope="module")
def telnyx_receiver(telnyx_key):
    """The app, made once the public key is in its environment."""
    from telnyx_mock.receivers import open_app, receiver_environment

    with receiver_environment(telnyx_key.public_key):
        from examples.flask_receiver.app import app

        receiver = open_app(app, path="/webhooks")
        yield receiver
        receiver.close()


def test_answers_an_incoming_call(telnyx_mock):
    delivery = telnyx_mock.send("call.initiated", direction="incoming")
    delivery.assert_accepted()
    [answer] = telnyx_mock.api.commands
    assert answer.name == "answer"
    assert answer.call_control_id == delivery.request.webhook.payload["call_control_id"]


def test_leaves_outgoing_calls_alone(telnyx_mock):
    telnyx_mock.send("call.initiated", direction="outgoing").assert_accepted()
    assert telnyx_mock.api.commands == []
