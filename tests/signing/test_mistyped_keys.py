"""A private key that stands where its name belongs is in no error, whatever its form."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from telnyx_mock.cli import telnyx_mock
from telnyx_mock.contract import run
from telnyx_mock.errors import UsageError
from telnyx_mock.signing.keys import KeyPair

DER = bytes.fromhex("302e020100300506032b657004220420")
"""The beginning of an Ed25519 private key in PKCS#8 (RFC 8410)."""

FORMS = {
    "base64": lambda seed: base64.b64encode(seed).decode(),
    "base64 for URLs": lambda seed: base64.urlsafe_b64encode(seed).decode().rstrip("="),
    "base64 of both keys": lambda seed: base64.b64encode(seed + seed[::-1]).decode(),
    "hex": bytes.hex,
    "hex in capitals": lambda seed: seed.hex().upper(),
    "hex with colons": lambda seed: seed.hex(":"),
    "PKCS#8": lambda seed: base64.b64encode(DER + seed).decode(),
    "PEM": lambda seed: (
        "-----BEGIN PRIVATE KEY-----\n"
        f"{base64.b64encode(DER + seed).decode()}\n-----END PRIVATE KEY-----\n"
    ),
    "JSON": lambda seed: f'{{"key": "{base64.b64encode(seed).decode()}"}}',
    "a list": lambda seed: str(list(seed)),
}
PEM = FORMS["PEM"](bytes(32))
BEFORE = (
    "",
    "env:",
    "file:",
    "ENV:",
    "key:",
    "KEY=",
    "env: ",
    "file:./",
    "base64:",
    "'",
    "env:KEY_",
)
AFTER = ("", "\n", "'", " ", "==")

Given = tuple[str, str]


@st.composite
def mistyped(draw: st.DrawFn) -> Given:
    """What a user gives, and the part of it that is the key."""
    secret = FORMS[draw(st.sampled_from(sorted(FORMS)))](draw(st.binary(min_size=32, max_size=32)))
    kept = draw(st.integers(12, len(secret)))
    part = draw(st.sampled_from([secret, secret[:kept], secret[-kept:]]))
    return draw(st.sampled_from(BEFORE)) + part + draw(st.sampled_from(AFTER)), part


def pieces(secret: str) -> set[str]:
    """The parts of *secret* that would give it away, and that no message has by accident."""
    found = {secret[at : at + 12] for at in range(len(secret) - 11)}
    return {piece for piece in found if not set(piece) <= set("-ABCDEFGHIJKLMNOPQRSTUVWXYZ \n")}


def assert_silent(text: str, secret: str) -> None:
    assert [piece for piece in pieces(secret) if piece in text] == []


EXPECTED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(mistyped())
@settings(max_examples=200)
def test_no_error_of_a_key_pair_holds_it(given: Given) -> None:
    text, secret = given
    try:
        KeyPair.load(text)
    except UsageError as error:
        assert_silent(str(error), secret)


@given(mistyped())
@EXPECTED
def test_no_error_of_a_run_holds_it(given: Given) -> None:
    text, secret = given
    with pytest.raises(UsageError) as caught:
        run("telnyx_mock.demo.receiver:app", key=text or "x")
    assert_silent(str(caught.value), secret)


@given(mistyped(), st.integers(0, 7))
@example((PEM, PEM), 5)  # it looks like an option
@EXPECTED
def test_no_error_of_the_command_line_holds_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: Given, way: int
) -> None:
    text, secret = given
    monkeypatch.chdir(tmp_path)
    quoted = text.encode("unicode_escape").decode().replace('"', '\\"')
    file = {
        2: f'key = "{quoted}"',
        3: f'key = ["{quoted}"]',
        4: f'kye = "{quoted}"',
    }.get(way, "")
    (tmp_path / "pyproject.toml").write_text(f"[tool.telnyx-mock]\n{file}\n")
    words = {
        0: ["--key", text],
        1: [f"--key={text}"],
        5: ["--key", "env:NO_SUCH", text],
        6: ["--env", text],
        7: ["--header", text],
    }.get(way, [])
    environment = {"TELNYX_MOCK_KEY": text} if way == 0 and "\0" not in text else {}
    result = CliRunner().invoke(
        telnyx_mock,
        ["check", "telnyx_mock.demo.receiver:nothing", "--dry-run", *words],
        env={**dict.fromkeys(os.environ.keys() & {"TELNYX_MOCK_KEY"}), **environment},
    )
    assert isinstance(result.exception, SystemExit) or result.exception is None
    assert_silent(result.output, secret)
    assert way in (6, 7) or result.exit_code == 2
