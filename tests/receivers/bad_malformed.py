"""Known-bad receivers that trust whatever is rightly signed, each in one way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from tests.receivers.correct import Event, Headers, Receiver, Refused

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


class TrustsEnvelope(Trusting):
    """It reads what is always there, as the type that it always is."""

    def act(self, event: Event) -> int:
        data = event["data"]
        family, _, _ = data["event_type"].partition(".")
        _, call = data["payload"]["call_control_id"].split(":", 1)
        return 200 if family and call else 422


class ParsesText(Receiver):
    """It parses the text of the body, which is text, and JSON."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        json.loads(body.decode())
        return super().parse(headers, body)


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


class CountsInWholeNumbers(Trusting):
    """It makes whole numbers of all numbers."""

    def act(self, event: Event) -> int:
        numbers = [each for each in self.members(event).values() if isinstance(each, float)]
        return 200 if len([int(number) for number in numbers]) == len(numbers) else 422


class StoresTexts(Trusting):
    """It stores all texts in UTF-8, without NUL."""

    def act(self, event: Event) -> int:
        for text in self.members(event).values():
            if isinstance(text, str) and b"\0" in text.encode():
                raise ValueError("a string literal cannot contain NUL (0x00) characters")
        return 200


class SetsAttributes(Trusting):
    """It makes an object of the payload, by the names that come."""

    def act(self, event: Event) -> int:
        call = SimpleNamespace()
        for name, value in self.members(event).items():
            setattr(call, name, value)
        return 200


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


class NarrowTable(Trusting):
    """It has a column for each member, up to a thousand."""

    def act(self, event: Event) -> int:
        if len(self.members(event)) > 1000:
            raise OverflowError("tables can have at most 1000 columns")
        return 200


class SmallRow(Receiver):
    """It has room for half a megabyte of what is verified."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        if len(body) > 500_000:
            raise BufferError("row is too big")
        return super().parse(headers, body)


class TrustsForms(Receiver):
    """It reads the fields that are always there, and is sure that each is there once."""

    def parse(self, headers: Headers, body: bytes) -> Event:
        event = super().parse(headers, body)
        if headers.get("content-type") == FORM:
            names = [name for name, _ in parse_qsl(body.decode("ascii"), keep_blank_values=True)]
            assert len(names) == len(set(names)), "a field stands there twice"
            assert event["CallSid"][0], "a call has an id"
        return event


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


def _checks(receiver: type[Any], names: str) -> dict[str, type[Any]]:
    return {f"survives-{name}": receiver for name in names.split()}


BAD_MALFORMED: Mapping[str, type[Any]] = {
    **_checks(
        TrustsEnvelope,
        "json-null json-number json-string json-list json-batch json-data-missing json-data-null "
        "json-data-a-list json-data-a-string json-data-a-number json-payload-missing "
        "json-payload-null json-payload-a-list json-payload-a-string json-payload-a-number "
        "json-type-missing json-type-null json-type-number json-type-list json-fields-nulls "
        "json-fields-numbers json-fields-strings json-fields-lists json-fields-objects "
        "json-fields-wrapped",
    ),
    **_checks(
        ParsesText,
        "json-empty json-cut json-words json-deep json-not-utf-8 json-utf-16 json-with-bom "
        "json-huge-integer json-nested-field",
    ),
    **_checks(
        BelievesContentType,
        "json-as-text json-as-form json-untyped json-odd-type json-odd-charset "
        "form-as-json form-untyped form-multipart",
    ),
    **_checks(CountsInWholeNumbers, "json-nan json-infinity"),
    **_checks(StoresTexts, "json-lone-surrogates json-nul"),
    **_checks(SetsAttributes, "json-prototype-keys"),
    **_checks(OfEachNameOne, "json-type-twice"),
    **_checks(NarrowTable, "json-many-members"),
    **_checks(SmallRow, "json-1-mb json-10-mb form-1-mb"),
    **_checks(TrustsForms, "form-empty form-json form-blank-values form-no-values form-repeated"),
    **_checks(
        StrictForms, "form-bad-escapes form-not-utf-8 form-nul form-brackets form-10000-fields"
    ),
}
"""A receiver that breaks the rule, by the id of the check that finds it."""

ALSO_MALFORMED: Mapping[type[Any], frozenset[str]] = {
    ParsesText: frozenset({"ignores-body-query-added"}),
    BelievesContentType: frozenset({"ignores-body-query-added"}),
    TrustsForms: frozenset({"survives-json-as-form"}),
}
"""Further checks in which a fault shows, for it cannot but break their rules too."""
