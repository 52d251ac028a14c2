"""Each forgery is a lie of its own, and nothing but that lie is wrong with it."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telnyx_mock.attacks.forgeries import FORGERIES, Expected, Group, Original, forge
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook, sample, webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import Reason, verify

NOW = 1_700_000_000.75
KEY = KeyPair(bytes(32))

REASONS = {
    "headers-missing": {Reason.NO_SIGNATURE},
    "headers-missing-as-text": {Reason.NO_SIGNATURE},
    "headers-missing-mistyped": {Reason.NO_SIGNATURE},
    "headers-missing-untyped": {Reason.NO_SIGNATURE},
    "signature-missing": {Reason.NO_SIGNATURE},
    "signature-empty": {Reason.NO_SIGNATURE},
    "signature-blank": {Reason.NOT_BASE64},
    "signature-not-base64": {Reason.NOT_BASE64},
    "signature-truncated": {Reason.WRONG_LENGTH},
    "signature-63-bytes": {Reason.WRONG_LENGTH},
    "signature-65-bytes": {Reason.WRONG_LENGTH},
    "signature-extended": {Reason.WRONG_LENGTH},
    "signature-all-zero": {Reason.MISMATCH},
    "signature-random": {Reason.MISMATCH},
    "signature-by-another-key": {Reason.MISMATCH},
    "signature-of-another-webhook": {Reason.MISMATCH},
    "signature-of-another-second": {Reason.MISMATCH},
    "signature-small-order": {Reason.MISMATCH},
    "signature-non-canonical": {Reason.MISMATCH},
    "signature-hmac-of-public-key": {Reason.WRONG_LENGTH},
    "signature-standard-webhooks": {Reason.NO_SIGNATURE},
    "signature-legacy-v1": {Reason.NO_SIGNATURE},
    "signature-over-body-only": {Reason.OTHER_SEPARATOR},
    "signature-over-timestamp-only": {Reason.MISMATCH},
    "signature-without-separator": {Reason.OTHER_SEPARATOR},
    "signature-with-dot": {Reason.OTHER_SEPARATOR},
    "signature-over-rewritten-body": {Reason.RESERIALISED, Reason.MISMATCH},
    "signature-over-decoded-body": {Reason.MISMATCH},
    "signature-url-safe": {Reason.NOT_BASE64},
    "signature-hex": {Reason.WRONG_LENGTH},
    "signature-without-padding": {Reason.NOT_BASE64},
    "signature-with-spare-bits": {Reason.GENUINE},
    "signature-with-spaces": {Reason.NOT_BASE64},
    "signature-with-newline": {Reason.NOT_BASE64},
    "signature-with-tail": {Reason.NOT_BASE64},
    "signature-good-then-bad": {Reason.REPEATED_HEADER},
    "signature-bad-then-good": {Reason.REPEATED_HEADER},
    "timestamp-missing": {Reason.NO_TIMESTAMP},
    "timestamp-changed": {Reason.MISMATCH},
    "timestamp-expired-1h": {Reason.OLD},
    "timestamp-expired-1d": {Reason.OLD},
    "timestamp-expired-10m": {Reason.OLD},
    "timestamp-expired-301s": {Reason.OLD},
    "timestamp-1970": {Reason.OLD},
    "timestamp-future-1h": {Reason.FUTURE},
    "timestamp-future-1d": {Reason.FUTURE},
    "timestamp-future-10m": {Reason.FUTURE},
    "timestamp-future-310s": {Reason.FUTURE},
    "timestamp-good-then-bad": {Reason.REPEATED_HEADER},
    "timestamp-bad-then-good": {Reason.REPEATED_HEADER},
    "timestamp-not-a-number": {Reason.BAD_TIMESTAMP},
    "timestamp-empty": {Reason.NO_TIMESTAMP},
    "timestamp-zero": {Reason.MISMATCH},
    "timestamp-negative": {Reason.BAD_TIMESTAMP},
    "timestamp-milliseconds": {Reason.MISMATCH},
    "timestamp-20-digits": {Reason.MISMATCH},
    "timestamp-400-digits": {Reason.BAD_TIMESTAMP},
    "timestamp-5000-digits": {Reason.BAD_TIMESTAMP},
    "timestamp-nan": {Reason.BAD_TIMESTAMP},
    "timestamp-superscript": {Reason.BAD_TIMESTAMP},
    "timestamp-float": {Reason.BAD_TIMESTAMP},
    "timestamp-plus": {Reason.BAD_TIMESTAMP},
    "timestamp-zeros": {Reason.MISMATCH},
    "timestamp-blank": {Reason.BAD_TIMESTAMP},
    "timestamp-full-width": {Reason.BAD_TIMESTAMP},
    "timestamp-not-a-number-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-negative-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-milliseconds-signed": {Reason.FUTURE},
    "timestamp-20-digits-signed": {Reason.FUTURE},
    "timestamp-400-digits-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-5000-digits-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-nan-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-float-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-plus-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-zeros-signed": {Reason.GENUINE},
    "timestamp-blank-signed": {Reason.BAD_TIMESTAMP},
    "timestamp-full-width-signed": {Reason.BAD_TIMESTAMP},
    "body-changed": {Reason.MISMATCH},
    "body-one-byte": {Reason.MISMATCH},
    "body-member-twice": {Reason.RESERIALISED, Reason.MISMATCH},
    "body-member-added": {Reason.MISMATCH},
    "body-blank-added": {Reason.RESERIALISED, Reason.MISMATCH},
    "body-with-bom": {Reason.RESERIALISED, Reason.MISMATCH},
    "body-truncated": {Reason.MISMATCH},
    "body-empty": {Reason.MISMATCH},
    "body-swapped": {Reason.MISMATCH},
    "body-query-added": {Reason.GENUINE},
    "replay-exact": {Reason.GENUINE},
    "replay-expired": {Reason.OLD},
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
    for name, reasons in REASONS.items():
        verdict = verify(KEY.public_key, forge(name, built, KEY, NOW), now=NOW)
        assert verdict.reason in reasons, name


def test_all_that_must_be_refused_is_refused_by_whoever_verifies_with_care() -> None:
    """What is genuine in spite of all is a legal variant, or cannot be told from a genuine one."""
    genuine_after_all = {name for name, reasons in REASONS.items() if Reason.GENUINE in reasons}
    for name in genuine_after_all:
        assert FORGERIES[name].expected is not Expected.REFUSED


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
    assert 20 < len(forgery.reason) <= 95
    assert "\n" not in forgery.reason


OTHER_BODY = {"signature-over-rewritten-body"}
OTHER_TIME = {"signature-url-safe"}
OTHER_HEADERS = {
    "headers-missing-as-text",
    "headers-missing-mistyped",
    "headers-missing-untyped",
    "signature-standard-webhooks",
    "signature-legacy-v1",
}
BY_GET = {"body-query-added"}


@pytest.mark.parametrize("name", sorted(FORGERIES.keys() - OTHER_HEADERS - BY_GET))
@webhooks
def test_only_what_the_group_says_is_a_lie(name: str, event: str) -> None:
    """All else is as in the original, so that a receiver that accepts it shows one fault."""
    built = webhook(event)
    original, request = genuine(built), forge(name, built, KEY, NOW)
    group = FORGERIES[name].group
    assert (request.method, request.query) == (original.method, original.query)
    assert (request.body != original.body) is (group is Group.BODY or name in OTHER_BODY)
    if group in (Group.SIGNATURE, Group.BODY) and name not in OTHER_TIME:
        assert request.header(TIMESTAMP_HEADER) == original.header(TIMESTAMP_HEADER)
    is_recorded = group is Group.TIMESTAMP and not FORGERIES[name].needs_key
    if group is Group.BODY or (is_recorded and not re.search("expired|changed", name)):
        assert request.header(SIGNATURE_HEADER) == original.header(SIGNATURE_HEADER)
    signing = (SIGNATURE_HEADER, TIMESTAMP_HEADER)
    assert [pair for pair in request.headers if pair[0] not in signing] == [
        pair for pair in original.headers if pair[0] not in signing
    ]


@forgeries
def test_what_takes_no_key_is_an_error_but_for_what_the_sources_leave_open(name: str) -> None:
    forgery = FORGERIES[name]
    if forgery.needs_key:
        assert forgery.severity is not Severity.ERROR
        assert not forgery.must_be_refused
    elif forgery.in_process_only:
        assert forgery.severity is Severity.ADVICE
    else:
        assert (forgery.severity is not Severity.ERROR) is (name in OPEN_QUESTIONS)


OPEN_QUESTIONS = {
    "signature-65-bytes",
    "signature-extended",
    "signature-non-canonical",
    "timestamp-expired-10m",
    "timestamp-expired-301s",
    "timestamp-float",
    "timestamp-plus",
    "timestamp-zeros",
    "timestamp-blank",
    "timestamp-full-width",
}
"""Anyone can send these, and accepting them opens no door, or is somebody's choice."""


