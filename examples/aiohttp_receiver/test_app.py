"""Tests of the aiohttp receiver, over HTTP: a fixture starts the server and gives its address."""

import json
from urllib.request import urlopen

import pytest
from hypothesis import given
from pytest_telnyx_mock.contract import *  # noqa: F403

from telnyx_mock.strategies import drafts


@pytest.fixture(scope="session")
def server(telnyx_server_receiver):
    return telnyx_server_receiver("python app.py")


@pytest.fixture(scope="session")
def telnyx_receiver(server):
    return server


@pytest.fixture(scope="session")
def telnyx_probe(server):
    return f"{server}/messages"  # so the contract sees effects


def test_keeps_the_status_of_a_message(telnyx_mock, server):
    webhook = telnyx_mock.webhook("message.finalized")
    telnyx_mock.send(webhook).assert_accepted()
    with urlopen(f"{server}/messages") as answer:
        assert json.load(answer)[webhook.payload["id"]] == "delivered"


@given(draft=drafts("message.*"))
def test_accepts_every_message_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()
