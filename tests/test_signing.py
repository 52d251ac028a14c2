"""Keys never show themselves; what is signed verifies; what does not verify says why."""

from __future__ import annotations

import base64
import copy
import pickle
import stat
import string
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey, VerifyKey

from telnyx_mock.draft import HEADER_CASES, Draft
from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import find
from telnyx_mock.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.signing import KeyPair, sign
from telnyx_mock.verification import TOLERANCE, Reason, Verdict, verify
from telnyx_mock.webhook import webhook
from telnyx_mock.wire import JSON_LAYOUTS, encode, layouts

NOW = 1_700_000_000
SEED = bytes(range(32))
PUBLIC = bytes(SigningKey(SEED).verify_key)
KEY = KeyPair(SEED)
SECRETS = (base64.b64encode(SEED).decode(), SEED.hex(), repr(SEED)[2:-1])
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


# Keys.


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(SEED).decode(),
        SEED.hex(),
        SEED.hex().upper(),
        base64.b64encode(SEED + PUBLIC).decode(),
        (SEED + PUBLIC).hex(),
        f"  {base64.b64encode(SEED).decode()}\n",
    ],
    ids=["base64", "hex", "upper-case hex", "expanded base64", "expanded hex", "white space"],
)
@pytest.mark.parametrize("scheme", ["env", "file"])
def test_a_private_key_is_read_from_where_it_is(
    text: str, scheme: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if scheme == "env":
        monkeypatch.setenv("SIGNING_KEY", text)
        reference = "env:SIGNING_KEY"
    else:
        path = tmp_path / "a:key"
        path.write_text(text)
        reference = f"file:{path}"
    assert KeyPair.load(reference).public_key == base64.b64encode(PUBLIC).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "key",
        base64.b64encode(SEED[:31]).decode(),
        base64.b64encode(SEED + b"!").decode(),
        base64.b64encode(SEED + SEED).decode(),
        base64.b64encode(SEED).decode().rstrip("="),
        "-----BEGIN PRIVATE KEY-----",
        "clé",
    ],
    ids=["empty", "word", "31 bytes", "33 bytes", "not its public key", "no padding", "PEM", "é"],
)
def test_what_is_no_private_key_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        KeyPair.load(f"file:{path}")
    assert str(refused.value) == (
        f"What file:{path} holds is no Ed25519 private key: 32 bytes in base64 or hex are wanted."
    )


@pytest.mark.parametrize("reference", ["", "env:", "file:", SECRETS[0], f"key:{SECRETS[0]}"])
def test_a_private_key_is_never_given_by_value(reference: str) -> None:
    with pytest.raises(UsageError) as refused:
        KeyPair.load(reference)
    assert str(refused.value) == (
        "A private key is named by where it is, env:NAME or file:PATH, never by its value."
    )


def test_a_variable_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIGNING_KEY", raising=False)
    with pytest.raises(UsageError) as refused:
        KeyPair.load("env:SIGNING_KEY")
    assert str(refused.value) == (
        "The environment has no variable SIGNING_KEY to read the key from."
    )


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        KeyPair.load(f"file:{tmp_path / 'key'}")
    assert str(refused.value) == (
        f"The key file {tmp_path / 'key'} cannot be read: No such file or directory."
    )


def test_no_repr_and_no_copy_carries_the_secret() -> None:
    assert repr(KEY) == str(KEY) == f"<KeyPair {KEY.public_key}>"
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            take(KEY)


@pytest.mark.parametrize("trailing", ["00", "!"], ids=["too long", "not hex"])
def test_a_traceback_with_locals_does_not_show_the_secret(
    trailing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING_KEY", SEED.hex() + trailing)
    with pytest.raises(UsageError) as refused:
        KeyPair.load("env:SIGNING_KEY")
    told = "".join(
        traceback.TracebackException.from_exception(refused.value, capture_locals=True).format()
    )
    assert "reference = 'env:SIGNING_KEY'" in told
    for secret in SECRETS:
        assert secret not in told


def test_a_saved_key_is_its_owners_alone_and_loads_again(tmp_path: Path) -> None:
    path = tmp_path / "key"
    KEY.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyPair.load(f"file:{path}").public_key == KEY.public_key


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("precious")
    with pytest.raises(UsageError) as refused:
        KEY.save(path)
    assert str(refused.value) == f"{path} exists already; a key is never overwritten."
    assert path.read_text() == "precious"


def test_a_key_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "key"
    with pytest.raises(UsageError) as refused:
        KEY.save(path)
    assert (
        str(refused.value) == f"The key file {path} cannot be written: No such file or directory."
    )


def test_generated_keys_differ() -> None:
    assert KeyPair.generate().public_key != KeyPair.generate().public_key


# Signing.


def test_signed_is_the_timestamp_a_bar_and_the_body() -> None:
    request = signed()
    assert request.header(TIMESTAMP_HEADER) == b"1700000000"
    signature = base64.b64decode(request.header(SIGNATURE_HEADER) or b"", validate=True)
    VerifyKey(PUBLIC).verify(b"1700000000|" + request.body, signature)


def test_a_request_says_what_it_carries() -> None:
    request = signed()
    assert request.method == "POST"
    assert request.webhook is CALL
    assert request.event == "call.initiated"
    assert request.header(b"Content-Type") == b"application/json"
    assert sign(webhook("texml.siprec"), KEY, timestamp=NOW).header(b"content-type") == (
        b"application/x-www-form-urlencoded"
    )


def test_a_get_carries_the_fields_in_its_query_and_signs_an_empty_body() -> None:
    built = webhook("texml.siprec")
    request = sign(built, KEY, timestamp=NOW, method="GET")
    assert (request.method, request.body) == ("GET", b"")
    assert request.query == encode(built.event, built.body)
    assert request.header(b"content-type") is None
    assert judge(request).ok


@pytest.mark.parametrize("name", ["call.initiated", "message.received", "texml.http-request"])
@pytest.mark.parametrize("case", HEADER_CASES)
@pytest.mark.parametrize("charset", [False, True])
def test_every_draft_verifies(name: str, case: str, charset: bool) -> None:
    for layout in (None, *layouts(find(name))):
        request = Draft(webhook(name), layout, case, charset).signed(KEY, NOW)
        assert judge(request).reason is Reason.GENUINE
        assert (b"charset=utf-8" in (request.header(b"content-type") or b"")) is charset


def test_header_names_are_written_as_the_draft_says() -> None:
    names = [Draft(CALL, header_case=case).signed(KEY, NOW).headers[-1][0] for case in HEADER_CASES]
    assert names == [
        b"telnyx-signature-ed25519",
        b"Telnyx-Signature-Ed25519",
        b"TELNYX-SIGNATURE-ED25519",
    ]


def test_a_draft_shows_what_is_unusual_about_it() -> None:
    assert repr(Draft(CALL)) == "<Draft <Webhook call.initiated>>"
    assert repr(Draft(CALL, "spaced", "title", True)) == (
        "<Draft <Webhook call.initiated>, layout='spaced', header_case='title', charset=True>"
    )


def test_an_unknown_header_case_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        Draft(CALL, header_case="Titel")
    assert str(refused.value) == ("There is no header case 'Titel'. Did you mean 'title'?")


# Verifying.


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
    request = sign(built, KEY, timestamp=NOW, layout=layout)
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
