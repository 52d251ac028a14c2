"""Sends webhooks, once or as often as Telnyx does, and keeps the outcome."""

from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.delivery.emitter import Emitter, Recorder
from telnyx_mock.delivery.policy import POLICIES, Policy, policy_for
from telnyx_mock.delivery.redelivery import attempted, deliver

__all__ = [
    "POLICIES",
    "Attempt",
    "Delivery",
    "Emitter",
    "Policy",
    "Recorder",
    "attempted",
    "deliver",
    "policy_for",
]
