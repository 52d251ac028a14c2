"""A header is looked up, decoded or compared in the wrong way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.receivers.correct import Event, Headers, Receiver, Refused
from tests.receivers.fault import breaks, changed
from tests.receivers.faults.signature import SIGNATURE, TIMESTAMP

FORM = "application/x-www-form-urlencoded"


def looking_up(wanted: str, name: str) -> object:
    """A verification that looks for a header under another *name*, with an error where it is missing."""

    def verify(self: Receiver, headers: Headers, body: bytes) -> None:
        Receiver.verify(self, {**headers, wanted: headers[name]}, body)

    return verify


changed(
    "indexes the signature",
    "refuses-signature-missing",
    also="refuses-headers-missing survives-junk",
    verify=looking_up(SIGNATURE, SIGNATURE),
)
changed(
    "indexes the timestamp",
    "refuses-timestamp-missing",
    also="refuses-headers-missing survives-junk",
    verify=looking_up(TIMESTAMP, TIMESTAMP),
)
changed(
    "looks up the signature of the old scheme",
    "serves-something",
    also="accepts-sample",
    signature=lambda self, headers: Receiver.signature(self, {SIGNATURE: headers.get("x-telnyx-signature", "")}),
)
changed(
    "looks up Standard Webhooks' timestamp",
    "serves-something",
    also="accepts-sample",
    timestamp=lambda self, headers: Receiver.timestamp(self, {TIMESTAMP: headers.get("webhook-timestamp", "")}),
)
changed(
    "decodes headers as ASCII",
    "refuses-signature-blank survives-timestamp-blank",
    also="refuses-timestamp-* survives-junk survives-timestamp-*",
    read=lambda _, headers: {name.decode(): value.decode("ascii") for name, value in headers},
)
changed(
    "takes the first of two headers",
    "",
    reason="Either of the two may be taken, as long as what it verifies is what it reads",
    read=lambda self, headers: Receiver.read(self, reversed([*headers])),
)


@breaks(
    "survives-signature-good-then-bad survives-signature-bad-then-good survives-timestamp-good-then-bad survives-timestamp-bad-then-good"
)
class OneOfEachHeader(Receiver):
    """It is sure that no header stands there twice."""

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        pairs = list(headers)
        name, times = Counter(name for name, _ in pairs).most_common(1)[0]
        assert times == 1, f"{name!r} stands there {times} times"
        return super().read(pairs)


@breaks("accepts-headers")
class ExactContentType(Receiver):
    """It compares the content type with its parameters."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        if headers.get("content-type") not in {"application/json", FORM}:
            raise Refused
        return super().parse(headers, body)


@breaks("accepts-headers")
class RefusesCharset(Receiver):
    """It refuses a charset."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        if "charset" in headers.get("content-type", ""):
            raise Refused
        return super().parse(headers, body)
