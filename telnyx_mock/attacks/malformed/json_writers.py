"""Writers of malformed bodies: each takes a webhook and returns bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.schema.json_values import Json

__all__ = ["Writer", "always", "genuine", "with_part", "with_payload", "write_json"]

Writer: TypeAlias = Callable[[Webhook], bytes]


def always(body: bytes) -> Writer:
    """*body*, whatever the webhook."""
    return lambda _: body


def genuine(change: Callable[[bytes], bytes] = lambda body: body) -> Writer:
    """The genuine body, changed: JSON in its compact layout, a form in its usual one."""

    def write(webhook: Webhook) -> bytes:
        is_json = webhook.event.content_type is ContentType.JSON
        return change(encode(webhook.event, webhook.body, "compact" if is_json else None))

    return write


def write_json(body: Json) -> bytes:
    """*body* as compact JSON in ASCII."""
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def with_part(part: str, change: Callable[[dict[str, Json], str], object]) -> Writer:
    """The body after *change* was called with the object that holds *part*, and its name there.

    *part* is ``data``, the outermost object, or ``payload``, the innermost. Where an event has no
    envelope, it is the first member.
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
    """The body with its payload changed; a payload that is not an object stays."""

    def replace(holder: dict[str, Json], name: str) -> None:
        if isinstance(holder[name], dict):
            holder[name] = change(holder[name])

    return with_part("payload", replace)
