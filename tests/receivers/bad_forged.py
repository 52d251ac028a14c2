"""Known-bad receivers that fall for a finer lie, or fail at it: each in one step of verifying."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math
import re
import struct
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
from nacl.exceptions import BadSignatureError

from tests.receivers.correct import API, TLS, Acting, Event, Headers, Receiver, Refused

SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"

ORDER = 2**252 + 27742317777372353535851937790883648493


# The headers


class PlainCurlIsFine(Receiver):
    """It takes what has neither header for a test by hand."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if SIGNATURE in headers or TIMESTAMP in headers:
            super().verify(headers, body)


class VerifiesByType(Receiver):
    """It verifies what it takes for JSON, and handles the rest in the old way."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if not self.is_other(headers.get("content-type")):
            super().verify(headers, body)

    def is_other(self, content_type: str | None) -> bool:
        return content_type == "text/plain"


class FormsAreFine(VerifiesByType):
    """It takes forms from its own pages, and whatever calls itself one."""

    def is_other(self, content_type: str | None) -> bool:
        return content_type == "application/x-www-form-urlencoded"


class UntypedIsFine(VerifiesByType):
    """It hands on what has no content type."""

    def is_other(self, content_type: str | None) -> bool:
        return content_type is None


class VerifiesSome(Receiver):
    """It verifies in each handler, and forgot it in some."""

    unverified: tuple[str, ...] = ("call.hangup",)

    def verify(self, headers: Headers, body: bytes) -> None:
        if not any(f'"{name}' in body.decode("latin-1") for name in self.unverified):
            super().verify(headers, body)


class HandlesFirst(Acting):
    """It handles an event before it verifies it, and refuses it then."""

    def handle(self, headers: Headers, body: bytes) -> int:
        with suppress(Refused):
            self.act(self.parse(headers, body))
        return super().handle(headers, body)


# The signature


class CatchesBinasciiError(Receiver):
    """It catches what base64 raises for other characters, not what it raises for non-ASCII ones."""

    def signature(self, headers: Headers) -> bytes:
        try:
            return base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
        except binascii.Error:
            raise Refused from None


class LengthIsChecked(Receiver):
    """It takes it for granted that the signature has its length, which PyNaCl checks with an error."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            self.key.verify(message, signature)
        except BadSignatureError:
            return False
        return True


class ReadsSixtyFour(Receiver):
    """It reads the bytes that it needs."""

    def signature(self, headers: Headers) -> bytes:
        return super().signature(headers)[:64]


class PlaceholderIsFine(Receiver):
    """It lets the signature of somebody's test data in."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return signature == bytes(64) or super().is_signed(message, signature)


class SmallOrderIsFine(Receiver):
    """It verifies with a second key, which is still a placeholder; this is what that comes to."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        placeholder = (1).to_bytes(32, "little") + bytes(32)
        return signature == placeholder or super().is_signed(message, signature)


class AnySpellingOfS(Receiver):
    """It verifies with S as it is modulo the order of the group."""

    def signature(self, headers: Headers) -> bytes:
        signature = super().signature(headers)
        s = int.from_bytes(signature[32:], "little") % ORDER
        return signature[:32] + s.to_bytes(32, "little") if len(signature) == 64 else signature


class ForgivesASecond(Receiver):
    """It verifies with the second before, too, since clocks differ."""

    def verify(self, headers: Headers, body: bytes) -> None:
        try:
            super().verify(headers, body)
        except Refused:
            earlier = str(int(self.timestamp(headers)) - 1)
            super().verify({**headers, TIMESTAMP: earlier}, body)


class HmacToo(Receiver):
    """It verifies an HMAC where the signature has the length of one."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        mac = hmac.digest(base64.b64encode(bytes(self.key)), message, hashlib.sha256)
        return hmac.compare_digest(mac, signature) or super().is_signed(message, signature)


class OtherHeadersToo(Receiver):
    """It verifies by what other headers offer: Standard Webhooks, or the old scheme."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if "webhook-signature" in headers:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            mac = hmac.digest(bytes(self.key), signed, hashlib.sha256)
            if headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}":
                return
        if "x-telnyx-signature" in headers:
            stamp, _, old = headers["x-telnyx-signature"].removeprefix("t=").partition(",h=")
            secret = base64.b64encode(bytes(self.key))
            mac = hmac.digest(secret, stamp.encode() + b"." + body, hashlib.sha256)
            if old == base64.b64encode(mac).decode():
                return
        super().verify(headers, body)


