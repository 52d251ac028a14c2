"""Faults on demand: for a path, the n-th call, a share of the calls, and how an answer takes its time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.clock import SetClock
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.fake_api.answers import NoAnswer, TimedOut, WasReset
from telnyx_mock.provider_urls import API_HOST

SEND = "/v2/messages"
TEXT = {"from": "+13125550199", "to": "+13125550142", "text": "hi"}


def exchange(api: FakeApi, path: str = SEND, patience: float | None = None) -> Any:
    """Return what a client gets that sends a message: a status or why there is none, and when."""
    url = f"https://{API_HOST}{path}"
    made, seconds = api.exchange("POST", url, {}, json.dumps(TEXT).encode(), patience)
    return (type(made) if isinstance(made, NoAnswer) else made.status), seconds


def outcomes(api: FakeApi, number: int) -> list[Any]:
    return [exchange(api)[0] for _ in range(number)]


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        *((status, status) for status in (401, 403, 404, 422, 429, 500, 502, 503, 504)),
        (None, TimedOut),
        ("reset", WasReset),
    ],
)
def test_the_third_call_alone_has_a_fault(api: FakeApi, status: Any, seen: Any) -> None:
    api.answer_with("POST", SEND, status=status, after=2, times=1)
    assert outcomes(api, 5) == [200, 200, seen, 200, 200]
    with api.failing(status):
        assert exchange(api)[0] == seen


@given(
    after=st.integers(0, 5), times=st.integers(1, 5), status=st.sampled_from([503, None, "reset"])
)
def test_after_so_many_calls_so_many_have_the_fault(after: int, times: int, status: Any) -> None:
    api = FakeApi(SetClock(0))
    api.answer_with("POST", SEND, status=status, after=after, times=times)
    answered = [seen == 200 for seen in outcomes(api, 12)]
    assert answered == [True] * after + [False] * times + [True] * (12 - after - times)


@settings(max_examples=10)
@given(share=st.floats(0.05, 1.0))
def test_a_share_of_the_calls_has_the_fault_and_the_same_ones_in_each_run(share: float) -> None:
    runs = []
    for _ in range(2):
        api = FakeApi(SetClock(0))
        api.answer_with("POST", SEND, status=503, share=share)
        runs.append(outcomes(api, 200))
    assert runs[0] == runs[1]
    assert runs[0].count(503) / 200 == pytest.approx(share, abs=0.15)


def test_a_share_after_some_calls_is_given_so_many_times(api: FakeApi) -> None:
    api.answer_with("POST", SEND, status=503, share=0.5, after=10, times=3)
    seen = outcomes(api, 60)
    assert (seen[:10], seen.count(503)) == ([200] * 10, 3)


def test_a_call_that_has_no_part_in_a_share_has_the_answer_that_was_prepared_before(
    api: FakeApi,
) -> None:
    api.answer_with("POST", SEND, status=429)
    api.answer_with("POST", SEND, status=503, share=0.5)
    assert set(outcomes(api, 30)) == {429, 503}


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"after": -1}, "after -1 calls"),
        ({"share": 0}, "share of 0"),
        ({"share": 10}, "share of 10; 0.1 is every tenth"),
        ({"status": "refused"}, "None for no answer in time, or 'reset'"),
    ],
)
def test_an_impossible_fault_is_a_usage_error(api: FakeApi, given: Any, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        api.answer_with("POST", SEND, **given)


def test_answers_for_a_path_take_their_time(api: FakeApi) -> None:
    with api.taking(0.5), api.taking(2.0, "/v2/mess*"):
        assert exchange(api) == (200, 2.0)
        assert exchange(api, "/v2/faxes") == (422, 0.5)
        assert exchange(api, patience=1.0) == (TimedOut, 1.0)
        api.answer_with("POST", SEND, status=503)
        assert exchange(api) == (503, 2.0)
    assert exchange(api) == (503, 0.0)
    with pytest.raises(UsageError, match="slash"), api.taking(1.0, "v2/messages"):
        pass
