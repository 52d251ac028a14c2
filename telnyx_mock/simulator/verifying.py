"""Codes that an app sends to people, to verify that a number is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator import messages
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import text

_DELIVERY = 2.0
"""How many seconds a code takes to the person."""


def start(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what a command that sends a code says. *made* is the verification in the answer of the API."""
    number = text(given, "phone_number")
    kind = text(made, "type") or "sms"
    fields: dict[str, Any] = {
        "id": text(made, "id") or network.new_id(),
        "phone_number": number,
        "profile_id": text(given, "verify_profile_id"),
        "type": kind,
        "status": "pending",
        "custom_code": text(given, "custom_code") or None,
        "extension": (text(given, "extension") or None) if kind == "call" else None,
    }
    if isinstance(seconds := given.get("timeout_secs"), int):
        fields["timeout_secs"] = seconds
    sent = partial(network.send, "verify.sent", None, delivery_status="sent", **fields)
    network.after(LATENCY, sent, None)
    network.after(LATENCY + _DELIVERY, partial(_arrived, network, number, kind, fields), None)


def _arrived(network: Network, number: str, kind: str, fields: Mapping[str, Any]) -> None:
    if messages.inbox(network, number).error is not None:
        network.send("verify.failed", None, delivery_status="delivery_failed", **fields)
        return
    network.note(number, "person", f"receives a code by {kind}")
    network.coded.add(str(fields["id"]))
    network.send("verify.delivered", None, delivery_status="delivered", **fields)
