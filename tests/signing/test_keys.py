"""Private keys stay secret, and PyNaCl alone verifies a signature."""

from __future__ import annotations

import base64
import copy
import pickle
import re
import stat
import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from nacl.signing import SigningKey, VerifyKey

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import verify
from telnyx_mock.visible import visible

NOW = 1_700_000_000
SEED = bytes(range(32))
PUBLIC = bytes(SigningKey(SEED).verify_key)
KEY = KeyPair(SEED)
SECRETS = (base64.b64encode(SEED).decode(), SEED.hex(), repr(SEED)[2:-1])
CALL = webhook("call.initiated")


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
def test_a_private_key_is_read_from_the_environment_or_a_file(
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
        f"*{base64.b64encode(SEED).decode()}",
        "-----BEGIN PRIVATE KEY-----",
        "clé",
    ],
    ids=["empty", "word", "31", "33 bytes", "wrong half", "no padding", "star", "PEM", "é"],
)
def test_a_text_that_is_no_private_key_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=re.escape(f"file:{path} holds no Ed25519 private key")):
        KeyPair.load(f"file:{path}")


PKCS8 = serialization.PrivateFormat.PKCS8
PEM = serialization.Encoding.PEM


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\\n"])
def test_a_private_key_in_pem_is_read(monkeypatch: pytest.MonkeyPatch, line_end: str) -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(SEED)
    pem = private.private_bytes(PEM, PKCS8, serialization.NoEncryption()).decode()
    monkeypatch.setenv("SIGNING_KEY", pem.replace("\n", line_end))
    assert KeyPair.load("env:SIGNING_KEY").public_key == base64.b64encode(PUBLIC).decode()
    assert pem.splitlines()[1] not in visible(f"said: {pem}")


def test_pem_that_holds_another_key_is_named(tmp_path: Path) -> None:
    public = ed25519.Ed25519PublicKey.from_public_bytes(PUBLIC)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    elliptic = ec.generate_private_key(ec.SECP256R1())
    for pem, what in (
        (public.public_bytes(PEM, form), "it is PEM with the label PUBLIC KEY;"),
        (
            elliptic.private_bytes(PEM, PKCS8, serialization.NoEncryption()),
            "it is a private key of another algorithm;",
        ),
    ):
        (tmp_path / "key.pem").write_bytes(pem)
        with pytest.raises(UsageError, match=what) as refused:
            KeyPair.load(f"file:{tmp_path / 'key.pem'}")
        assert pem.decode().splitlines()[1][:20] not in str(refused.value)


@pytest.mark.parametrize("reference", ["", "env:", "file:", SECRETS[0], f"key:{SECRETS[0]}"])
def test_a_reference_never_holds_the_key_itself(reference: str) -> None:
    with pytest.raises(UsageError, match="Say where the private key is") as refused:
        KeyPair.load(reference)
    assert SECRETS[0] not in str(refused.value)


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SIGNING_KEY", raising=False)
    with pytest.raises(UsageError, match="no variable SIGNING_KEY"):
        KeyPair.load("env:SIGNING_KEY")
    with pytest.raises(
        UsageError, match=re.escape(f"{tmp_path}/a.key cannot be read: No such file")
    ):
        KeyPair.load(f"file:{tmp_path / 'a.key'}")


def test_no_repr_and_no_copy_has_the_secret() -> None:
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
    shown = "".join(
        traceback.TracebackException.from_exception(refused.value, capture_locals=True).format()
    )
    assert "reference = 'env:SIGNING_KEY'" in shown
    for secret in SECRETS:
        assert secret not in shown


def test_only_the_owner_can_read_a_saved_key(tmp_path: Path) -> None:
    path = tmp_path / "key"
    KEY.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyPair.load(f"file:{path}").public_key == KEY.public_key


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("precious")
    with pytest.raises(UsageError, match="exists already; a key is never overwritten"):
        KEY.save(path)
    assert path.read_text() == "precious"
    with pytest.raises(UsageError, match="cannot be written: No such file or directory"):
        KEY.save(tmp_path / "missing" / "key")


def test_generated_keys_differ() -> None:
    assert KeyPair.generate().public_key != KeyPair.generate().public_key


def test_the_signature_is_over_timestamp_bar_and_body() -> None:
    request = sign(CALL, KEY, timestamp=NOW)
    assert request.header(TIMESTAMP_HEADER) == b"1700000000"
    signature = base64.b64decode(request.header(SIGNATURE_HEADER) or b"", validate=True)
    VerifyKey(PUBLIC).verify(b"1700000000|" + request.body, signature)


def test_a_request_has_the_webhook_and_its_content_type() -> None:
    draft = Draft(CALL, "spaced")
    request = sign(draft, KEY, timestamp=NOW)
    assert request.method == "POST"
    assert request.webhook is CALL
    assert request.draft is draft
    assert request.event == "call.initiated"
    assert request.header(b"Content-Type") == b"application/json"
    assert sign(webhook("texml.siprec"), KEY, timestamp=NOW).header(b"content-type") == (
        b"application/x-www-form-urlencoded"
    )


def test_a_request_without_a_webhook_has_no_event() -> None:
    assert Request((), b"{}").event == ""


def test_a_get_has_the_fields_in_its_query_and_signs_an_empty_body() -> None:
    built = webhook("texml.siprec")
    request = sign(built, KEY, timestamp=NOW, method="GET")
    assert (request.method, request.body) == ("GET", b"")
    assert request.draft is None
    assert request.query == encode(built.event, built.body)
    assert request.header(b"content-type") is None
    assert verify(KEY.public_key, request, now=NOW).ok
