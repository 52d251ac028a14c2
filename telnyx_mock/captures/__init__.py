"""Real webhooks, made into samples for tests: found in what was recorded, and scrubbed.

Never imports anything that sends.
"""

from telnyx_mock.captures.find import Captured, Recording, captured_in
from telnyx_mock.captures.sample import as_sample, load_webhook
from telnyx_mock.captures.scrub import Scrubber

__all__ = ["Captured", "Recording", "Scrubber", "as_sample", "captured_in", "load_webhook"]
