"""Calls: ``call.*``, ``streaming.*`` and ``siprec.*``.

Sources: each event's callback page, the programmable-voice guides, and captured deliveries (2025-09, 2025-11, 2026-05), which decide if a
field is required where the schemas do not say.
"""

from __future__ import annotations

from telnyx_mock.catalogue.voice import analysis, keypad, lifecycle, machine, payment, playback, recording, routing, streaming

EVENTS = (
    *lifecycle.EVENTS,
    *playback.EVENTS,
    *keypad.EVENTS,
    *machine.EVENTS,
    *routing.EVENTS,
    *recording.EVENTS,
    *streaming.EVENTS,
    *analysis.EVENTS,
    *payment.EVENTS,
)