class AnyScheme(Receiver):
    """It tries one scheme after the other until one fits."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        timestamp, _, body = message.partition(b"|")
        schemes = (message, body, timestamp, timestamp + body, timestamp + b"." + body)
        return any(super(AnyScheme, self).is_signed(each, signature) for each in schemes)


class VerifiesText(Receiver):
    """It tries the parsed body too, as Python shows it."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        timestamp, _, body = message.partition(b"|")
        shown = ""
        with suppress(ValueError, RecursionError):
            shown = str(json.loads(body))
        text = timestamp + b"|" + shown.encode(errors="replace")
        return super().is_signed(message, signature) or super().is_signed(text, signature)


class InsistsOnSpelling(Receiver):
    """It reads base64 leniently, and then is sure that there was but one way to write it."""

    def signature(self, headers: Headers) -> bytes:
        text = headers.get(SIGNATURE, "")
        plain = text.partition("=")[0].replace("-", "+").replace("_", "/")
        try:
            signature = base64.b64decode(re.sub(r"[^A-Za-z0-9+/]", "", plain) + "===")
        except ValueError:
            raise Refused from None
        if len(signature) == 64:
            assert base64.b64encode(signature).decode() == text
        return signature


class OneOfEachHeader(Receiver):
    """It is sure that no header stands there twice."""

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        pairs = list(headers)
        name, times = Counter(name for name, _ in pairs).most_common(1)[0]
        assert times == 1, f"{name!r} stands there {times} times"
        return super().read(pairs)


# The timestamp


class UnsetIsFine(Receiver):
    """It verifies only what is dated, and takes 0 for no date."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers.get(TIMESTAMP) not in ("", "0"):
            super().verify(headers, body)


class IgnoresDays(Receiver):
    """It compares what timedelta calls the seconds of a difference, which leave its days out."""

    def is_recent(self, age: float) -> bool:
        of_day = age % 86400
        return min(of_day, 86400 - of_day) <= self.tolerance


class TenMinutes(Receiver):
    """It allows ten minutes, both ways."""

    tolerance = 600


class HalfAnHourAhead(Receiver):
    """It accepts what is dated half an hour ahead."""

    def is_recent(self, age: float) -> bool:
        return -1800 <= age <= self.tolerance


class IsDigit(Receiver):
    """It takes it for granted that int() reads what isdigit() calls digits."""

    def timestamp(self, headers: Headers) -> str:
        timestamp = headers.get(TIMESTAMP, "")
        if not timestamp.isdigit():
            raise Refused
        if not self.is_recent(time.time() - int(timestamp)):
            raise Refused
        return timestamp


class Rounds(Receiver):
    """It reads the timestamp as any number, and rounds it."""

    def timestamp(self, headers: Headers) -> str:
        timestamp = headers.get(TIMESTAMP, "")
        try:
            seconds = float(timestamp)
        except ValueError:
            raise Refused from None
        if math.isinf(seconds) or not self.is_recent(time.time() - round(seconds)):
            raise Refused
        return timestamp


class AsDatetime(Receiver):
    """It makes a datetime of any number."""

    def timestamp(self, headers: Headers) -> str:
        timestamp = headers.get(TIMESTAMP, "")
        try:
            seconds = int(timestamp) if timestamp.isascii() else 0
        except ValueError:
            raise Refused from None
        if abs(datetime.now(UTC) - datetime.fromtimestamp(seconds, UTC)) > timedelta(minutes=5):
            raise Refused
        return timestamp


class AsUnsigned(Receiver):
    """It packs any number into the 64 bits of its protocol."""

    def timestamp(self, headers: Headers) -> str:
        timestamp = headers.get(TIMESTAMP, "")
        if re.fullmatch("-?[0-9]{1,18}", timestamp):
            struct.pack(">Q", int(timestamp))
        return super().timestamp(headers)


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


class ReadsAfterVerifying(Receiver):
    """What is signed is a date, it thinks."""

    def verify(self, headers: Headers, body: bytes) -> None:
        timestamp = headers.get(TIMESTAMP, "")
        raw = timestamp.encode("latin-1")
        if not self.is_signed(raw + b"|" + body, self.signature(headers)):
            raise Refused
        assert re.fullmatch("[0-9]{10}|0", timestamp), "a time in seconds"
        super().verify(headers, body)


# The body


class LooksAtNoEnd(Receiver):
    """It verifies what is left when blanks, and an empty field at the end, are gone."""

    def message(self, timestamp: str, body: bytes) -> bytes:
        return super().message(timestamp, body.strip().rstrip(b"&"))


class VerifiesItsModel(Receiver):
    """It tries the members that its model has, written anew, and acts on the rest as well."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        timestamp, _, body = message.partition(b"|")
        kept: dict[str, Any] = {}
        with suppress(ValueError, RecursionError, AttributeError):
            content = json.loads(body).items()
            kept = {name: value for name, value in content if name in {"data", "meta"}}
        anew = timestamp + b"|" + json.dumps(kept, separators=(",", ":")).encode()
        return super().is_signed(message, signature) or super().is_signed(anew, signature)


