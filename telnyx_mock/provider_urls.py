"""Addresses of the provider: the pages that are cited here, its API, its domains.

A page that a single event of the catalogue cites stands there. This module imports nothing of the
package.
"""

from __future__ import annotations

__all__ = [
    "API_ERRORS",
    "API_HOST",
    "CALLBACKS",
    "CAMPAIGN_GUIDE",
    "DOCUMENTATION",
    "DOMAINS",
    "FUNDAMENTALS",
    "GUIDES",
    "MESSAGING_GUIDE",
    "TEXML_FETCHING",
    "VOICE_GUIDE",
    "VOICE_GUIDES",
    "WEBHOOK_LOG",
]

API_HOST = "api.telnyx.com"
"""The host of the REST API."""

DOMAINS = ("telnyx.com", "telnyx.io")
"""Every host of Telnyx is in one of these domains."""

DOCUMENTATION = "https://developers.telnyx.com"
"""The site that all pages below are part of."""

GUIDES = f"{DOCUMENTATION}/docs"
"""Where the guides to the products start."""

CALLBACKS = f"{DOCUMENTATION}/api-reference/callbacks"
"""Where the reference pages start, one for each event of the OpenAPI document."""

FUNDAMENTALS = f"{DOCUMENTATION}/development/api-fundamentals/webhooks/receiving-webhooks"
"""How every product delivers webhooks, and what a receiver should do."""

MESSAGING_GUIDE = f"{GUIDES}/messaging/messages/receiving-webhooks"
"""How messaging delivers webhooks; also the page that describes the signature of all products."""

CAMPAIGN_GUIDE = f"{GUIDES}/messaging/10dlc/event-notifications"
"""The webhooks about 10DLC brands and campaigns."""

VOICE_GUIDES = f"{GUIDES}/voice/programmable-voice"
"""Where the guides to voice start, TeXML included."""

VOICE_GUIDE = f"{VOICE_GUIDES}/voice-api-webhooks"
"""How voice applications deliver webhooks, with their retries and their ``User-Agent``."""

TEXML_FETCHING = f"{VOICE_GUIDES}/texml-instruction-fetching"
"""How Telnyx fetches TeXML documents."""

API_ERRORS = f"{DOCUMENTATION}/development/api-fundamentals/api-errors"
"""The errors of the REST API."""

WEBHOOK_LOG = f"{GUIDES}/v2/development/api-guide/webhooks"
"""What Telnyx keeps of each delivery, the receiver's answer included."""
