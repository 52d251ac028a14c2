"""The timestamp is not checked, or read otherwise, or the tolerance is odd."""

from __future__ import annotations

import math
import re
import struct
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from telnyx_mock.severity import Severity
from tests.receivers.correct import Headers, Receiver, Refused
from tests.receivers.fault import breaks, changed
from tests.receivers.faults.signature import TIMESTAMP

# The age

NeverExpires = changed(
    "accepts what was signed at any time in the past",
    "refuses-timestamp-expired-1h refuses-timestamp-expired-1d",
    is_recent=lambda _, age: age >= -300,
)
AnyFuture = changed(
    "accepts what is dated ahead, however far",
    "refuses-timestamp-future-1h",
    also="refuses-timestamp-20-digits-signed refuses-timestamp-milliseconds-signed",
    severity=Severity.WARNING,
    is_recent=lambda _, age: age <= 300,
)
HalfAnHour = changed(
    "accepts what was signed half an hour ago",
    "refuses-timestamp-expired-10m",
    severity=Severity.WARNING,
    is_recent=lambda _, age: -300 <= age <= 1800,
)
changed(
    "accepts what is dated half an hour ahead",
    "refuses-timestamp-future-10m",
    severity=Severity.WARNING,
    is_recent=lambda _, age: -1800 <= age <= 300,
)
changed(
    "does not look at the age",
    "refuses-timestamp-expired-1h refuses-timestamp-expired-1d",
    also="refuses-timestamp-future-1h",
    is_recent=lambda *_: True,
)
changed("allows hours", "refuses-timestamp-expired-1h", also="refuses-timestamp-future-1h", tolerance=18_000)
changed(
    "allows 300,000 s, for it thinks in milliseconds",
    "refuses-timestamp-expired-1h refuses-timestamp-expired-1d",
    also="refuses-timestamp-future-1h",
    tolerance=300_000,
)
changed("allows ten minutes", "refuses-timestamp-expired-301s refuses-timestamp-future-310s", severity=Severity.WARNING, tolerance=600)
changed("allows half a minute", "accepts-clock-skew", also="accepts-edge-of-tolerance", tolerance=30)
changed("allows a second", "accepts-clock-skew", also="accepts-edge-of-tolerance", tolerance=1)
changed("accepts no future", "accepts-clock-skew", also="accepts-edge-of-tolerance", is_recent=lambda _, age: 0 <= age <= 300)
changed("allows less than five minutes, though more than four", "accepts-edge-of-tolerance", severity=Severity.ADVICE, tolerance=290)
changed(
    "compares with its own clock in milliseconds",
    "serves-something",
    also="accepts-sample",
    is_recent=lambda _, age: abs(time.time() * 999 + age) < 300,
)
changed(
    "looks at the age of numbers above zero alone",
    "refuses-timestamp-1970",
    severity=Severity.ADVICE,
    reason="It needs zero, signed",
    is_recent=lambda _, age: abs(age) <= 300 or age > time.time() - 1,
)


@breaks("refuses-timestamp-expired-1d refuses-timestamp-future-1d")
class IgnoresDays(Receiver):
    """It compares what timedelta calls the seconds of a difference, which leave its days out."""

    def is_recent(self, age: float) -> bool:
        of_day = age % 86400
        return min(of_day, 86400 - of_day) <= self.tolerance


# What is no date


@breaks("refuses-timestamp-missing", also="refuses-headers-missing")
class UndatedIsFine(Receiver):
    """It verifies only if there is a timestamp."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if TIMESTAMP in headers:
            super().verify(headers, body)


@breaks(
    "refuses-timestamp-not-a-number",
    also="refuses-timestamp-nan-signed refuses-timestamp-negative-signed refuses-timestamp-not-a-number-signed",
)
class UnreadableIsFine(Receiver):
    """It goes on where the timestamp is no number."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers.get(TIMESTAMP, "0").isdecimal():
            super().verify(headers, body)


