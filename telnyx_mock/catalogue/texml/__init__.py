"""TeXML: flat, form-encoded webhooks without an envelope, here named ``texml.*``.

No field reliably names the event, so a receiver must choose its handler by the address.
"""

from __future__ import annotations

from telnyx_mock.catalogue.texml import (
    actions,
    call_progress,
    conference,
    cost,
    deepfake,
    instructions,
    media,
    pay,
    recording,
)

EVENTS = (
    *instructions.EVENTS,
    *call_progress.EVENTS,
    *actions.EVENTS,
    *conference.EVENTS,
    *recording.EVENTS,
    *media.EVENTS,
    *pay.EVENTS,
    *deepfake.EVENTS,
    *cost.EVENTS,
)
