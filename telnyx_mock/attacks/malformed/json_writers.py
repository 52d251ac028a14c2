"""Writers of malformed bodies: each takes a webhook and returns bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.schema.json_values import Json

Writer: TypeAlias = Callable[[Webhook], bytes]


def always(body: bytes) -> Writer:
    """Return a writer of *body* for every webhook."""
    return lambda _: body


def genuine(change: Callable[[bytes], bytes] = lambda body: body) -> Writer:
    """Return a function that writes the genuine body as usual, and applies *change* to the bytes."""

    def write(webhook: Webhook) -> bytes:
        is_json = webhook.event.content_type is ContentType.JSON
        return change(encode(webhook.event, webhook.body, "compact" if is_json else None))

    return write


def write_json(body: Json) -> bytes:
    """Return *body* as compact JSON in ASCII."""
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def with_part(part: str, change: Callable[[dict[str, Json], str], object]) -> Writer:
    """Return a writer that calls *change* with the object around *part* and the name of *part*.

    *part* is ``data``, the outermost object, or ``payload``, the innermost. If an event has no
    envelope, its first member is used instead.
    """

    def write(webhook: Webhook) -> bytes:
        holder = body = dict(webhook.body)
        path = webhook.event.root or (next(iter(body)),)
        *outer, name = path[:1] if part == "data" else path
        for step in outer:
            holder[step] = holder = dict(holder[step])
        change(holder, name)
        return write_json(body)

    return write


def with_payload(change: Callable[[dict[str, Json]], dict[str, Json]]) -> Writer:
    """Return a writer that changes the payload; a payload that is not an object stays unchanged."""

    def replace(holder: dict[str, Json], name: str) -> None:
        if isinstance(holder[name], dict):
            holder[name] = change(holder[name])

    return with_part("payload", replace)
