"""Calls: ``call.*``, ``streaming.*`` and ``siprec.*``.

Sources: each event's callback page, the programmable-voice guides, and captured deliveries
(2025-09, 2025-11, 2026-05), which decide where the schemas require nothing.
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
