"""``telnyx-mock keys``, ``sign`` and ``verify``: what one makes, the other knows."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from telnyx_mock.signing.keys import KeyPair
from tests.cli.conftest import Run


def test_a_new_private_key_goes_into_a_file_and_is_not_printed(run: Run, project: Path) -> None:
    result = run("keys", "new", "--out", "my.key")
    assert result.exit_code == 0
    key = KeyPair.load("file:my.key")
    assert result.stdout == f"TELNYX_PUBLIC_KEY={key.public_key}\n"
    assert (project / "my.key").read_text().strip() not in result.output
    assert stat.S_IMODE((project / "my.key").stat().st_mode) == 0o600


def signed(run: Run, *words: object) -> tuple[str, ...]:
    """The values of the two headers that ``sign`` prints."""
    result = run("sign", "--key", "file:my.key", *words, stdin=b'{"data": {}}')
    assert result.exit_code == 0
    names, values = zip(*(line.split(": ") for line in result.stdout.splitlines()), strict=True)
    assert names == ("telnyx-timestamp", "telnyx-signature-ed25519")
    return tuple(values)


def verified(run: Run, stamp: str, signature: str, body: bytes, *words: object) -> tuple[int, str]:
    options = ("--timestamp", stamp, "--signature", signature, *words)
    key = KeyPair.load("file:my.key").public_key
    result = run("verify", "--public-key", key, *options, stdin=body)
    return result.exit_code, result.stdout


def test_what_was_signed_verifies(run: Run, project: Path) -> None:
    run("keys", "new", "--out", "my.key")
    stamp, signature = signed(run)
    assert verified(run, stamp, signature, b'{"data": {}}')[0] == 0


def test_what_does_not_verify_is_exit_1_and_says_why(run: Run, project: Path) -> None:
    run("keys", "new", "--out", "my.key")
    stamp, signature = signed(run, "--timestamp", 1_700_000_000)
    assert stamp == "1700000000"
    fresh = ("--now", 1_700_000_010)
    code, why = verified(run, stamp, signature, b'{"data":{}}', *fresh)
    assert (code, why.partition(":")[0]) == (1, "body serialised again")
    code, why = verified(run, stamp, signature, b'{"data": {}}', "--now", 1_700_000_301)
    assert (code, why) == (1, "old: The request was signed 301 s ago; at most 300 s are allowed.\n")
    late = ("--now", 1_700_000_301, "--tolerance", 600)
    assert verified(run, stamp, signature, b'{"data": {}}', *late)[0] == 0


@pytest.mark.parametrize(
    ("stamp", "signature", "why"),
    [
        (
            "\udcff",
            "\udcfe",
            "bad timestamp: The timestamp '\ufffd' is not a number of Unix seconds.\n",
        ),
        ("5", "\udcfe", "not base64: The signature is not standard base64.\n"),
    ],
)
def test_headers_may_be_no_utf_8(
    stamp: str, signature: str, why: str, run: Run, project: Path
) -> None:
    """As a shell hands them over."""
    run("keys", "new", "--out", "my.key")
    assert verified(run, stamp, signature, b"{}") == (1, why)
    result = run("verify", "--public-key", "\udcff", "--timestamp", stamp, "--signature", signature)
    assert result.exit_code == 2
    assert result.stderr.startswith("telnyx-mock: The public key must be base64 of 32 bytes")


def test_a_body_is_read_from_a_file(run: Run, project: Path) -> None:
    run("keys", "new", "--out", "my.key")
    (project / "body.json").write_bytes(b'{"data": {}}')
    assert signed(run, "body.json", "--timestamp", 5) == signed(run, "--timestamp", 5)
