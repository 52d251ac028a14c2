"""A genuine request verifies; any other has the reason why it does not."""

from __future__ import annotations

import base64
import json
import string

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.layouts import JSON_LAYOUTS, encode
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import TOLERANCE, Reason, Verdict, verify
from tests.conftest import Snapshot

NOW = 1_700_000_000
SEED = bytes(range(32))
PUBLIC = bytes(SigningKey(SEED).verify_key)
KEY = KeyPair(SEED)
CALL = webhook("call.initiated")


def signed() -> Request:
    return sign(CALL, KEY, timestamp=NOW)


def judge(request: Request, now: float = NOW) -> Verdict:
    return verify(KEY.public_key, request, now=now)


def with_signature(value: bytes | None) -> Request:
    return signed().with_headers((SIGNATURE_HEADER, value))


def with_timestamp(value: bytes | None, *, resigned: bool = False) -> Request:
    request = signed().with_headers((TIMESTAMP_HEADER, value))
    if not resigned:
        return request
    return request.with_headers((SIGNATURE_HEADER, KEY.sign(value or b"", request.body)))


def test_a_genuine_request_verifies() -> None:
    assert judge(signed()) == Verdict(
        Reason.GENUINE, "The signature matches, and the timestamp is recent."
    )


@pytest.mark.parametrize("seconds", [-TOLERANCE, -240, 0.5, 240, TOLERANCE])
def test_five_minutes_either_way_are_allowed(seconds: float) -> None:
    assert judge(signed(), NOW + seconds).ok


def twice(name: bytes) -> Request:
    request = signed()
    return Request((*request.headers, (name.title(), request.header(name) or b"")), request.body)


def signed_over(*parts: bytes) -> Request:
    """A request whose signature is over these *parts*."""
    return with_signature(KEY.sign(b"".join(parts), b"", separator=b""))


STAMP, BODY = b"%d" % NOW, signed().body

INVALID = {
    "no signature": (with_signature(None), Reason.NO_SIGNATURE),
    "an empty signature": (with_signature(b" "), Reason.NO_SIGNATURE),
    "no timestamp": (with_timestamp(None), Reason.NO_TIMESTAMP),
    "an empty timestamp": (with_timestamp(b""), Reason.NO_TIMESTAMP),
    "two signatures": (twice(SIGNATURE_HEADER), Reason.REPEATED_HEADER),
    "two timestamps": (twice(TIMESTAMP_HEADER), Reason.REPEATED_HEADER),
    "a word as timestamp": (with_timestamp(b"yesterday"), Reason.BAD_TIMESTAMP),
    "no base64": (with_signature(b"not base64!"), Reason.NOT_BASE64),
    "63 bytes": (with_signature(base64.b64encode(b"\xff" * 63)), Reason.WRONG_LENGTH),
    "another key": (with_signature(KeyPair.generate().sign(STAMP, BODY)), Reason.MISMATCH),
    "another timestamp": (with_timestamp(b"%d" % (NOW + 1)), Reason.MISMATCH),
    "signed with a dot": (signed_over(STAMP, b".", BODY), Reason.OTHER_SEPARATOR),
    "signed without separator": (signed_over(STAMP, BODY), Reason.OTHER_SEPARATOR),
    "only the body signed": (signed_over(BODY), Reason.OTHER_SEPARATOR),
    "another layout": (
        Request(signed().headers, json.dumps(CALL.body).encode()),
        Reason.RESERIALISED,
    ),
    "too old": (sign(CALL, KEY, timestamp=NOW - 301), Reason.OLD),
    "too far in the future": (sign(CALL, KEY, timestamp=NOW + 301), Reason.FUTURE),
}


def test_an_invalid_request_has_the_reason() -> None:
    found = {name: judge(request).reason for name, (request, _) in INVALID.items()}
    assert found == {name: reason for name, (_, reason) in INVALID.items()}
    assert set(found.values()) == set(Reason) - {Reason.GENUINE}


def test_the_words_of_the_explanations(snapshot: Snapshot) -> None:
    told = (f"{name}: {judge(request).explanation}\n" for name, (request, _) in INVALID.items())
    snapshot("explanations", "".join(told))