@breaks("refuses-timestamp-empty refuses-timestamp-zero refuses-timestamp-1970")
class UnsetIsFine(Receiver):
    """It verifies only what is dated, and takes 0 for no date."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers.get(TIMESTAMP) not in ("", "0"):
            super().verify(headers, body)


# Reading it


class Reading(Receiver):
    """Reads the timestamp in another way; subclasses say how."""

    def timestamp(self, headers: Headers) -> str:
        timestamp = headers.get(TIMESTAMP, "")
        if not self.is_recent(time.time() - self.seconds(timestamp)):
            raise Refused
        return timestamp

    def seconds(self, timestamp: str) -> float:
        """Raises Refused for what is no number."""
        raise NotImplementedError


changed(
    "does not look whether it is a number",
    "refuses-timestamp-not-a-number",
    Reading,
    also="refuses-headers-missing refuses-timestamp-400-digits-signed refuses-timestamp-5000-digits-signed refuses-timestamp-missing refuses-timestamp-nan-signed refuses-timestamp-not-a-number-signed survives-junk survives-timestamp-float-signed survives-timestamp-full-width-signed",
    seconds=lambda _, timestamp: int(timestamp),
)


@breaks(
    "refuses-timestamp-superscript refuses-timestamp-400-digits refuses-timestamp-5000-digits",
    also="refuses-timestamp-400-digits-signed refuses-timestamp-5000-digits-signed",
)
class IsDigit(Reading):
    """It takes it for granted that int() reads what isdigit() calls digits."""

    def seconds(self, timestamp: str) -> float:
        if not timestamp.isdigit():
            raise Refused
        return int(timestamp)


@breaks("refuses-timestamp-5000-digits", also="refuses-timestamp-5000-digits-signed")
class AnyNumberOfDigits(Reading):
    """It takes any number of digits."""

    def seconds(self, timestamp: str) -> float:
        if not re.fullmatch("[0-9]+", timestamp):
            raise Refused
        return min(int(timestamp), 10**20)


@breaks("refuses-timestamp-nan", also="refuses-timestamp-nan-signed")
class Rounds(Reading):
    """It reads the timestamp as any number, and rounds it."""

    def seconds(self, timestamp: str) -> float:
        try:
            seconds = float(timestamp)
        except ValueError:
            raise Refused from None
        if math.isinf(seconds):
            raise Refused
        return round(seconds)


@breaks("refuses-timestamp-nan-signed", severity=Severity.ADVICE)
class NotANumber(Reading):
    """It reads any number, NaN too, which is never too old."""

    def seconds(self, timestamp: str) -> float:
        try:
            return float(timestamp)
        except ValueError:
            raise Refused from None

    def is_recent(self, age: float) -> bool:
        return not abs(age) > self.tolerance


@breaks(
    "refuses-timestamp-milliseconds refuses-timestamp-20-digits",
    also="refuses-timestamp-20-digits-signed refuses-timestamp-400-digits refuses-timestamp-400-digits-signed refuses-timestamp-milliseconds-signed",
)
class AsDatetime(Reading):
    """It makes a datetime of any number."""

    def seconds(self, timestamp: str) -> float:
        try:
            seconds = int(timestamp) if timestamp.isascii() else 0
        except ValueError:
            raise Refused from None
        if abs(datetime.now(UTC) - datetime.fromtimestamp(seconds, UTC)) > timedelta(minutes=5):
            raise Refused
        return seconds


@breaks("refuses-timestamp-negative", also="refuses-timestamp-negative-signed")
class AsUnsigned(Receiver):
    """It packs any number into the 64 bits of its protocol."""

    def timestamp(self, headers: Headers) -> str:
        timestamp = headers.get(TIMESTAMP, "")
        if re.fullmatch("-?[0-9]{1,18}", timestamp):
            struct.pack(">Q", int(timestamp))
        return super().timestamp(headers)


@breaks("refuses-timestamp-float refuses-timestamp-plus refuses-timestamp-zeros refuses-timestamp-full-width", severity=Severity.WARNING)
class CastsTimestamp(Receiver):
    """It verifies with the number that it read, not with the text that it read it from."""

    def timestamp(self, headers: Headers) -> str:
        text = headers.get(TIMESTAMP, "")
        with suppress(UnicodeDecodeError):
            text = text.encode("latin-1").decode()
        try:
            return super().timestamp({TIMESTAMP: str(int(float(text)))})
        except (ValueError, OverflowError):
            raise Refused from None


@breaks(
    "refuses-timestamp-not-a-number-signed refuses-timestamp-negative-signed "
    "refuses-timestamp-milliseconds-signed refuses-timestamp-20-digits-signed "
    "refuses-timestamp-400-digits-signed refuses-timestamp-5000-digits-signed "
    "refuses-timestamp-nan-signed survives-timestamp-float-signed survives-timestamp-plus-signed "
    "survives-timestamp-zeros-signed survives-timestamp-blank-signed "
    "survives-timestamp-full-width-signed",
    severity=Severity.ADVICE,
)
class ReadsAfterVerifying(Receiver):
    """It is sure that what is signed is a date."""

    def verify(self, headers: Headers, body: bytes) -> None:
        timestamp = headers.get(TIMESTAMP, "")
        raw = timestamp.encode("latin-1")
        if not self.is_signed(raw + b"|" + body, self.signature(headers)):
            raise Refused
        assert re.fullmatch("[0-9]{10}|0", timestamp), "a time in seconds"
        super().verify(headers, body)
