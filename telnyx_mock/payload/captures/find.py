"""Finds webhooks in whatever recorded them, by their shape alone.

So one reader takes JSON lines, a HAR (its bodies are text or parameters), a log of requests, and
what ``GET /v2/webhook_deliveries`` answers (the event stands there without its ``meta``:
https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.captures.read import read_json
from telnyx_mock.payload.captures.untold import form_of, is_form, nameless
from telnyx_mock.schema.json_values import Json

__all__ = ["Captured", "Recording", "captured_in"]

_FORM = re.compile(r"[^\s=&{]+=[^\s&]*(?:&[^\s=&]+=[^\s&]*)*")


@dataclass(frozen=True, slots=True)
class Captured:
    """A webhook as it was recorded: the name of its event, which may be unknown, and its body."""

    event: str
    body: dict[str, Json]


@dataclass(slots=True)
class Recording:
    """What was found in a recording: *webhooks*, each once, however often it was delivered.

    *untold* are sentences about forms whose event cannot be told, *idle* the numbers of lines that
    hold nothing like a webhook.
    """

    webhooks: list[Captured] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    idle: list[int] = field(default_factory=list)


def captured_in(text: str) -> Recording:
    """The webhooks in a recording."""
    recording, seen = Recording(), set[str]()
    for number, document in _documents(text):
        is_idle = True
        for found in _found(document):
            is_idle = False
            if isinstance(found, str):
                recording.untold.append(f"Line {number}: {found}" if number else found)
            elif (key := _identity(found)) not in seen:
                seen.add(key)
                recording.webhooks.append(found)
        if is_idle and number:
            recording.idle.append(number)
    return recording


def _identity(captured: Captured) -> str:
    data = captured.body.get("data", captured.body)
    id_ = data.get("id") if isinstance(data, dict) else None
    return str(id_) if id_ else json.dumps([captured.event, data], sort_keys=True)


def _documents(text: str) -> Iterator[tuple[int, Json]]:
    """The whole as JSON, with no number, or else each of its lines, JSON or not, with its own."""
    try:
        yield 0, read_json(text)
        return
    except ValueError:
        pass
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, read_json(line)
            except ValueError:
                yield number, line.strip()


def _found(value: Json) -> Iterator[Captured | str]:
    """The webhooks in *value*, and sentences about forms whose event cannot be told."""
    if isinstance(value, list):
        for item in value:
            yield from _found(item)
    elif isinstance(value, str):
        yield from _found_in_text(value)
    elif isinstance(value, dict):
        captured = _captured(value)
        if captured is not None:
            yield captured
        elif is_form(value) and not any(isinstance(each, dict) for each in value.values()):
            yield from _form(value)
        else:
            for name, member in value.items():
                is_list = name in ("params", "queryString") and isinstance(member, list)
                yield from _found(_parameters(member) if is_list else member)


def _found_in_text(text: str) -> Iterator[Captured | str]:
    if _FORM.fullmatch(text):
        form: dict[str, Json] = {}
        for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
            known = form.get(name)
            form[name] = value if known is None else [*_listed(known), value]
        if is_form(form):
            yield from _form(form)
    elif text[:1] in ("{", "["):
        try:
            yield from _found(read_json(text))
        except (ValueError, RecursionError):
            return


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _parameters(rows: list[Json]) -> Json:
    """The parameters that a HAR has as rows of name and value."""
    if all(isinstance(row, dict) and {"name", "value"} <= row.keys() for row in rows):
        return {str(row["name"]): row["value"] for row in rows}
    return rows


def _captured(value: Mapping[str, Json]) -> Captured | None:
    """The webhook that *value* is; None where it is none."""
    data = value.get("data")
    if isinstance(data, dict) and isinstance(data.get("event_type"), str):
        return Captured(data["event_type"], dict(value))
    name = value.get("event_type")
    if isinstance(name, str) and (value.get("record_type") == "event" or _is_bare(name)):
        if _is_bare(name):
            return Captured(name, dict(value))
        meta = {"attempt": 1, "delivered_to": "https://example.com/webhooks"}
        return Captured(name, {"data": dict(value), "meta": meta})
    event = nameless(value)
    return None if event is None else Captured(event.name, dict(value))


def _is_bare(name: str) -> bool:
    """Whether the event of this *name* comes without an envelope."""
    try:
        return any(field.name == "event_type" for field in find(name).body.fields)
    except UsageError:
        return False


def _form(form: Mapping[str, Json]) -> Iterator[Captured | str]:
    names, body = form_of(form)
    if len(names) == 1:
        yield Captured(names[0], body)
        return
    could = f"it can be {' or '.join(names)}" if names else "it fits no TeXML event"
    yield f"this form does not tell which event it is: {could}."
