"""Real webhooks, made into samples for tests: found in what was recorded, and scrubbed.

JSON events only: nothing in a form says which event it is. Never imports anything that sends.
"""

from telnyx_mock.captures.find import Captured, captured_in
from telnyx_mock.captures.sample import load_webhook
from telnyx_mock.captures.scrub import Scrubber

__all__ = ["Captured", "Scrubber", "captured_in", "load_webhook"]
