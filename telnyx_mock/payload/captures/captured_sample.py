"""The file of a captured sample: its format, and a function that loads it as a webhook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.json_reader import read_json
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Identifier, Timestamp
from telnyx_mock.schema.placeholders import GeneratedId, GeneratedTime, TimeStyle


def as_sample(event: Event, body: Mapping[str, Json]) -> Json:
    """Return the JSON for the file: *body* alone if it names the event, or body and name."""
    data = body.get("data")
    is_named = isinstance(data, Mapping) and data.get("event_type") == event.name
    return body if is_named else {"event": event.name, "body": body}


def load_webhook(path: str | PathLike[str]) -> Webhook:
    """Return the webhook in the JSON file *path*, as ``telnyx-mock capture`` writes it.

    Its ids and times are placeholders, as in a sample of the catalogue: each delivery gets new
    ones. If an id occurs several times, the generated id is the same in all places. The webhook is
    not validated.

    Raises UsageError if the file cannot be read or holds no event of the catalogue.
    """
    file = Path(path)
    try:
        body = read_json(file.read_bytes())
        is_named = "data" in body
        name = body["data"]["event_type"] if is_named else body["event"]
        body = body if is_named else body["body"]
        if not isinstance(name, str) or not isinstance(body, dict):
            raise TypeError
    except OSError as error:
        raise UsageError(f"The webhook {file} cannot be read: {error.strerror}.") from None
    except (ValueError, LookupError, TypeError):
        raise UsageError(
            f"The file {file} is not a webhook: it must be JSON with data.event_type, or with event "
            "and body, as 'telnyx-mock capture' writes it."
        ) from None
    event = find(name)
    return Webhook(event, _Placeholders(event, body).value("", body))


class _Placeholders:
    """Replaces the ids and times in a body of *event* by placeholders with the same text."""

    def __init__(self, event: Event, body: Json) -> None:
        self.kinds = kinds_by_path(event)
        data = body.get("data", body)
        self.occurred = _seconds(data.get("occurred_at")) if isinstance(data, dict) else None
        self.numbers: dict[str, int] = {}

    def value(self, path: str, value: Json) -> Json:
        """Return *value* at *path*, with placeholders for its ids and times."""
        if isinstance(value, dict):
            return {
                name: self.value(f"{path}.{name}" if path else name, member)
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [self.value(f"{path}[]", item) for item in value]
        for kind in self.kinds.get(path, ()) if isinstance(value, str) else ():
            if isinstance(kind, Identifier) and _fits(kind.template, value):
                number = self.numbers.setdefault(value, len(self.numbers) + 1)
                return GeneratedId(value, "captured", kind.template, number)
            if isinstance(kind, Timestamp):
                return self._moment(value)
        return value

    def _moment(self, value: str) -> str:
        moment = _seconds(value)
        if moment is None or self.occurred is None:
            return value
        try:
            return GeneratedTime(value, TimeStyle.of(value), moment - self.occurred)
        except ValueError:
            return value


def _fits(template: str, value: str) -> bool:
    """Return whether *value* has the form of *template*; a token may have any known length."""
    pattern = re.sub(r"\\\{[a-z]+\\\}", lambda _: r"[\w-]+", re.escape(template))
    return re.fullmatch(pattern, value) is not None


def _seconds(time: Json) -> float | None:
    try:
        return dt.datetime.fromisoformat(time).astimezone(dt.UTC).timestamp()
    except (TypeError, ValueError):
        return None
