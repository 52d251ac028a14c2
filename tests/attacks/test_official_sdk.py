"""The official Python SDK accepts every genuine webhook, and refuses forgeries but for a few.

The SDK reads the machine's clock, so these tests sign at the real time. It verifies JSON events
only, since ``unwrap`` parses the body.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
import telnyx
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.reference.official_sdk import OFFICIAL_SDK
from telnyx_mock.attacks.forgeries import FORGERIES, forge
from telnyx_mock.clock import SetClock
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import JSON_LAYOUTS
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import verify

KEY = KeyPair.generate()
SDK = telnyx.Telnyx(api_key="KEY_for_tests", public_key=KEY.public_key)

EVENTS = (
    "call.initiated",
    "call.answered",
    "call.hangup",
    "message.received",
    "message.finalized",
)
MODELS = {
    "call.initiated": "CallInitiatedWebhookEvent",
    "call.answered": "CallAnsweredWebhookEvent",
    "call.hangup": "CallHangupWebhookEvent",
    "message.received": "InboundMessageWebhookEvent",
    "message.finalized": "DeliveryUpdateWebhookEvent",
}

events = pytest.mark.parametrize("event", EVENTS)
names = st.sampled_from(EVENTS)
cases = st.sampled_from(HEADER_CASES)
layouts = st.sampled_from(list(JSON_LAYOUTS))
texts = st.text(st.characters(exclude_categories=("Cs",)))
values = st.none() | st.booleans() | texts | st.floats(allow_nan=False, allow_infinity=False)
extras = st.dictionaries(st.from_regex("[a-z]{1,8}_new", fullmatch=True), values, max_size=3)


patient = settings(deadline=None)
"""The first ``unwrap`` of a process builds the SDK's models, which takes more than a second."""


DECODINGS = ("latin-1", "utf-8")
"""How servers decode headers: WSGI, ASGI frameworks and aiohttp do not agree."""


def unwrap(request: Request, decoding: str = "latin-1") -> Any:
    """What the SDK makes of *request*; it raises ValueError where it refuses."""
    headers = {
        name.decode("latin-1"): value.decode(decoding, "surrogateescape")
        for name, value in request.headers
    }
    return SDK.webhooks.unwrap(request.body.decode(errors="replace"), headers=headers)


@events
@pytest.mark.parametrize("layout", JSON_LAYOUTS)
def test_the_sdk_accepts_every_layout_and_returns_the_right_model(event: str, layout: str) -> None:
    built = webhook(event)
    answer = unwrap(sign(Draft(built, layout), KEY, timestamp=int(time.time())))
    assert type(answer).__name__ == MODELS[event]
    assert answer.data.event_type == event
    assert answer.data.id == built.body["data"]["id"]
    assert answer.data.payload.to_dict(mode="json", exclude_unset=True).keys() >= {"to", "from"}


@patient
@given(event=names, layout=layouts, case=cases, charset=st.booleans(), extra=extras)
def test_the_sdk_and_we_accept_every_genuine_webhook(
    event: str, layout: str, case: str, charset: bool, extra: dict[str, Any]
) -> None:
    clock = SetClock(time.time())
    built = webhook(event, extra=extra)
    request = sign(Draft(built, layout, case, charset), KEY, timestamp=int(clock.now()))
    assert verify(KEY.public_key, request, now=clock.now()).ok
    assert unwrap(request).data.event_type == event


def refusal(name: str, event: str, extra: dict[str, Any]) -> set[str]:
    """What the SDK does with a forgery, in each way that servers decode headers."""
    request = forge(name, webhook(event, extra=extra), KEY, time.time())
    return {outcome(request, decoding) for decoding in DECODINGS}


REFUSED = sorted(FORGERIES.keys() - OFFICIAL_SDK.keys())


@events
def test_the_sdk_refuses_every_other_forgery(event: str) -> None:
    assert [name for name in REFUSED if refusal(name, event, {}) != {"refused"}] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
@patient
@given(event=names, extra=extras)
def test_the_sdk_refuses_a_forgery_with_any_extra_field(
    name: str, event: str, extra: dict[str, Any]
) -> None:
    assert refusal(name, event, extra) == {"refused"}


@pytest.mark.parametrize("name", OFFICIAL_SDK)
def test_the_sdk_treats_an_explained_forgery_as_described(name: str) -> None:
    """The result may depend on how the server decodes headers, and on which of two it shows."""
    request = forge(name, webhook("call.initiated"), KEY, time.time())
    first_wins = replace(request, headers=request.headers[::-1])
    outcomes = {outcome(each, way) for each in (request, first_wins) for way in DECODINGS}
    says = OFFICIAL_SDK[name]
    assert ("accepted" in outcomes) is says.startswith("accepted")
    assert ("OverflowError" in outcomes) is ("OverflowError escapes" in says)
    assert outcomes <= {"accepted", "refused", "OverflowError"}


def test_a_receiver_that_verifies_with_the_sdk_accepts_nothing_that_it_must_refuse() -> None:
    for name, says in OFFICIAL_SDK.items():
        if says.startswith("accepted"):
            assert not FORGERIES[name].must_be_refused
            assert FORGERIES[name].allows(200)


def outcome(request: Request, decoding: str) -> str:
    try:
        unwrap(request, decoding)
    except ValueError:
        return "refused"
    except OverflowError as error:
        return type(error).__name__
    return "accepted"


@pytest.mark.parametrize("seconds", [-240, -60, 60, 240])
def test_the_sdk_and_we_accept_a_timestamp_that_is_minutes_off(seconds: int) -> None:
    now = time.time()
    request = sign(Draft(webhook("call.initiated")), KEY, timestamp=int(now) + seconds)
    assert verify(KEY.public_key, request, now=now).ok
    assert unwrap(request).data.event_type == "call.initiated"