@forgeries
def test_what_may_be_accepted_matters_as_much_as_failing_at_it(name: str) -> None:
    forgery = FORGERIES[name]
    if forgery.expected is Expected.SURVIVED:
        assert forgery.severity is forgery.failing


@forgeries
def test_what_is_allowed_follows_from_what_is_expected(name: str) -> None:
    forgery = FORGERIES[name]
    assert forgery.allows(401)
    assert forgery.allows(404)
    assert not forgery.allows(500)
    assert not forgery.allows(None)
    assert forgery.allows(200) is (forgery.expected is not Expected.REFUSED)


@forgeries
def test_there_is_a_plainest_lie(name: str) -> None:
    """No circle of plainer lies leaves all of them untold."""
    steps = 0
    while name:
        name = FORGERIES[name].plainer
        steps += 1
        assert steps <= 4


@forgeries
@webhooks
def test_http_carries_all_but_what_is_marked(name: str, event: str) -> None:
    """As h11 has it: no control characters in a header's value, and an ASCII target."""
    request = forge(name, webhook(event), KEY, NOW)
    fits = all(
        re.fullmatch(rb"[\t\x20-\x7e\x80-\xff]*", value) for _, value in request.headers
    ) and re.fullmatch(rb"[\x21-\x7e]*", request.query)
    assert bool(fits) is not FORGERIES[name].in_process_only


