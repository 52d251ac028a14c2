"""Timestamps that are not written as a plain decimal number.

Each forgery has two versions. The first comes with the signature of the real timestamp and needs no
key. Some receivers have failed at it, because they convert the header to a number before they
verify. The second version is correctly signed; it needs the key and is at most advice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery
from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.request import Request
from telnyx_mock.severity import Severity

FULL_WIDTH = {ord("0") + n: ord("\N{FULLWIDTH DIGIT ZERO}") + n for n in range(10)}


def _full_width(stamp: bytes) -> bytes:
    return stamp.decode("ascii").translate(FULL_WIDTH).encode()


def _unsigned(write: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    return lambda original: original.with_timestamp(write(original.stamp))


def _signed(write: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    return lambda original: original.signed_at(write(original.stamp))


OTHER_TIME: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    ("not-a-number", "a word", lambda _: b"yesterday"),
    ("empty", "empty", lambda _: b""),
    ("zero", "0, which many languages treat as false", lambda _: b"0"),
    ("negative", "negative", lambda stamp: b"-" + stamp),
    ("milliseconds", "in milliseconds", lambda stamp: stamp + b"000"),
    ("20-digits", "too large for 64 bits", lambda _: b"9" * 20),
    ("400-digits", "too large for a float", lambda _: b"9" * 400),
    ("5000-digits", "too long for Python to parse", lambda _: b"9" * 5000),
    ("nan", "NaN, which no comparison finds too old", lambda _: b"nan"),
    ("superscript", "not made only of decimal digits", lambda stamp: stamp[:-1] + b"\xb2"),
)
"""Texts that do not mean the signed time; each has a name, a description and a writer."""

BLANK = "blank"
"""Blanks around a value: some servers strip them before the app sees it, so nobody need refuse them."""

SAME_TIME: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    ("float", "a fraction of a second", lambda stamp: stamp + b".5"),
    ("plus", "a plus sign", lambda stamp: b"+" + stamp),
    ("zeros", "leading zeros", lambda stamp: b"000" + stamp),
    (BLANK, "a no-break space in front", lambda stamp: b"\xa0" + stamp),
    ("full-width", "digits that are not ASCII", _full_width),
)
"""Texts that a lenient receiver reads as the signed time, which harms nobody."""

UNSIGNED_ONLY = {"empty", "zero", "superscript"}
"""Names without a signed version, which would show nothing new: ``timestamp-1970`` signs a zero."""

PLAIN = "timestamp-not-a-number"


def _forgeries() -> Iterator[Forgery]:
    for name, what, write in OTHER_TIME:
        full = f"timestamp-{name}"
        reason = f"fails at a timestamp that is {what}, or skips the verification"
        yield Forgery(full, reason, _unsigned(write), plainer="" if full == PLAIN else PLAIN)
    for name, what, write in SAME_TIME:
        if name == BLANK:
            expected, severity = Expected.SURVIVED, Severity.ERROR
            reason = f"fails at a timestamp with {what}"
        else:
            expected, severity = Expected.REFUSED, Severity.WARNING
            reason = f"parses the timestamp, and verifies the number instead of the header: {what}"
        full = f"timestamp-{name}"
        yield Forgery(full, reason, _unsigned(write), severity, expected, plainer=PLAIN)
    # A receiver that accepts an hour-old webhook ignores the time, however it is written.
    signed = partial(
        Forgery, severity=Severity.ADVICE, needs_key=True, plainer="timestamp-expired-1h"
    )
    for name, what, write in OTHER_TIME:
        if name not in UNSIGNED_ONLY:
            reason = f"accepts a signed timestamp that is {what}, or fails at it"
            yield signed(f"timestamp-{name}-signed", reason, _signed(write))
    for name, what, write in SAME_TIME:
        reason = f"fails at a signed timestamp with {what}"
        survived = partial(signed, expected=Expected.SURVIVED)
        yield survived(f"timestamp-{name}-signed", reason, _signed(write))


TIMESTAMP_FORMAT_FORGERIES: tuple[Forgery, ...] = tuple(_forgeries())
"""The forgeries of how the timestamp is written, in the order in which they are tried."""
