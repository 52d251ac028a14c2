"""Tests of the Express receiver from Python: this works for every receiver that speaks HTTP.

They need Node, and ``npm ci`` once.
"""

import json
from urllib.request import urlopen

import pytest
from hypothesis import given
from pytest_telnyx_mock.contract import *  # noqa: F403

from telnyx_mock.strategies import drafts


@pytest.fixture(scope="session")
def server(telnyx_server_receiver):
    return telnyx_server_receiver("node app.js")


@pytest.fixture(scope="session")
def telnyx_receiver(server):
    return server


@pytest.fixture(scope="session")
def telnyx_probe(server):
    return f"{server}/inbox"  # so the contract sees effects


def inbox(server):
    with urlopen(f"{server}/inbox") as answer:
        return json.load(answer)


def test_keeps_a_text(telnyx_mock, server):
    webhook = telnyx_mock.webhook("message.received", text="A table for two?")
    telnyx_mock.send(webhook).assert_accepted()
    assert inbox(server)[webhook.payload["id"]] == "A table for two?"


def test_keeps_no_text_of_its_own(telnyx_mock, server):
    before = inbox(server)
    telnyx_mock.send("message.finalized").assert_accepted()
    assert inbox(server) == before


@given(draft=drafts("message.*"))
def test_accepts_every_message_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()
