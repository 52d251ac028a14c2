"""What is genuine verifies; what is not says why."""

from __future__ import annotations

import base64
import string

import pytest
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


OTHER_STAMP = str(NOW + 1).encode()


@pytest.mark.parametrize(
    ("request_", "reason", "explanation"),
    [
        (
            with_signature(None),
            Reason.NO_SIGNATURE,
            "The header telnyx-signature-ed25519 is missing.",
        ),
        (
            with_signature(b" "),
            Reason.NO_SIGNATURE,
            "The header telnyx-signature-ed25519 is empty.",
        ),
        (with_timestamp(None), Reason.NO_TIMESTAMP, "The header telnyx-timestamp is missing."),
        (with_timestamp(b""), Reason.NO_TIMESTAMP, "The header telnyx-timestamp is empty."),
        (
            twice(SIGNATURE_HEADER),
            Reason.REPEATED_HEADER,
            "The header telnyx-signature-ed25519 stands there twice.",
        ),
        (
            twice(TIMESTAMP_HEADER),
            Reason.REPEATED_HEADER,
            "The header telnyx-timestamp stands there twice.",
        ),
        (
            with_timestamp(b"yesterday"),
            Reason.BAD_TIMESTAMP,
            "The timestamp 'yesterday' is no number of Unix seconds.",
        ),
        (
            with_signature(b"not base64!"),
            Reason.NOT_BASE64,
            "The signature is not standard base64.",
        ),
        (
            with_signature(base64.b64encode(b"\xff" * 63)),
            Reason.WRONG_LENGTH,
            "The signature has 63 bytes, not the 64 of Ed25519.",
        ),
        (
            with_signature(KeyPair.generate().sign(b"%d" % NOW, signed().body)),
            Reason.MISMATCH,
            "The signature does not match: another key made it, "
            "or the timestamp or the body was changed after signing.",
        ),
        (
            with_timestamp(OTHER_STAMP),
            Reason.MISMATCH,
            "The signature does not match: another key made it, "
            "or the timestamp or the body was changed after signing.",
        ),
        (
            with_signature(KEY.sign(b"%d" % NOW, signed().body, separator=b".")),
            Reason.OTHER_SEPARATOR,
            "The signature is over the timestamp, a dot and the body, not over timestamp|body.",
        ),
        (
            with_signature(KEY.sign(b"%d" % NOW, signed().body, separator=b"")),
            Reason.OTHER_SEPARATOR,
            "The signature is over the timestamp and the body without a separator, "
            "not over timestamp|body.",
        ),
        (
            with_signature(KEY.sign(b"", signed().body, separator=b"")),
            Reason.OTHER_SEPARATOR,
            "The signature is over the body alone, not over timestamp|body.",
        ),
        (
            sign(CALL, KEY, timestamp=NOW - 301),
            Reason.OLD,
            "It was signed 301 s ago, and 300 s are allowed.",
        ),
        (
            sign(CALL, KEY, timestamp=NOW + 301),
            Reason.FUTURE,
            "It was signed 301 s in the future, and 300 s are allowed.",
        ),
    ],
)
def test_what_does_not_verify_says_why(request_: Request, reason: Reason, explanation: str) -> None:
    assert judge(request_) == Verdict(reason, explanation)
    assert not judge(request_).ok


@pytest.mark.parametrize("layout", JSON_LAYOUTS)
def test_a_body_that_was_parsed_and_written_anew_is_recognised(layout: str) -> None:
    """The commonest mistake of receivers: to verify what ``json.dumps`` made of the body."""
    built = webhook("call.initiated", extra={"cost": 0.5, "name": "é"})
    request = sign(Draft(built, layout), KEY, timestamp=NOW)
    usual = "spaced" if layout == "compact" else "compact"
    seen = Request(request.headers, encode(built.event, built.body, usual))
    verdict = judge(seen)
    assert verdict.reason is Reason.RESERIALISED
    assert verdict.explanation.startswith("The signature fits the same JSON in another layout (")
    assert verdict.explanation.endswith("written anew on its way. Verify the raw bytes.")


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
        assert len(verdict.explanation) < 120


def test_a_timestamp_of_twenty_digits_is_far_in_the_future() -> None:
    assert judge(with_timestamp(b"9" * 20, resigned=True)).reason is Reason.FUTURE


def test_spare_bits_of_the_base64_are_no_matter() -> None:
    """Sixteen texts decode to the same signature; all of them are legal to accept."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    value = (signed().header(SIGNATURE_HEADER) or b"").decode()
    position = alphabet.index(value[85])
    for spare in range(16):
        other = value[:85] + alphabet[position - position % 16 + spare] + "=="
        assert judge(with_signature(other.encode())).ok


@pytest.mark.parametrize("spot", [b"\n", b" ", b"*", b"\xe9"])
def test_what_a_lenient_decoder_would_skip_is_not_base64(spot: bytes) -> None:
    value = signed().header(SIGNATURE_HEADER) or b""
    assert judge(with_signature(value[:40] + spot + value[40:])).reason is Reason.NOT_BASE64


@given(signature=st.binary(max_size=120), stamp=st.binary(max_size=30), body=st.binary(max_size=60))
def test_no_bytes_at_all_make_it_crash_or_pass(signature: bytes, stamp: bytes, body: bytes) -> None:
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
def test_no_body_makes_it_crash(body: bytes) -> None:
    """Looking for the reason, it parses what nobody signed."""
    request = Request(signed().headers, body)
    assert judge(request).reason is Reason.MISMATCH


@pytest.mark.parametrize(
    "public_key",
    ["", "clé", KEY.public_key[:-4], PUBLIC.hex(), base64.b64encode(b"x" * 33).decode()],
)
def test_what_is_no_public_key_is_refused(public_key: str) -> None:
    with pytest.raises(UsageError) as refused:
        verify(public_key, signed(), now=NOW)
    assert str(refused.value) == (
        "The public key must be base64 of 32 bytes (44 characters), as the portal shows it "
        "under Keys & Credentials."
    )


def test_white_space_around_the_public_key_is_no_matter() -> None:
    assert verify(f" {KEY.public_key}\n", signed(), now=NOW).ok
