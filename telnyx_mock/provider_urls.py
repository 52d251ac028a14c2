"""Addresses of Telnyx: its domains, its API, and its documentation pages.

If only one event of the catalogue cites a page, the address is in the catalogue. This module
imports nothing of the package.
"""

from __future__ import annotations

API_HOST = "api.telnyx.com"
"""The host of the REST API."""

DOMAINS = ("telnyx.com", "telnyx.io")
"""Every host of Telnyx is in one of these domains."""

DOCUMENTATION = "https://developers.telnyx.com"
"""The site of all pages below."""

GUIDES = f"{DOCUMENTATION}/docs"
"""The start of the address of each guide to a product."""

CALLBACKS = f"{DOCUMENTATION}/api-reference/callbacks"
"""The start of the address of each reference page of an event in the OpenAPI document."""

FUNDAMENTALS = f"{DOCUMENTATION}/development/api-fundamentals/webhooks/receiving-webhooks"
"""The page about how all products deliver webhooks, and what a receiver should do."""

MESSAGING_GUIDE = f"{GUIDES}/messaging/messages/receiving-webhooks"
"""The page about how messaging delivers webhooks, and about the signature of all products."""

CAMPAIGN_GUIDE = f"{GUIDES}/messaging/10dlc/event-notifications"
"""The page about the webhooks for 10DLC brands and campaigns."""

VOICE_GUIDES = f"{GUIDES}/voice/programmable-voice"
"""The start of the address of each guide to voice and TeXML."""

VOICE_GUIDE = f"{VOICE_GUIDES}/voice-api-webhooks"
"""The page about how voice applications deliver webhooks: their retries and ``User-Agent``."""

TEXML_FETCHING = f"{VOICE_GUIDES}/texml-instruction-fetching"
"""The page about how Telnyx fetches TeXML documents."""

API_ERRORS = f"{DOCUMENTATION}/development/api-fundamentals/api-errors"
"""The page about the errors of the REST API."""

WEBHOOK_LOG = f"{GUIDES}/v2/development/api-guide/webhooks"
"""The page about the log of deliveries that Telnyx keeps, which includes the receiver's answers."""