@pytest.mark.parametrize(
    ("name", "age"),
    [
        ("timestamp-expired-1d", 86400),
        ("timestamp-expired-1h", 3600),
        ("timestamp-expired-10m", 600),
        ("timestamp-future-310s", -300),
        ("timestamp-future-10m", -600),
        ("timestamp-future-1h", -3600),
        ("timestamp-future-1d", -86400),
        ("replay-expired", 3600),
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


@pytest.mark.parametrize(
    "name",
    [
        "signature-url-safe",
        "signature-without-padding",
        "signature-with-spare-bits",
        "signature-with-spaces",
        "signature-with-newline",
        "signature-with-tail",
    ],
)
@given(now=st.integers(1_700_000_000, 1_800_000_000))
def test_a_genuine_signature_in_another_spelling_decodes_to_the_same_bytes(
    name: str, now: int
) -> None:
    built = webhook("call.initiated")
    request = forge(name, built, KEY, now)
    stamp = request.header(TIMESTAMP_HEADER) or b""
    text = (request.header(SIGNATURE_HEADER) or b"").removesuffix(b"tail")
    genuine_text = KEY.sign(stamp, request.body)
    assert text != genuine_text or name == "signature-with-tail"
    plain = re.sub(rb"[^A-Za-z0-9+/]", b"", text.translate(bytes.maketrans(b"-_", b"+/")))
    assert base64.b64decode(plain + b"==") == base64.b64decode(genuine_text)


@given(now=st.integers(1_700_000_000, 1_800_000_000))
def test_the_url_safe_alphabet_shows_in_each_signature(now: int) -> None:
    request = forge("signature-url-safe", webhook("call.initiated"), KEY, now)
    assert {*b"-_"} & {*(request.header(SIGNATURE_HEADER) or b"")}
    assert now - 60 < int(request.header(TIMESTAMP_HEADER) or 0) <= now


def test_the_replay_is_the_request_that_was_delivered() -> None:
    built = webhook("call.initiated")
    assert forge("replay-exact", built, KEY, NOW) == replace(genuine(built), forgery="replay-exact")


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
