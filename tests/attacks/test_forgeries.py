"""Each forgery alters one thing about a genuine request, and a careful receiver refuses it."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_core_ed25519_scalar_reduce

from telnyx_mock.attacks.forgeries import FORGERIES, Expected, Group, forge
from telnyx_mock.attacks.original import Original
from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook, sample, webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import TOLERANCE, Reason, verify

NOW = 1_700_000_000.75
KEY = KeyPair(bytes(32))

VERDICTS = {
    Reason.NO_SIGNATURE: """
        headers-missing headers-missing-as-text headers-missing-mistyped headers-missing-untyped
        signature-missing signature-empty signature-standard-webhooks signature-legacy-v1
        """,
    Reason.NOT_BASE64: """
        signature-blank signature-not-base64 signature-url-safe signature-without-padding
        signature-with-spaces signature-with-newline signature-with-tail
        """,
    Reason.WRONG_LENGTH: """
        signature-truncated signature-63-bytes signature-65-bytes signature-extended signature-hex
        signature-hmac-of-public-key signature-hmac-of-key-bytes
        """,
    Reason.MISMATCH: """
        signature-all-zero signature-random signature-by-another-key signature-of-another-webhook
        signature-of-another-second signature-small-order signature-non-canonical
        signature-over-timestamp-only signature-over-rewritten-body signature-over-decoded-body
        timestamp-changed timestamp-zero timestamp-milliseconds timestamp-20-digits timestamp-zeros
        body-changed body-one-byte body-member-twice body-member-added body-blank-added
        body-with-bom body-truncated body-empty body-swapped
        """,
    Reason.RESERIALISED: """
        signature-over-rewritten-body body-member-twice body-blank-added body-with-bom
        """,
    Reason.OTHER_SEPARATOR: """
        signature-over-body-only signature-without-separator signature-with-dot
        """,
    Reason.REPEATED_HEADER: """
        signature-good-then-bad signature-bad-then-good timestamp-good-then-bad
        timestamp-bad-then-good
        """,
    Reason.NO_TIMESTAMP: "timestamp-missing timestamp-empty",
    Reason.OLD: """
        timestamp-expired-1h timestamp-expired-1d timestamp-expired-10m timestamp-expired-301s
        timestamp-1970 replay-expired
        """,
    Reason.FUTURE: """
        timestamp-future-1h timestamp-future-1d timestamp-future-10m timestamp-future-310s
        timestamp-milliseconds-signed timestamp-20-digits-signed
        """,
    Reason.BAD_TIMESTAMP: """
        timestamp-not-a-number timestamp-negative timestamp-400-digits timestamp-5000-digits
        timestamp-nan timestamp-superscript timestamp-float timestamp-plus timestamp-blank
        timestamp-full-width timestamp-not-a-number-signed timestamp-negative-signed
        timestamp-400-digits-signed timestamp-5000-digits-signed timestamp-nan-signed
        timestamp-float-signed timestamp-plus-signed timestamp-blank-signed
        timestamp-full-width-signed
        """,
    Reason.GENUINE: """
        signature-with-spare-bits timestamp-zeros-signed body-query-added replay-exact
        """,
}
"""What a careful receiver finds, and of which forgeries. Of some it finds one thing or another."""

NOT_REFUSED = frozenset(VERDICTS[Reason.GENUINE].split())

WARNINGS_WITHOUT_KEY = frozenset(
    [
        "signature-65-bytes",
        "signature-extended",
        "signature-non-canonical",
        "timestamp-expired-10m",
        "timestamp-expired-301s",
        "timestamp-float",
        "timestamp-plus",
        "timestamp-zeros",
        "timestamp-full-width",
    ]
)
"""Anyone can send these. To accept them harms nobody, or the sources leave it open."""

OTHER_HEADERS = frozenset(
    [
        "headers-missing-as-text",
        "headers-missing-mistyped",
        "headers-missing-untyped",
        "signature-standard-webhooks",
        "signature-legacy-v1",
    ]
)

webhooks = pytest.mark.parametrize("event", ["call.initiated", "message.received", "texml.siprec"])


def genuine(built: Webhook) -> Request:
    return Original(built, KEY, NOW).request()


def content(request: Request) -> Any:
    """The content of the body, parsed."""
    if request.header(b"content-type") == b"application/json":
        return json.loads(request.body)
    return parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)


def test_a_careful_receiver_finds_what_is_wrong_with_each_forgery(
    signed_events: list[str],
) -> None:
    found: dict[Reason, set[str]] = {}
    for event in signed_events:
        built = webhook(event)
        assert verify(KEY.public_key, genuine(built), now=NOW).ok, event
        for name in FORGERIES:
            verdict = verify(KEY.public_key, forge(name, built, KEY, NOW), now=NOW)
            found.setdefault(verdict.reason, set()).add(name)
    assert found == {reason: set(names.split()) for reason, names in VERDICTS.items()}


@webhooks
def test_a_forgery_alters_only_what_its_group_says(event: str) -> None:
    """A receiver that accepts it then shows one fault."""
    built = webhook(event)
    original = genuine(built)
    assert original.forgery is None
    for name, forgery in FORGERIES.items():
        request, group = forge(name, built, KEY, NOW), forgery.group
        assert request.forgery == name
        assert request.webhook is built
        assert name.startswith(f"{group.value}-")
        if name in OTHER_HEADERS or name == "body-query-added":
            continue
        assert (request.method, request.query) == (original.method, original.query), name
        other_body = group is Group.BODY or name == "signature-over-rewritten-body"
        assert (request.body != original.body) is other_body, name
        if group in (Group.SIGNATURE, Group.BODY) and name != "signature-url-safe":
            assert request.header(TIMESTAMP_HEADER) == original.header(TIMESTAMP_HEADER), name
        is_unsigned = group is Group.TIMESTAMP and not forgery.needs_key
        if group is Group.BODY or (is_unsigned and not re.search("expired|changed", name)):
            assert request.header(SIGNATURE_HEADER) == original.header(SIGNATURE_HEADER), name
        signing = (SIGNATURE_HEADER, TIMESTAMP_HEADER)
        assert [pair for pair in request.headers if pair[0] not in signing] == [
            pair for pair in original.headers if pair[0] not in signing
        ], name


@webhooks
def test_http_carries_every_forgery_that_is_not_marked(event: str) -> None:
    """As in h11: a header value has no control characters, and the query is ASCII."""
    built = webhook(event)
    for name, forgery in FORGERIES.items():
        request = forge(name, built, KEY, NOW)
        values = (re.fullmatch(rb"[\t\x20-\x7e\x80-\xff]*", value) for _, value in request.headers)
        fits = all(values) and re.fullmatch(rb"[\x21-\x7e]*", request.query)
        assert bool(fits) is not forgery.in_process_only, name


@pytest.mark.parametrize("name", FORGERIES)
def test_severity_and_allowed_answers_follow_from_who_can_send_a_forgery(name: str) -> None:
    forgery = FORGERIES[name]
    assert forgery.name == name
    assert 20 < len(forgery.reason) <= 95
    assert "\n" not in forgery.reason
    if forgery.needs_key:
        assert forgery.severity is not Severity.ERROR
        assert not forgery.must_be_refused
    elif forgery.in_process_only:
        assert forgery.severity is Severity.ADVICE
    else:
        assert (forgery.severity is not Severity.ERROR) is (name in WARNINGS_WITHOUT_KEY)
    if forgery.expected is Expected.SURVIVED:
        assert forgery.severity is forgery.failing
    if name in NOT_REFUSED:
        assert forgery.expected is not Expected.REFUSED
    statuses = (None, 200, 302, 399, 400, 401, 404, 499, 500, 503)
    allowed = [status for status in statuses if forgery.allows(status)]
    refused = [400, 401, 404, 499]
    accepted = [] if forgery.expected is Expected.REFUSED else [200, 302, 399]
    assert allowed == accepted + refused


def test_only_forgeries_of_what_was_delivered_need_a_delivery_before() -> None:
    assert {name for name, forgery in FORGERIES.items() if forgery.after_original} == {
        "replay-exact",
        "replay-expired",
        "body-swapped",
    }


def test_what_anyone_can_send_and_telnyx_did_not_sign_must_be_refused() -> None:
    assert FORGERIES["signature-missing"].must_be_refused
    assert FORGERIES["body-changed"].must_be_refused
    assert not FORGERIES["signature-65-bytes"].must_be_refused, "a warning"
    assert not FORGERIES["signature-url-safe"].must_be_refused, "Telnyx signed it"


@pytest.mark.parametrize("name", FORGERIES)
def test_every_forgery_leads_to_a_plainest_one(name: str) -> None:
    steps = 0
    while name:
        name = FORGERIES[name].plainer
        steps += 1
        assert steps <= 4


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
def test_timestamps_are_a_little_beyond_the_limit(name: str, age: int) -> None:
    """A receiver with exactly that limit refuses them, however slow the machine is."""
    request = forge(name, webhook("call.initiated"), KEY, NOW)
    actual = int(NOW) - int(request.header(TIMESTAMP_HEADER) or 0)
    assert 5 <= abs(actual) - abs(age) <= 60
    assert (actual > 0) is (age > 0)


def test_the_strictest_forgery_of_age_is_one_second_beyond_the_limit() -> None:
    request = forge("timestamp-expired-301s", webhook("call.initiated"), KEY, NOW)
    assert int(NOW) - int(request.header(TIMESTAMP_HEADER) or 0) == TOLERANCE + 1


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("not-a-number", b"yesterday"),
        ("empty", b""),
        ("zero", b"0"),
        ("negative", b"-1700000000"),
        ("milliseconds", b"1700000000000"),
        ("20-digits", b"9" * 20),
        ("400-digits", b"9" * 400),
        ("5000-digits", b"9" * 5000),
        ("nan", b"nan"),
        ("superscript", b"170000000\xb2"),
        ("float", b"1700000000.5"),
        ("plus", b"+1700000000"),
        ("zeros", b"0001700000000"),
        ("blank", b"\xa01700000000"),
    ],
)
def test_timestamps_in_other_formats_to_the_byte(name: str, stamp: bytes) -> None:
    built = webhook("call.initiated")
    assert forge(f"timestamp-{name}", built, KEY, NOW).header(TIMESTAMP_HEADER) == stamp
    if f"timestamp-{name}-signed" in FORGERIES:
        request = forge(f"timestamp-{name}-signed", built, KEY, NOW)
        assert request.header(TIMESTAMP_HEADER) == stamp
        assert request.header(SIGNATURE_HEADER) == KEY.sign(stamp, request.body)


def test_a_timestamp_in_full_width_digits_is_the_same_number() -> None:
    now = 1_987_650_432
    request = forge("timestamp-full-width", webhook("call.initiated"), KEY, now)
    text = (request.header(TIMESTAMP_HEADER) or b"").decode()
    assert int(text) == now
    assert not any(character.isascii() for character in text)


def test_a_changed_timestamp_is_recent_although_the_signature_is_old() -> None:
    request = forge("timestamp-changed", webhook("call.initiated"), KEY, NOW)
    assert int(request.header(TIMESTAMP_HEADER) or 0) == int(NOW)
    old = request.with_headers((TIMESTAMP_HEADER, str(int(NOW) - 3610).encode()))
    assert verify(KEY.public_key, old, now=NOW).reason is Reason.OLD


def test_the_signature_of_another_second_is_of_the_second_before() -> None:
    """An attacker has none of a second that has not come."""
    request = forge("signature-of-another-second", webhook("call.initiated"), KEY, NOW)
    assert request.header(SIGNATURE_HEADER) == KEY.sign(b"1699999999", request.body)


@pytest.mark.parametrize(
    ("event", "body", "decoded"),
    [
        ("call.initiated", {"a": True}, "{'a': True}"),
        ("texml.http-request", {"From": "+1 2"}, "From=+1 2"),
        ("texml.http-request", {"From": "x"}, "b'From=x'"),
    ],
    ids=["JSON", "form", "form without escapes"],
)
def test_a_signature_over_the_decoded_body_is_not_over_its_bytes(
    event: str, body: dict[str, Any], decoded: str
) -> None:
    request = forge("signature-over-decoded-body", Webhook(find(event), body), KEY, NOW)
    stamp = request.header(TIMESTAMP_HEADER) or b""
    assert request.header(SIGNATURE_HEADER) == KEY.sign(stamp, decoded.encode())


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("signature-truncated", 33),
        ("signature-63-bytes", 63),
        ("signature-65-bytes", 65),
        ("signature-extended", 96),
    ],
)
def test_a_signature_of_another_length_begins_as_the_genuine_one(name: str, length: int) -> None:
    original = Original(webhook("call.initiated"), KEY, NOW)
    forged = forge(name, original.webhook, KEY, NOW).header(SIGNATURE_HEADER) or b""
    signature = base64.b64decode(forged, validate=True)
    assert signature == original.signature()[:length].ljust(length, b"\0")


def test_a_non_canonical_signature_is_the_genuine_one_modulo_the_order_of_the_group() -> None:
    original = Original(webhook("call.initiated"), KEY, NOW)
    request = forge("signature-non-canonical", original.webhook, KEY, NOW)
    signature = base64.b64decode(request.header(SIGNATURE_HEADER) or b"")
    r, s = signature[:32], signature[32:]
    assert s != original.signature()[32:]
    assert r + crypto_core_ed25519_scalar_reduce(s.ljust(64, b"\0")) == original.signature()


def test_a_placeholder_key_of_small_order_verifies_the_signature_made_for_it() -> None:
    """OpenSSL does not refuse such a key; it multiplies R and S, and compares."""
    request = forge("signature-small-order", webhook("call.initiated"), KEY, NOW)
    signature = base64.b64decode(request.header(SIGNATURE_HEADER) or b"")
    placeholder = Ed25519PublicKey.from_public_bytes(b"\1" + bytes(31))
    placeholder.verify(signature, b"any message")
    with pytest.raises(InvalidSignature):
        placeholder.verify(bytes(64), b"any message")


def test_a_lenient_base64_decoder_finds_nothing_of_the_genuine_signature() -> None:
    built = webhook("call.initiated")
    forged = forge("signature-not-base64", built, KEY, NOW).header(SIGNATURE_HEADER) or b""
    real = genuine(built).header(SIGNATURE_HEADER) or b""
    assert real
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


def test_a_changed_body_is_well_formed_and_has_one_other_value(signed_events: list[str]) -> None:
    for event in signed_events:
        built = webhook(event)
        before = content(genuine(built))
        after = content(forge("body-changed", built, KEY, NOW))
        assert after != before, event
        if built.event.content_type is ContentType.FORM:
            assert len(set(before) ^ set(after)) <= 2, event
        else:
            assert after.keys() == before.keys(), event
        assert content(genuine(built)) == before, event


def test_a_changed_body_keeps_its_layout(signed_events: list[str]) -> None:
    """So that a receiver that looks at white space refuses it for its signature alone."""
    for event in signed_events:
        built = webhook(event)
        before = genuine(built).body
        after = forge("body-changed", built, KEY, NOW).body
        if b"forged" in after:  # there was no text with a digit
            continue
        changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert [bytes(pair).isdigit() for pair in changed] == [True], event


@pytest.mark.parametrize("body", [{}, {"a": None}, {"a": ["x", {"b": True}]}, {"n": 1}])
def test_a_body_without_a_digit_in_its_texts_is_changed_too(body: dict[str, Any]) -> None:
    built = Webhook(sample("call.initiated").event, body)
    request = forge("body-changed", built, KEY, NOW)
    assert json.loads(request.body) != body
    assert verify(KEY.public_key, request, now=NOW).reason is Reason.MISMATCH


JSON_BODY, FORM_BODY = b'{"a":"xyz","b":1}', b"From=%2B1&To=xyz"


@pytest.mark.parametrize(
    ("name", "json_body", "form_body"),
    [
        ("body-changed", b'{"a":"xyz","b":1,"forged":"1"}', b"From=%2B2&To=xyz"),
        ("body-one-byte", b'{"a":"xyZ","b":1}', FORM_BODY + b" "),
        ("body-member-twice", b'{"a":null,"a":"xyz","b":1}', b"From=&" + FORM_BODY),
        ("body-member-added", b'{"a":"xyz","b":1,"forged":true}', FORM_BODY + b"&Forged=1"),
        ("body-blank-added", JSON_BODY + b"\n", FORM_BODY + b"&"),
        ("body-with-bom", b"\xef\xbb\xbf" + JSON_BODY, b"\xef\xbb\xbf" + FORM_BODY),
        ("body-truncated", JSON_BODY[:8], FORM_BODY[:8]),
        ("body-empty", b"", b""),
    ],
)
def test_forged_bodies_to_the_byte(name: str, json_body: bytes, form_body: bytes) -> None:
    of_json = Webhook(find("call.initiated"), json.loads(JSON_BODY))
    of_form = Webhook(find("texml.http-request"), dict(parse_qsl(FORM_BODY.decode())))
    assert (genuine(of_json).body, genuine(of_form).body) == (JSON_BODY, FORM_BODY)
    assert forge(name, of_json, KEY, NOW).body == json_body
    assert forge(name, of_form, KEY, NOW).body == form_body


def test_an_empty_body_gets_a_member_too() -> None:
    empty = Webhook(find("call.initiated"), {})
    assert forge("body-member-added", empty, KEY, NOW).body == b'{"forged":true}'
    assert forge("body-member-twice", empty, KEY, NOW).body == b'{"forged":null,}'


@webhooks
def test_a_request_without_headers_declares_another_type_or_none(event: str) -> None:
    built = webhook(event)
    declared = {
        name: forge(name, built, KEY, NOW).header(b"content-type")
        for name in FORGERIES
        if name.startswith("headers-")
    }
    is_json = built.event.content_type is ContentType.JSON
    mistyped = ContentType.FORM if is_json else ContentType.JSON
    assert declared == {
        "headers-missing": built.event.content_type.value.encode(),
        "headers-missing-as-text": b"text/plain",
        "headers-missing-mistyped": mistyped.value.encode(),
        "headers-missing-untyped": None,
    }


@webhooks
def test_the_body_of_another_webhook_has_the_same_content_type(event: str) -> None:
    swapped, genuine_ = forge("body-swapped", webhook(event), KEY, NOW), genuine(webhook(event))
    assert type(content(swapped)) is type(content(genuine_))
    assert content(swapped) != content(genuine_)


@pytest.mark.parametrize(
    ("part", "header"), [("signature", SIGNATURE_HEADER), ("timestamp", TIMESTAMP_HEADER)]
)
def test_of_two_headers_one_is_genuine_first_or_last(part: str, header: bytes) -> None:
    built = webhook("call.initiated")
    values = {
        order: [
            value
            for name, value in forge(f"{part}-{order}", built, KEY, NOW).headers
            if name == header
        ]
        for order in ("good-then-bad", "bad-then-good")
    }
    good, bad = values["good-then-bad"]
    assert values["bad-then-good"] == [bad, good]
    assert good == genuine(built).header(header) != bad
    if part == "signature":
        assert len(base64.b64decode(bad, validate=True)) == 64
    else:
        assert int(bad) == int(good) - 24 * 60 * 60


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
def test_a_signature_in_another_encoding_decodes_to_the_same_bytes(name: str, now: int) -> None:
    request = forge(name, webhook("call.initiated"), KEY, now)
    stamp = request.header(TIMESTAMP_HEADER) or b""
    text = (request.header(SIGNATURE_HEADER) or b"").removesuffix(b"tail")
    genuine_text = KEY.sign(stamp, request.body)
    assert text != genuine_text or name == "signature-with-tail"
    plain = re.sub(rb"[^A-Za-z0-9+/]", b"", text.translate(bytes.maketrans(b"-_", b"+/")))
    assert base64.b64decode(plain + b"==") == base64.b64decode(genuine_text)


@given(now=st.integers(1_700_000_000, 1_800_000_000))
def test_every_url_safe_signature_has_a_character_of_that_alphabet(now: int) -> None:
    request = forge("signature-url-safe", webhook("call.initiated"), KEY, now)
    assert {*b"-_"} & {*(request.header(SIGNATURE_HEADER) or b"")}
    assert now - 60 < int(request.header(TIMESTAMP_HEADER) or 0) <= now


def test_an_exact_replay_is_the_request_that_was_delivered() -> None:
    built = webhook("call.initiated")
    assert forge("replay-exact", built, KEY, NOW) == replace(genuine(built), forgery="replay-exact")


@pytest.mark.parametrize("name", ["signature-by-another-key", "signature-of-another-webhook"])
def test_a_strangers_signature_is_different_each_time(name: str) -> None:
    built = webhook("call.initiated")
    first, second = (forge(name, built, KEY, NOW) for _ in range(2))
    assert first.header(SIGNATURE_HEADER) != second.header(SIGNATURE_HEADER)


def test_an_unknown_forgery_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError) as refused:
        forge("signature-mising", webhook("call.initiated"), KEY, NOW)
    assert str(refused.value).startswith(
        "There is no forgery 'signature-mising'. Did you mean 'signature-missing'"
    )


def test_an_event_with_another_kind_of_signature_cannot_be_forged() -> None:
    """Meeting events carry an HMAC made with the secret of their session."""
    with pytest.raises(
        UsageError, match=r"session\.status_changed is not signed with the account's"
    ):
        forge("signature-missing", webhook("session.status_changed"), KeyPair.generate(), 1.7e9)
