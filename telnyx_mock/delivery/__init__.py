"""Sends requests, and keeps what happened."""

from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.delivery.emitter import Emitter

__all__ = ["Attempt", "Delivery", "Emitter"]
