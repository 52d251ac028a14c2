"""Finds webhooks in a recording by their shape, whichever program made the recording.

A recording is JSON lines, a HAR file (its bodies are text or parameters), a log of requests, or an
answer to ``GET /v2/webhook_deliveries``, whose events have no ``meta``
(https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.captures.identify_event import event_of, form_events, is_form
from telnyx_mock.payload.json_reader import read_json
from telnyx_mock.schema.json_values import Json

_FORM = re.compile(r"[^\s=&{]+=[^\s&]*(?:&[^\s=&]+=[^\s&]*)*")


@dataclass(frozen=True, slots=True)
class Captured:
    """A recorded webhook: its body, and the name of its event, which may be unknown."""

    event: str
    body: dict[str, Json]


@dataclass(frozen=True, slots=True)
class UnclearForm:
    """A form that matches several *events*, or no event.

    *line* is the number of the form's line in the recording; it is 0 if the recording is one JSON
    document.
    """

    events: tuple[str, ...]
    line: int = 0

    def __str__(self) -> str:
        fits = f"it can be {' or '.join(self.events)}" if self.events else "it fits no TeXML event"
        form = f"Line {self.line}: this form" if self.line else "this form"
        return f"{form} does not tell which event it is: {fits}."


@dataclass(slots=True)
class Recording:
    """The content of a recording: its *webhooks*, each listed once, even if delivered repeatedly.

    *unclear* lists the forms whose event is unclear. *empty_lines* lists the numbers of the lines
    without a webhook.
    """

    webhooks: list[Captured] = field(default_factory=list)
    unclear: list[UnclearForm] = field(default_factory=list)
    empty_lines: list[int] = field(default_factory=list)


def captured_in(text: str) -> Recording:
    """Return the webhooks in a recording."""
    recording, seen = Recording(), set[str]()
    for number, document in _documents(text):
        is_empty = True
        for found in _found(document):
            is_empty = False
            if isinstance(found, UnclearForm):
                recording.unclear.append(replace(found, line=number))
            elif (key := _identity(found)) not in seen:
                seen.add(key)
                recording.webhooks.append(found)
        if is_empty and number:
            recording.empty_lines.append(number)
    return recording


def _identity(captured: Captured) -> str:
    data = captured.body.get("data", captured.body)
    id_ = data.get("id") if isinstance(data, dict) else None
    return str(id_) if id_ else json.dumps([captured.event, data], sort_keys=True)


def _documents(text: str) -> Iterator[tuple[int, Json]]:
    """Yield 0 and the text if it is one JSON document; otherwise, each line with its number."""
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


def _found(value: Json) -> Iterator[Captured | UnclearForm]:
    """Yield the webhooks in *value*, and the forms whose event is unclear."""
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


def _found_in_text(text: str) -> Iterator[Captured | UnclearForm]:
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
    """Return the parameters in *rows*, each a name and a value as in a HAR file."""
    if all(isinstance(row, dict) and {"name", "value"} <= row.keys() for row in rows):
        return {str(row["name"]): row["value"] for row in rows}
    return rows


def _captured(value: Mapping[str, Json]) -> Captured | None:
    """Return *value* as a webhook, or None if it is not a webhook."""
    data = value.get("data")
    if isinstance(data, dict) and isinstance(data.get("event_type"), str):
        return Captured(data["event_type"], dict(value))
    name = value.get("event_type")
    if isinstance(name, str) and (value.get("record_type") == "event" or _is_bare(name)):
        if _is_bare(name):
            return Captured(name, dict(value))
        meta = {"attempt": 1, "delivered_to": "https://example.com/webhooks"}
        return Captured(name, {"data": dict(value), "meta": meta})
    event = event_of(value)
    return None if event is None else Captured(event.name, dict(value))


def _is_bare(name: str) -> bool:
    """Return whether the event of this *name* has no envelope."""
    try:
        return any(field.name == "event_type" for field in find(name).body.fields)
    except UsageError:
        return False


def _form(form: Mapping[str, Json]) -> Iterator[Captured | UnclearForm]:
    names, body = form_events(form)
    yield Captured(names[0], body) if len(names) == 1 else UnclearForm(names)
