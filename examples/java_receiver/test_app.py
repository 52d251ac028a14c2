"""Tests of the Java receiver from Python; they need a JDK, version 17 or newer."""

import pytest
from hypothesis import given
from pytest_telnyx_mock.contract import *  # noqa: F403

from telnyx_mock.strategies import drafts


@pytest.fixture(scope="session")
def telnyx_receiver(telnyx_server_receiver):
    return telnyx_server_receiver("java App.java", timeout=60)  # it compiles first


def test_refuses_what_is_not_signed(telnyx_mock):
    telnyx_mock.send("call.initiated", forge="signature-missing").assert_refused()


@given(draft=drafts("call.*"))
def test_accepts_every_call_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()