@pytest.mark.parametrize("layout", JSON_LAYOUTS)
def test_a_body_in_another_layout_is_recognised(layout: str) -> None:
    """The most common mistake of receivers: they verify the output of ``json.dumps``."""
    built = webhook("call.initiated", extra={"cost": 0.5, "name": "é"})
    request = sign(Draft(built, layout), KEY, timestamp=NOW)
    usual = "spaced" if layout == "compact" else "compact"
    seen = Request(request.headers, encode(built.event, built.body, usual))
    assert judge(seen).reason is Reason.RESERIALISED


@pytest.mark.parametrize(
    "stamp",
    [
        b"+1700000000",
        b" 1700000000",
        b"17 00",
        b"-5",
        b"1.7e9",
        b"1700000000.5",
        b"0x65",
        b"1_700_000_000",
        "\N{ARABIC-INDIC DIGIT ONE}".encode(),
        b"\xff",
        b"9" * 21,
        b"9" * 5000,
    ],
    ids=lambda stamp: repr(stamp[:12]),
)
def test_an_odd_timestamp_is_refused_even_when_it_is_signed(stamp: bytes) -> None:
    for resigned in (False, True):
        verdict = judge(with_timestamp(stamp, resigned=resigned))
        assert verdict.reason is Reason.BAD_TIMESTAMP
        shown = stamp[:40].decode("ascii", "replace")
        assert f"The timestamp {shown!r} is not" in verdict.explanation


def test_a_timestamp_of_twenty_digits_is_far_in_the_future() -> None:
    assert judge(with_timestamp(b"9" * 20, resigned=True)).reason is Reason.FUTURE


def test_spare_bits_of_the_base64_do_not_matter() -> None:
    """Sixteen texts decode to the same signature; a receiver may accept all of them."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    value = (signed().header(SIGNATURE_HEADER) or b"").decode()
    position = alphabet.index(value[85])
    for spare in range(16):
        other = value[:85] + alphabet[position - position % 16 + spare] + "=="
        assert judge(with_signature(other.encode())).ok


@pytest.mark.parametrize("spot", [b"\n", b" ", b"*", b"\xe9"])
def test_characters_that_a_lenient_decoder_skips_are_refused(spot: bytes) -> None:
    value = signed().header(SIGNATURE_HEADER) or b""
    assert judge(with_signature(value[:40] + spot + value[40:])).reason is Reason.NOT_BASE64


@given(signature=st.binary(max_size=120), stamp=st.binary(max_size=30), body=st.binary(max_size=60))
def test_random_bytes_are_never_genuine(signature: bytes, stamp: bytes, body: bytes) -> None:
    headers = ((SIGNATURE_HEADER, signature), (TIMESTAMP_HEADER, stamp))
    assert not judge(Request(headers, body)).ok
    stamped = ((SIGNATURE_HEADER, base64.b64encode(signature[:64])), (TIMESTAMP_HEADER, b"1"))
    assert not judge(Request(stamped, body)).ok


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"NaN",
        b"1e999",
        b"9" * 5000,
        b'"\\ud800"',
        b"\xff\xfe",
        b"[" * 900 + b"]" * 900,
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:8]),
)
def test_an_odd_body_is_a_mismatch(body: bytes) -> None:
    """The search for the reason parses a body that nobody signed."""
    request = Request(signed().headers, body)
    assert judge(request).reason is Reason.MISMATCH


@pytest.mark.parametrize(
    "public_key",
    [
        "",
        "clé",
        f"*{KEY.public_key}",
        KEY.public_key[:-4],
        PUBLIC.hex(),
        base64.b64encode(b"x" * 33).decode(),
    ],
)
def test_a_wrong_public_key_is_refused(public_key: str) -> None:
    with pytest.raises(UsageError) as refused:
        verify(public_key, signed(), now=NOW)
    assert str(refused.value) == (
        "The public key must be base64 of 32 bytes (44 characters), as the portal shows it "
        "under Keys & Credentials, or PEM with the label PUBLIC KEY."
    )


def test_a_public_key_in_pem_is_read() -> None:
    public = ed25519.Ed25519PublicKey.from_public_bytes(PUBLIC)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = public.public_bytes(serialization.Encoding.PEM, form).decode()
    assert verify(pem, signed(), now=NOW).ok


def test_white_space_around_the_public_key_does_not_matter() -> None:
    assert verify(f" {KEY.public_key}\n", signed(), now=NOW).ok
