"""The environment variables of an app are set, and restored."""

from __future__ import annotations

import os

import pytest

from telnyx_mock.transports.environment import DUMMY_API_KEY, receiver_environment


@pytest.mark.parametrize("before", [None, "old"])
def test_the_public_key_is_set_and_restored(monkeypatch, before):
    monkeypatch.delenv("TELNYX_PUBLIC_KEY", raising=False)
    if before:
        monkeypatch.setenv("TELNYX_PUBLIC_KEY", before)
    with receiver_environment("new"):
        assert os.environ["TELNYX_PUBLIC_KEY"] == "new"
    assert os.environ.get("TELNYX_PUBLIC_KEY") == before


def test_it_is_restored_after_an_exception(monkeypatch):
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", "old")
    with pytest.raises(KeyError), receiver_environment("new"):
        raise KeyError
    assert os.environ["TELNYX_PUBLIC_KEY"] == "old"


def test_an_api_key_is_set_only_if_there_is_none(monkeypatch):
    monkeypatch.setenv("TELNYX_API_KEY", "KEY1")
    with receiver_environment("new"):
        assert os.environ["TELNYX_API_KEY"] == "KEY1"
    monkeypatch.delenv("TELNYX_API_KEY")
    with receiver_environment("new"):
        assert os.environ["TELNYX_API_KEY"] == DUMMY_API_KEY
    assert "TELNYX_API_KEY" not in os.environ
