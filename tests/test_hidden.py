"""Secrets are hidden in each spelling and in each kind of value, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telnyx_mock import hidden
from telnyx_mock.hidden import (
    HIDDEN,
    Secrets,
    beginning,
    bytes_without_secrets,
    hide,
    json_without_secrets,
    without_secrets,
)

SECRET = "s3cr3t+Token/ß"


def test_text_without_secrets_is_left_alone() -> None:
    hide(SECRET)
    assert without_secrets("s3cr3t or Token") == "s3cr3t or Token"
    assert bytes_without_secrets(b"\xff s3cr3t") == b"\xff s3cr3t"


def test_a_short_value_is_no_secret() -> None:
    hide("12345")
    hide("")
    assert without_secrets("12345") == "12345"


def test_a_secret_is_hidden_in_texts_names_and_bytes() -> None:
    hide(SECRET)
    assert json_without_secrets({f"a {SECRET}": [f"{SECRET[:-1].upper()}ß", 1, None]}) == {
        f"a {HIDDEN}": [HIDDEN, 1, None]
    }
    assert bytes_without_secrets(b"\xff" + SECRET.encode() + b"\xff") == b"\xff[hidden]\xff"


def test_a_secret_is_not_cut_in_two() -> None:
    hide(SECRET)
    assert beginning(b"-" * 5 + SECRET.encode(), 8) == "-----[hi"


def test_each_line_of_a_secret_is_hidden_unless_it_is_short() -> None:
    hide("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nAAAA\n-----END PRIVATE KEY-----")
    assert without_secrets("  MIIEvQIBADANBgkqhkiG") == f"  {HIDDEN}"
    assert without_secrets("AAAA") == "AAAA"


def test_an_api_key_is_learnt_when_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELNYX_API_KEY", "KEYabcdef")
    assert without_secrets("a KEYabcdef") == f"a {HIDDEN}"
    monkeypatch.delenv("TELNYX_API_KEY")
    assert without_secrets("a KEYabcdef") == f"a {HIDDEN}", "it stays a secret"


@given(st.text(min_size=6, max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_secret_is_hidden_in_any_text_and_in_its_json(
    secret: str, before: str, after: str
) -> None:
    secrets = Secrets()
    secrets.add(secret)
    text = before + secret + after
    for shown in (text, json.dumps(text), json.dumps(text, ensure_ascii=False), json.dumps([text])):
        assert HIDDEN in secrets.in_text(shown)
    assert secret not in secrets.in_text(text) or secret in HIDDEN
    assert HIDDEN.encode() in secrets.in_bytes(text.encode())


def test_the_secrets_of_this_process_are_the_ones_that_are_hidden() -> None:
    assert isinstance(hidden.SECRETS, Secrets)
    hide(SECRET)
    assert hidden.SECRETS.in_text(SECRET) == HIDDEN
