"""Real webhooks, made into samples for tests: found in what was recorded, and scrubbed.

Never imports anything that sends.
"""

from telnyx_mock.payload.captures.find import Captured, Recording, captured_in
from telnyx_mock.payload.captures.sample import as_sample, load_webhook
from telnyx_mock.payload.captures.scrub import Scrubber

__all__ = ["Captured", "Recording", "Scrubber", "as_sample", "captured_in", "load_webhook"]
