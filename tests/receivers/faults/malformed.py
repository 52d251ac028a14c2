"""What is signed, and malformed, is trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from telnyx_mock.severity import Severity
from tests.receivers.correct import Event, Headers, Receiver, Refused
from tests.receivers.fault import breaks

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Trusting(Receiver):
    """It parses what is JSON, and takes it for an event."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        try:
            event: Event = json.loads(body)
        except (ValueError, RecursionError):
            raise Refused from None
        return event

    def members(self, event: Event) -> Mapping[str, Any]:
        """What there is of a payload."""
        try:
            return dict(event["data"]["payload"])
        except (LookupError, TypeError, ValueError):
            return {}


@breaks(
    "survives-json-null survives-json-number survives-json-string survives-json-list survives-json-batch survives-json-data-missing survives-json-data-null survives-json-data-a-list survives-json-data-a-string survives-json-data-a-number survives-json-payload-missing survives-json-payload-null survives-json-payload-a-list survives-json-payload-a-string survives-json-payload-a-number survives-json-type-missing survives-json-type-null survives-json-type-number survives-json-type-list survives-json-fields-nulls survives-json-fields-numbers survives-json-fields-strings survives-json-fields-lists survives-json-fields-objects survives-json-fields-wrapped",
    severity=Severity.ADVICE,
)
class TrustsEnvelope(Trusting):
    """It reads what is always there, as the type that it always is."""

    def act(self, event: Event) -> int:
        data = event["data"]
        family, _, _ = data["event_type"].partition(".")
        _, call = data["payload"]["call_control_id"].split(":", 1)
        return 200 if family and call else 422


@breaks(
    "survives-json-empty survives-json-cut survives-json-words survives-json-deep survives-json-not-utf-8 survives-json-utf-16 survives-json-with-bom survives-json-huge-integer survives-json-nested-field",
    also="ignores-body-query-added",
    severity=Severity.ADVICE,
)
class ParsesText(Receiver):
    """It parses the text of the body, which is text, and JSON."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        json.loads(body.decode())
        return super().parse(headers, body)


@breaks(
    "survives-json-as-text survives-json-as-form survives-json-untyped survives-json-odd-type survives-json-odd-charset survives-form-as-json survives-form-untyped survives-form-multipart",
    events="call.initiated call.hangup texml.http-request",
    also="ignores-body-query-added",
    severity=Severity.ADVICE,
)
class BelievesContentType(Receiver):
    """It parses as the content type says."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        media_type, _, charset = headers["content-type"].partition("; charset=")
        text = body.decode(charset or "utf-8", "replace")
        parsers = {JSON: self.json_event, FORM: self.form_event}
        parsers[media_type](text)
        return super().parse(headers, body)

    def json_event(self, text: str) -> None:
        if text.startswith("AccountSid="):
            json.loads(text)

    def form_event(self, text: str) -> None:
        if text.startswith('{"data"'):
            dict(parse_qsl(text))["CallSid"]


@breaks("survives-json-nan survives-json-infinity", severity=Severity.ADVICE)
class CountsInWholeNumbers(Trusting):
    """It makes whole numbers of all numbers."""

    def act(self, event: Event) -> int:
        numbers = [each for each in self.members(event).values() if isinstance(each, float)]
        return 200 if len([int(number) for number in numbers]) == len(numbers) else 422


@breaks("survives-json-lone-surrogates survives-json-nul", severity=Severity.ADVICE)
class StoresTexts(Trusting):
    """It stores all texts in UTF-8, without NUL."""

    def act(self, event: Event) -> int:
        for text in self.members(event).values():
            if isinstance(text, str) and b"\0" in text.encode():
                raise ValueError("a string literal cannot contain NUL (0x00) characters")
        return 200


@breaks("survives-json-prototype-keys", severity=Severity.ADVICE)
class SetsAttributes(Trusting):
    """It makes an object of the payload, by the names that come."""

    def act(self, event: Event) -> int:
        call = SimpleNamespace()
        for name, value in self.members(event).items():
            setattr(call, name, value)
        return 200


@breaks("survives-json-type-twice", severity=Severity.ADVICE)
class OfEachNameOne(Receiver):
    """It is sure that no member stands there twice."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        event = super().parse(headers, body)
        if headers.get("content-type") == JSON:
            json.loads(body, object_pairs_hook=self.unique)
        return event

    def unique(self, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        members = list(pairs)
        assert len(members) == len(dict(members)), "a member stands there twice"
        return dict(members)


@breaks("survives-json-many-members", severity=Severity.ADVICE)
class NarrowTable(Trusting):
    """It has a column for each member, up to a thousand."""

    def act(self, event: Event) -> int:
        if len(self.members(event)) > 1000:
            raise OverflowError("tables can have at most 1000 columns")
        return 200


@breaks("survives-json-1-mb survives-form-1-mb", events="call.initiated call.hangup texml.http-request", severity=Severity.ADVICE)
class SmallRow(Receiver):
    """It has room for half a megabyte of what is verified."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        if len(body) > 500_000:
            raise BufferError("row is too big")
        return super().parse(headers, body)


@breaks(
    "survives-form-empty survives-form-json survives-form-blank-values survives-form-no-values survives-form-repeated",
    events="call.initiated call.hangup texml.http-request",
    also="survives-json-as-form",
    severity=Severity.ADVICE,
)
class TrustsForms(Receiver):
    """It reads the fields that are always there, and is sure that each is there once."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        event = super().parse(headers, body)
        if headers.get("content-type") == FORM:
            names = [name for name, _ in parse_qsl(body.decode("ascii"), keep_blank_values=True)]
            assert len(names) == len(set(names)), "a field stands there twice"
            assert event["CallSid"][0], "a call has an id"
        return event


@breaks(
    "survives-form-bad-escapes survives-form-not-utf-8 survives-form-nul survives-form-brackets survives-form-10000-fields",
    events="call.initiated call.hangup texml.http-request",
    severity=Severity.ADVICE,
)
class StrictForms(Receiver):
    """It parses forms strictly, and lets errors be."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        if headers.get("content-type") == FORM and body[:1] not in (b"{", b""):
            text = body.decode("ascii")
            assert not re.search("%(?![0-9A-Fa-f]{2})", text), "a percent sign escapes"
            fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
            for name, value in fields:
                assert "[" not in name, f"{name} is no name of a field"
                assert "\0" not in value, "a string literal cannot contain NUL (0x00) characters"
        return super().parse(headers, body)
