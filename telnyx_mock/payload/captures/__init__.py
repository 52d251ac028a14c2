"""Turns recordings of real webhooks into samples for tests, without personal data."""

from telnyx_mock.payload.captures.captured_sample import as_sample, load_webhook
from telnyx_mock.payload.captures.recording import Captured, Recording, UnclearForm, captured_in
from telnyx_mock.payload.captures.scrub import Scrubber

__all__ = [
    "Captured",
    "Recording",
    "Scrubber",
    "UnclearForm",
    "as_sample",
    "captured_in",
    "load_webhook",
]
