"""Junk bears no valid signature, names no webhook, and is what its words say."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from telnyx_mock.attacks.junk import Junk, junk
from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import Reason, verify

NOW = 1_700_000_000.75
KEY = KeyPair(bytes(32))
EVENTS = ("call.initiated", "texml.http-request")


def all_junk(event: str) -> dict[str, Junk]:
    found = list(junk(Original(webhook(event), KEY, NOW)))
    assert max(Counter(each.words for each in found).values()) == 1
    return {each.words: each for each in found}


@pytest.mark.parametrize("event", EVENTS)
def test_junk_has_a_false_signature_or_none_and_says_which(event: str) -> None:
    for words, each in all_junk(event).items():
        reason = verify(KEY.public_key, each.request, now=NOW).reason
        if "without a signature" in words:
            assert reason is Reason.NO_SIGNATURE, words
            assert each.request.header(TIMESTAMP_HEADER) is None, words
        else:
            assert reason is Reason.MISMATCH, words
        assert each.has_signature is ("with a false signature" in words), words
        request = each.request
        assert (request.webhook, request.draft, request.malformed) == (None, None, None), words


@pytest.mark.parametrize("event", EVENTS)
def test_what_also_comes_without_a_signature_looks_like_no_event(event: str) -> None:
    found = all_junk(event)
    for words, each in found.items():
        content = words.removesuffix(" with a false signature,").removesuffix(
            " without a signature,"
        )
        assert each.looks_like_event is (f"{content} without a signature," not in found), words


def test_json_and_forms_have_junk_of_their_own() -> None:
    of_json, of_form = map(all_junk, EVENTS)
    assert any("malformed as json-nan" in words for words in of_json)
    assert any("malformed as form-nul" in words for words in of_form)
    assert not any("malformed as json" in words for words in of_form)
    both = {*of_json} & {*of_form}
    for part in ("an empty body", "bytes that are not UTF-8", "a content length", "not ASCII"):
        assert any(part in words for words in both)


def test_lists_are_nested_as_deep_as_the_words_say() -> None:
    found = {words: each.request.body for words, each in all_junk("call.initiated").items()}
    deep = b"[" * 2000 + b"]" * 2000
    assert found["with JSON nested 2,000 deep, without a signature,"] == deep
    body = found["with lists nested 1,000 deep, with a false signature,"]
    start, end = body.index(b"[" * 1000), body.rindex(b"]") + 1
    assert body[start:end] == b"[" * 1000 + b"]" * 1000
    assert json.loads(body[:start] + b"0" + body[end:])["data"]["payload"]["malformed"] == 0


def test_junk_may_lack_a_length_or_have_a_header_that_is_not_ascii() -> None:
    headers = {
        words: dict(each.request.headers) for words, each in all_junk("call.initiated").items()
    }
    chunked = headers["without a content length, with a false signature,"]
    assert chunked[b"transfer-encoding"] == b"chunked"
    odd = headers["with a header that is not ASCII, with a false signature,"]
    assert odd[b"user-agent"] == b"telnyx \xe9"
    assert SIGNATURE_HEADER in odd
