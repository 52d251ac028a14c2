"""Messages: ``message.*``, a click on a shortened link, a spend limit.

Sources: each event's callback page, the messaging guides (receiving webhooks, RCS, group
messaging, spend limits), and the official SDK for the newest fields.
"""

from __future__ import annotations

from telnyx_mock.catalogue.messaging import inbound, outbound, profile

EVENTS = (*inbound.EVENTS, *outbound.EVENTS, *profile.EVENTS)