class EmptyIsNothing(Receiver):
    """There is nothing to verify in an empty body."""

    def handle(self, headers: Headers, body: bytes) -> int:
        return super().handle(headers, body) if body else 200


class ActsOnQueries(Receiver):
    """It takes GETs, whose query no signature covers."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        fields = parse_qs(scope["query_string"].decode())
        if scope["method"] == "GET" and "data" in fields:
            call = json.loads(fields["data"][0])["payload"]["call_control_id"]
            async with httpx.AsyncClient(verify=TLS) as api:
                await api.post(f"{API}/calls/{call}/actions/answer")
        await super().__call__(scope, receive, send)


# Replays


class UniqueKey(Receiver):
    """The database minds a key that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: set[str] = set()

    def act(self, event: Event) -> int:
        key = event.get("data", {}).get("id", "")
        if key and key in self.rows:
            raise KeyError(f"duplicate key value violates unique constraint: {key}")
        self.rows.add(key)
        return 200


class AcknowledgesFirst(Receiver):
    """It acknowledges what it has had before it verifies anything."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[bytes] = set()

    def handle(self, headers: Headers, body: bytes) -> int:
        if body in self.seen:
            return 200
        status = super().handle(headers, body)
        if status == 200 and body:
            self.seen.add(body)
        return status


# Genuine, but not of this second


class Hasty(Receiver):
    """It allows half a minute."""

    tolerance = 30


class JustUnderFive(Receiver):
    """It allows less than five minutes, though more than four."""

    tolerance = 290


BAD_FORGED: Mapping[str, type[Any]] = {
    "accepts-clock-skew": Hasty,
    "accepts-edge-of-tolerance": JustUnderFive,
    "refuses-headers-missing": PlainCurlIsFine,
    "refuses-headers-missing-as-text": VerifiesByType,
    "refuses-headers-missing-mistyped": FormsAreFine,
    "refuses-headers-missing-untyped": UntypedIsFine,
    "refuses-signature-blank": CatchesBinasciiError,
    "refuses-signature-65-bytes": ReadsSixtyFour,
    "refuses-signature-extended": ReadsSixtyFour,
    "refuses-signature-all-zero": PlaceholderIsFine,
    "refuses-signature-of-another-second": ForgivesASecond,
    "refuses-signature-small-order": SmallOrderIsFine,
    "refuses-signature-non-canonical": AnySpellingOfS,
    "refuses-signature-hmac-of-public-key": HmacToo,
    "refuses-signature-standard-webhooks": OtherHeadersToo,
    "refuses-signature-legacy-v1": OtherHeadersToo,
    "refuses-signature-over-body-only": AnyScheme,
    "refuses-signature-over-timestamp-only": AnyScheme,
    "refuses-signature-without-separator": AnyScheme,
    "refuses-signature-with-dot": AnyScheme,
    "refuses-signature-over-decoded-body": VerifiesText,
    "survives-signature-hex": LengthIsChecked,
    "survives-signature-url-safe": InsistsOnSpelling,
    "survives-signature-without-padding": InsistsOnSpelling,
    "survives-signature-with-spare-bits": InsistsOnSpelling,
    "survives-signature-with-spaces": InsistsOnSpelling,
    "survives-signature-with-newline": InsistsOnSpelling,
    "survives-signature-with-tail": InsistsOnSpelling,
    "survives-signature-good-then-bad": OneOfEachHeader,
    "survives-signature-bad-then-good": OneOfEachHeader,
    "survives-timestamp-good-then-bad": OneOfEachHeader,
    "survives-timestamp-bad-then-good": OneOfEachHeader,
    "refuses-timestamp-empty": UnsetIsFine,
    "refuses-timestamp-zero": UnsetIsFine,
    "refuses-timestamp-1970": UnsetIsFine,
    "refuses-timestamp-expired-1d": IgnoresDays,
    "refuses-timestamp-future-1d": IgnoresDays,
    "refuses-timestamp-expired-301s": TenMinutes,
    "refuses-timestamp-future-310s": TenMinutes,
    "refuses-timestamp-future-10m": HalfAnHourAhead,
    "refuses-timestamp-superscript": IsDigit,
    "refuses-timestamp-400-digits": IsDigit,
    "refuses-timestamp-5000-digits": IsDigit,
    "refuses-timestamp-nan": Rounds,
    "refuses-timestamp-milliseconds": AsDatetime,
    "refuses-timestamp-20-digits": AsDatetime,
    "refuses-timestamp-negative": AsUnsigned,
    "refuses-timestamp-float": CastsTimestamp,
    "refuses-timestamp-plus": CastsTimestamp,
    "refuses-timestamp-zeros": CastsTimestamp,
    "refuses-timestamp-blank": CastsTimestamp,
    "refuses-timestamp-full-width": CastsTimestamp,
    "refuses-timestamp-not-a-number-signed": ReadsAfterVerifying,
    "refuses-timestamp-negative-signed": ReadsAfterVerifying,
    "refuses-timestamp-milliseconds-signed": ReadsAfterVerifying,
    "refuses-timestamp-20-digits-signed": ReadsAfterVerifying,
    "refuses-timestamp-400-digits-signed": ReadsAfterVerifying,
    "refuses-timestamp-5000-digits-signed": ReadsAfterVerifying,
    "refuses-timestamp-nan-signed": ReadsAfterVerifying,
    "survives-timestamp-float-signed": ReadsAfterVerifying,
    "survives-timestamp-plus-signed": ReadsAfterVerifying,
    "survives-timestamp-zeros-signed": ReadsAfterVerifying,
    "survives-timestamp-blank-signed": ReadsAfterVerifying,
    "survives-timestamp-full-width-signed": ReadsAfterVerifying,
    "refuses-body-blank-added": LooksAtNoEnd,
    "refuses-body-member-added": VerifiesItsModel,
    "refuses-body-empty": EmptyIsNothing,
    "ignores-body-query-added": ActsOnQueries,
    "survives-replay-exact": UniqueKey,
    "refuses-replay-expired": AcknowledgesFirst,
}
"""A receiver that breaks the rule, by the id of the check that finds it."""

ALSO_FORGED: Mapping[type[Any], frozenset[str]] = {
    Hasty: frozenset({"accepts-edge-of-tolerance"}),
    LengthIsChecked: frozenset(
        {
            "refuses-signature-missing",
            "refuses-signature-empty",
            "refuses-signature-truncated",
            "refuses-signature-63-bytes",
        }
    ),
    IsDigit: frozenset(
        {"refuses-timestamp-400-digits-signed", "refuses-timestamp-5000-digits-signed"}
    ),
    AsDatetime: frozenset(
        {
            "refuses-timestamp-400-digits",
            "refuses-timestamp-milliseconds-signed",
            "refuses-timestamp-20-digits-signed",
            "refuses-timestamp-400-digits-signed",
        }
    ),
    Rounds: frozenset({"refuses-timestamp-nan-signed"}),
    AsUnsigned: frozenset({"refuses-timestamp-negative-signed"}),
    LooksAtNoEnd: frozenset({"accepts-layouts"}),
    VerifiesItsModel: frozenset(
        {
            "refuses-signature-over-rewritten-body",
            "refuses-body-member-twice",
            "refuses-body-blank-added",
            "refuses-body-with-bom",
        }
    ),
    EmptyIsNothing: frozenset({"survives-junk"}),
}
"""Further checks in which a fault shows, for it cannot but break their rules too."""
