"""Messages: ``message.*``, a click on a shortened link, a spend limit.

Sources: each event's callback page, the messaging guides (receiving webhooks, RCS, group
messaging, spend limits), and the official SDK for the newest fields.
"""

from __future__ import annotations

from telnyx_mock.catalogue.messaging.inbound import MESSAGE_RECEIVED
from telnyx_mock.catalogue.messaging.outbound import MESSAGE_FINALIZED, MESSAGE_READ, MESSAGE_SENT
from telnyx_mock.catalogue.messaging.profile import REPLACED_LINK_CLICK, SPEND_LIMIT_REACHED
from telnyx_mock.schema.event import Event

EVENTS: tuple[Event, ...] = (
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    MESSAGE_FINALIZED,
    MESSAGE_READ,
    REPLACED_LINK_CLICK,
    SPEND_LIMIT_REACHED,
)
