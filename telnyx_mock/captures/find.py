"""Finds webhooks in whatever recorded them, by their shape alone.

So one reader takes JSON lines, a HAR (its bodies are JSON in a string), a log of requests, and
what ``GET /v2/webhook_deliveries`` answers (the event stands there without its ``meta``:
https://developers.telnyx.com/api-reference/webhooks/list-webhook-deliveries).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from telnyx_mock.events.kinds import Json

__all__ = ["Captured", "captured_in"]


@dataclass(frozen=True, slots=True)
class Captured:
    """A webhook as it was recorded: the name of its event, which may be unknown, and its body."""

    event: str
    body: dict[str, Json]


def captured_in(recording: str) -> list[Captured]:
    """The webhooks in *recording*: each once, however often it was delivered."""
    found: dict[str, Captured] = {}
    for document in _documents(recording):
        for body in _bodies(document):
            data = body["data"]
            captured = Captured(data["event_type"], body)
            found.setdefault(str(data.get("id", len(found))), captured)
    return list(found.values())


def _documents(recording: str) -> Iterator[Json]:
    """The whole as JSON, or else each of its lines that is."""
    try:
        yield json.loads(recording)
        return
    except ValueError:
        pass
    for line in recording.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _bodies(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, list):
        for item in value:
            yield from _bodies(item)
    elif isinstance(value, str) and "event_type" in value:
        for document in _documents(value):
            if not isinstance(document, str):
                yield from _bodies(document)
    elif isinstance(value, dict):
        data = value.get("data")
        if isinstance(data, dict) and isinstance(data.get("event_type"), str):
            yield value
        elif isinstance(value.get("event_type"), str) and value.get("record_type") == "event":
            meta = {"attempt": 1, "delivered_to": "https://example.com/webhooks"}
            yield {"data": value, "meta": meta}
        else:
            for member in value.values():
                yield from _bodies(member)
