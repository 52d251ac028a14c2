"""Each forgery is a lie of its own, and nothing but that lie is wrong with it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import all_events
from telnyx_mock.events.model import ContentType
from telnyx_mock.forgeries import FORGERIES, Group, Original, forge
from telnyx_mock.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.severity import Severity
from telnyx_mock.signing import KeyPair, Reason, verify
from telnyx_mock.webhook import Webhook, sample, webhook

NOW = 1_700_000_000.75
KEY = KeyPair(bytes(32))

REASONS = {
    "signature-missing": Reason.NO_SIGNATURE,
    "signature-empty": Reason.NO_SIGNATURE,
    "signature-not-base64": Reason.NOT_BASE64,
    "signature-truncated": Reason.WRONG_LENGTH,
    "signature-by-another-key": Reason.MISMATCH,
    "signature-of-another-webhook": Reason.MISMATCH,
    "timestamp-missing": Reason.NO_TIMESTAMP,
    "timestamp-not-a-number": Reason.BAD_TIMESTAMP,
    "timestamp-changed": Reason.MISMATCH,
    "timestamp-expired-1h": Reason.OLD,
    "timestamp-expired-10m": Reason.OLD,
    "timestamp-future-1h": Reason.FUTURE,
    "body-changed": Reason.MISMATCH,
}
"""What a careful receiver says of each."""

forgeries = pytest.mark.parametrize("name", FORGERIES)
webhooks = pytest.mark.parametrize("event", ["call.initiated", "message.received", "texml.siprec"])


def genuine(built: Webhook) -> Request:
    return Original(built, KEY, NOW).request()


def content(request: Request) -> Any:
    """What the body says."""
    if request.header(b"content-type") == b"application/json":
        return json.loads(request.body)
    return parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)


def test_every_forgery_has_its_reason_here() -> None:
    assert list(REASONS) == list(FORGERIES)


@pytest.mark.parametrize("event", [event.name for event in all_events() if event.signed])
def test_of_every_event_the_original_verifies_and_no_forgery_does(event: str) -> None:
    built = webhook(event)
    assert verify(KEY.public_key, genuine(built), now=NOW).ok
    for name, reason in REASONS.items():
        assert verify(KEY.public_key, forge(name, built, KEY, NOW), now=NOW).reason is reason, name


@forgeries
@webhooks
def test_a_forgery_carries_its_name_and_what_it_was_made_of(name: str, event: str) -> None:
    built = webhook(event)
    request = forge(name, built, KEY, NOW)
    assert request.forgery == name
    assert request.webhook is built
    assert genuine(built).forgery is None


@forgeries
def test_a_forgery_is_said_in_one_line(name: str) -> None:
    forgery = FORGERIES[name]
    assert forgery.name == name
    assert name.startswith(f"{forgery.group.value}-")
    assert 20 < len(forgery.reason) <= 90
    assert "\n" not in forgery.reason


@forgeries
@webhooks
def test_only_what_the_group_says_is_a_lie(name: str, event: str) -> None:
    """All else is as in the original, so that a receiver that accepts it shows one fault."""
    built = webhook(event)
    original, request = genuine(built), forge(name, built, KEY, NOW)
    group = FORGERIES[name].group
    assert request.method == original.method
    assert (request.body != original.body) is (group is Group.BODY)
    if group is not Group.TIMESTAMP:
        assert request.header(TIMESTAMP_HEADER) == original.header(TIMESTAMP_HEADER)
    if group is Group.BODY or name in ("timestamp-missing", "timestamp-not-a-number"):
        assert request.header(SIGNATURE_HEADER) == original.header(SIGNATURE_HEADER)
    signing = (SIGNATURE_HEADER, TIMESTAMP_HEADER)
    assert {pair for pair in request.headers if pair[0] not in signing} == {
        pair for pair in original.headers if pair[0] not in signing
    }


@forgeries
def test_what_takes_no_key_is_an_error_and_what_the_sources_leave_open_a_warning(name: str) -> None:
    open_questions = {"timestamp-expired-10m", "timestamp-future-1h"}
    expected = Severity.WARNING if name in open_questions else Severity.ERROR
    assert FORGERIES[name].severity is expected


@pytest.mark.parametrize(
    ("name", "age"),
    [
        ("timestamp-expired-1h", 3600),
        ("timestamp-expired-10m", 600),
        ("timestamp-future-1h", -3600),
    ],
)
def test_times_lie_a_little_beyond_the_round_figure(name: str, age: int) -> None:
    """A window of exactly that size refuses it each time, on a slow machine too."""
    request = forge(name, webhook("call.initiated"), KEY, NOW)
    actual = int(NOW) - int(request.header(TIMESTAMP_HEADER) or 0)
    assert 5 <= abs(actual) - abs(age) <= 60
    assert (actual > 0) is (age > 0)


def test_a_changed_timestamp_is_recent_although_the_signature_is_old() -> None:
    request = forge("timestamp-changed", webhook("call.initiated"), KEY, NOW)
    assert int(request.header(TIMESTAMP_HEADER) or 0) == int(NOW)
    old = request.with_headers((TIMESTAMP_HEADER, str(int(NOW) - 3610).encode()))
    assert verify(KEY.public_key, old, now=NOW).reason is Reason.OLD


def test_what_is_not_base64_holds_nothing_that_a_lenient_decoder_could_accept() -> None:
    built = webhook("call.initiated")
    request = forge("signature-not-base64", built, KEY, NOW)
    forged, real = request.header(SIGNATURE_HEADER), genuine(built).header(SIGNATURE_HEADER)
    assert forged is not None
    assert real is not None
    assert real[:8] not in forged


@pytest.mark.parametrize(
    ("built", "changed"),
    [
        (webhook("call.initiated"), {"from": "+13125550143"}),
        (webhook("call.initiated", from_="anonymous", to="+13125550109"), {"to": "+13125550100"}),
    ],
)
def test_a_changed_body_names_another_phone_number(built: Webhook, changed: dict[str, str]) -> None:
    request = forge("body-changed", built, KEY, NOW)
    assert json.loads(request.body)["data"]["payload"] == {**built.payload, **changed}


@pytest.mark.parametrize("event", [event.name for event in all_events() if event.signed])
def test_a_changed_body_is_well_formed_and_one_value_is_another(event: str) -> None:
    built = webhook(event)
    before = content(genuine(built))
    after = content(forge("body-changed", built, KEY, NOW))
    assert after != before
    if built.event.content_type is ContentType.FORM:
        assert len(set(before) ^ set(after)) <= 2
    else:
        assert after.keys() == before.keys()
    assert content(genuine(built)) == before


@pytest.mark.parametrize("body", [{}, {"a": None}, {"a": ["x", {"b": True}]}, {"n": 1}])
def test_a_body_without_any_digit_in_its_text_is_changed_too(body: dict[str, Any]) -> None:
    built = Webhook(sample("call.initiated").event, body)
    request = forge("body-changed", built, KEY, NOW)
    assert json.loads(request.body) != body
    assert verify(KEY.public_key, request, now=NOW).reason is Reason.MISMATCH


def test_each_other_key_and_each_other_webhook_is_another() -> None:
    built = webhook("call.initiated")
    for name in ("signature-by-another-key", "signature-of-another-webhook"):
        first, second = (forge(name, built, KEY, NOW) for _ in range(2))
        assert first.header(SIGNATURE_HEADER) != second.header(SIGNATURE_HEADER)


def test_an_unknown_forgery_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        forge("signature-mising", webhook("call.initiated"), KEY, NOW)
    assert str(refused.value).startswith(
        "There is no forgery 'signature-mising'. Did you mean 'signature-missing'"
    )


def test_events_with_another_signature_are_not_signed():
    """Meeting events carry an HMAC of their session; a receiver could not verify ours."""
    with pytest.raises(
        UsageError, match=r"session\.status_changed is not signed with the account's"
    ):
        forge("signature-missing", webhook("session.status_changed"), KeyPair.generate(), 1.7e9)
