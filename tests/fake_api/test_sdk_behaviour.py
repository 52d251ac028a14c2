"""The official SDK pages through lists, reads the rate limit, and tries again, as with Telnyx."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import telnyx

from telnyx_mock.fake_api import FakeApi, Interceptors

CALL = "v3:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ"
TEXT: Any = {"from_": "+13125550100", "to": "+13125550101", "text": "hi"}


@pytest.fixture
def client(interceptors: Interceptors, monkeypatch: pytest.MonkeyPatch) -> Iterator[telnyx.Telnyx]:
    monkeypatch.setattr("telnyx._base_client.INITIAL_RETRY_DELAY", 0.0)
    with telnyx.Telnyx(api_key="k") as client:
        yield client


# Pages


def lists(resource: Any, name: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each method of the SDK that returns pages, with its name."""
    for attribute in dir(type(resource)):
        if attribute.startswith(("_", "with_")):
            continue
        value = inspect.getattr_static(type(resource), attribute)
        if inspect.isfunction(value):
            if "Pagination" in str(inspect.signature(value).return_annotation):
                yield f"{name}.{attribute}", getattr(resource, attribute)
        elif "resources" in type(part := getattr(resource, attribute, None)).__module__:
            yield from lists(part, f"{name}.{attribute}")


@pytest.mark.slow
def test_every_list_of_the_sdk_ends(client: telnyx.Telnyx, api: FakeApi) -> None:
    tried = 0
    for name, method in lists(client):
        if name in (".dial_metrics.list", ".messaging_tollfree.verification.requests.list"):
            continue  # whose required parameters are no texts
        required = [
            each.name
            for each in inspect.signature(method).parameters.values()
            if each.default is inspect.Parameter.empty and each.kind is not each.VAR_KEYWORD
        ]
        entries = list(itertools.islice(method(**dict.fromkeys(required, "1")), 5))
        assert len(entries) == 1, name
        assert not isinstance(entries[0], str), name
        assert len(api.commands) <= 2, name
        api.clear()
        tried += 1
    assert tried > 200


@pytest.mark.parametrize("collection", ["phone_numbers", "messaging_profiles", "recordings"])
def test_a_page_after_the_last_is_empty(client: telnyx.Telnyx, collection: str) -> None:
    resource: Any = getattr(client, collection)
    sizes = [len(resource.list(page_number=number).data) for number in (1, 2, 7)]
    assert sizes == [1, 0, 0]


def test_a_page_says_which_it_is(client: telnyx.Telnyx) -> None:
    meta = client.phone_numbers.list(page_number=2, page_size=5).meta
    assert meta is not None
    assert (meta.page_number, meta.total_pages) == (2, 1)
    assert meta.to_dict()["page_size"] == 5


# The rate limit


def test_each_answer_tells_the_rate_limit(client: telnyx.Telnyx, api: FakeApi) -> None:
    headers = client.messages.with_raw_response.send(**TEXT).headers
    assert int(headers["x-ratelimit-remaining"]) < int(headers["x-ratelimit-limit"])
    assert int(headers["x-ratelimit-reset"]) > 0
    api.answer_with("POST", "/v2/messages", status=429, headers={"Retry-After": "7"})
    with pytest.raises(telnyx.RateLimitError) as refused:
        client.with_options(max_retries=0).messages.send(**TEXT)
    headers = refused.value.response.headers
    assert (headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"]) == ("0", "7")
    api.answer_with("POST", "/v2/messages", headers={"X-RateLimit-Remaining": "3"})
    headers = client.messages.with_raw_response.send(**TEXT).headers
    assert headers.get_list("x-ratelimit-remaining") == ["3"]


# Retries


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, None, "reset"])
def test_the_sdk_tries_again_and_the_command_counts_once(
    client: telnyx.Telnyx, api: FakeApi, status: Any
) -> None:
    heard: list[str] = []
    api.listeners.append(lambda command, made: heard.append(f"{command.name} {made.status}"))
    path = "/v2/calls/*/actions/speak"
    api.answer_with("POST", path, status=status, times=2, headers={"retry-after-ms": "1"})
    said = client.calls.actions.speak(CALL, payload="hi", voice="female", command_id="c-1")
    assert said.data is not None
    assert said.data.result == "ok"
    first, *others = api.commands
    assert [each.parameters for each in others] == [first.parameters] * 2
    assert not any(each.is_repeat for each in api.commands)
    assert heard.count("speak 200") == 1


def test_the_sdk_gives_up_after_two_retries(client: telnyx.Telnyx, api: FakeApi) -> None:
    api.answer_with("POST", "/v2/messages", status=503, headers={"retry-after-ms": "1"})
    with pytest.raises(telnyx.InternalServerError):
        client.messages.send(**TEXT)
    assert len(api.commands) == 3


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, telnyx.AuthenticationError),
        (403, telnyx.PermissionDeniedError),
        (404, telnyx.NotFoundError),
        (422, telnyx.UnprocessableEntityError),
    ],
)
def test_the_sdk_tries_no_refusal_again(
    client: telnyx.Telnyx, api: FakeApi, status: int, error: type[Exception]
) -> None:
    api.answer_with("POST", "/v2/messages", status=status, times=1)
    with pytest.raises(error):
        client.messages.send(**TEXT)
    assert len(api.commands) == 1


def test_a_command_whose_answer_came_too_late_is_ignored_when_it_comes_again(
    client: telnyx.Telnyx, api: FakeApi
) -> None:
    patient = client.with_options(timeout=0.01, max_retries=1)
    with api.taking(0.05), pytest.raises(telnyx.APITimeoutError):
        patient.calls.actions.speak(CALL, payload="hi", voice="female", command_id="c-1")
    assert [each.is_repeat for each in api.commands] == [False, True]
    api.assert_called_once("speak")
