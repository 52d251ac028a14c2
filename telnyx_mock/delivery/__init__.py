"""Sends requests, once or as often as Telnyx would, and keeps what happened."""

from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.delivery.emitter import Emitter
from telnyx_mock.delivery.policy import POLICIES, Policy, policy_for
from telnyx_mock.delivery.redelivery import attempted, deliver

__all__ = [
    "POLICIES",
    "Attempt",
    "Delivery",
    "Emitter",
    "Policy",
    "attempted",
    "deliver",
    "policy_for",
]
