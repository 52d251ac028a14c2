"""Makes webhooks about the same call, message or fax."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.placeholders import IdSource, generate_values

_IDS = IdSource()


def related(events: Iterable[Event], now: float) -> list[Webhook]:
    """Return webhooks about one call, message or fax. They share its ids, but not data.id.

    *now* is in Unix seconds.
    """
    example = _IDS.example()
    webhooks = []
    for event in events:
        body: Any = generate_values(sample(event.name).body, example, now)
        own = sample(event.name).fresh(now).body["data"]["id"]
        data = {**body["data"], "id": own}
        webhooks.append(Webhook(event, {**body, "data": data}, generated=True))
    return webhooks
