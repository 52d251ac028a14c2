"""Timestamps that are no plain decimal number.

Each comes twice. Beside a signature over the real timestamp it takes no key but a recording, and
has made receivers fail that turn the header into a number before they verify. *Signed* as it
stands it takes the key, and is at most worth advice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery, Original, replaced
from telnyx_mock.payload.request import TIMESTAMP_HEADER, Request
from telnyx_mock.severity import Severity

__all__ = ["NUMBER_FORGERIES"]

FULL_WIDTH = {ord("0") + n: ord("\N{FULLWIDTH DIGIT ZERO}") + n for n in range(10)}


def _full_width(stamp: bytes) -> bytes:
    return stamp.decode("ascii").translate(FULL_WIDTH).encode()


def _recorded(write: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    return lambda original: replaced(
        original.request(), None, (TIMESTAMP_HEADER, write(original.stamp))
    )


def _signed(write: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    return lambda original: original.signed_at(write(original.stamp))


OTHER_TIME: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    ("not-a-number", "a word", lambda _: b"yesterday"),
    ("empty", "empty", lambda _: b""),
    ("zero", "0, false in many languages", lambda _: b"0"),
    ("negative", "negative", lambda stamp: b"-" + stamp),
    ("milliseconds", "in milliseconds", lambda stamp: stamp + b"000"),
    ("20-digits", "too large for 64 bits", lambda _: b"9" * 20),
    ("400-digits", "too large for a float", lambda _: b"9" * 400),
    ("5000-digits", "longer than Python reads", lambda _: b"9" * 5000),
    ("nan", "NaN, which is never too old", lambda _: b"nan"),
    ("superscript", "not all decimal digits", lambda stamp: stamp[:-1] + b"\xb2"),
)
"""What no receiver can take for the time that was signed: name, what it is, how it is written."""

SAME_TIME: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    ("float", "a fraction of a second", lambda stamp: stamp + b".5"),
    ("plus", "a plus sign", lambda stamp: b"+" + stamp),
    ("zeros", "leading zeros", lambda stamp: b"000" + stamp),
    ("blank", "a no-break space in front", lambda stamp: b"\xa0" + stamp),
    ("full-width", "digits that are not ASCII", _full_width),
)
"""What a lenient reader takes for the very time that was signed. Accepting that opens no door."""

UNSIGNED_ONLY = {"empty", "zero", "superscript"}
"""Those that would say nothing new if they were signed; signed zero is ``timestamp-1970``."""

PLAIN = "timestamp-not-a-number"


def _forgeries() -> Iterator[Forgery]:
    for name, what, write in OTHER_TIME:
        full = f"timestamp-{name}"
        reason = f"fails at a timestamp that is {what}, or carries on without reading it"
        yield Forgery(full, reason, _recorded(write), plainer="" if full == PLAIN else PLAIN)
    for name, what, write in SAME_TIME:
        reason = f"verifies the number that it read, and not the header: {what}"
        recorded = _recorded(write)
        yield Forgery(f"timestamp-{name}", reason, recorded, Severity.WARNING, plainer=PLAIN)
    # Who accepts what is an hour old does not look at the time, however it is written.
    date = "timestamp-expired-1h"
    signed = partial(Forgery, severity=Severity.ADVICE, needs_key=True, plainer=date)
    for name, what, write in OTHER_TIME:
        if name not in UNSIGNED_ONLY:
            full = f"timestamp-{name}"
            reason = f"accepts a signed timestamp that is {what}, or fails at it"
            yield signed(f"{full}-signed", reason, _signed(write))
    for name, what, write in SAME_TIME:
        full = f"timestamp-{name}"
        reason = f"fails at a signed timestamp with {what}"
        yield signed(f"{full}-signed", reason, _signed(write), expected=Expected.SURVIVED)


NUMBER_FORGERIES: tuple[Forgery, ...] = tuple(_forgeries())
"""The forgeries of how the time is written, in the order in which they are tried."""
