"""Faxes: what an app sends to fax machines, and what they send to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.simulator.leg import FaxTray
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import text

PAGE_SECONDS = 12.0
"""How many seconds a page takes on the line."""

_CONVERTS = 1.0
"""How many seconds Telnyx takes to convert a document."""

_CALLS = 2.0
"""How many seconds pass until the other machine answers."""

_SENT_PAGES = 2
"""How many pages a document of the app has: the simulator does not fetch it."""

IN_THE_CALL = (
    "fax_initial_communication_timeout",
    "fax_signaling_error",
    "invalid_ecm_response_from_receiver",
    "receiver_call_dropped",
    "receiver_communication_error",
    "receiver_incompatible_destination",
    "receiver_no_response",
    "receiver_recovery_on_timer_expire",
)
"""The reasons for which a fax fails once the other machine has answered."""

BEFORE_THE_CALL = (
    "user_busy",
    "rejected",
    "destination_invalid",
    "destination_unreachable",
    "receiver_decline",
    "receiver_invalid_number_format",
    "receiver_no_answer",
    "receiver_unallocated_number",
    "service_unavailable",
)
"""The reasons for which a fax fails because no machine answers."""


def tray(network: Network, number: str) -> FaxTray:
    """Return the tray of the fax machine with this *number*."""
    return network.fax_trays.setdefault(number, FaxTray(number))


def send(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what the command that sends a fax says. *made* is the fax in the answer of the API."""
    url, name = text(given, "media_url"), text(given, "media_name")
    fields: dict[str, Any] = {
        "fax_id": text(made, "id") or network.new_id(),
        "connection_id": text(given, "connection_id"),
        "from": text(given, "from"),
        "to": text(given, "to"),
        "direction": "outbound",
        "client_state": text(given, "client_state") or ABSENT,
    }
    if name:
        fields["media_name"] = name
    elif url:
        fields["original_media_url"] = url
    box = tray(network, text(given, "to"))
    tell = partial(_tell, network, text(given, "webhook_url") or None, fields)
    converted = LATENCY + _CONVERTS
    network.after(LATENCY, partial(tell, "fax.queued", status="queued"), None)
    network.after(converted, partial(tell, "fax.media.processed", status="media.processed"), None)
    network.after(converted + _CALLS, partial(_call, network, box, tell, name or url), None)


def receive(
    network: Network, from_: str, to: str, pages: int, breaks_off: bool, given: Mapping[str, Any]
) -> None:
    """Let the machine at *from_* send so many *pages* to the app's number *to*.

    If it *breaks_off*, the call ends before the last page. *given* are further fields of the webhooks.
    """
    network.note(from_, "person", f"sends a fax of {pages} page{'s' * (pages != 1)}")
    fields = {
        "fax_id": network.new_id(),
        "from": from_,
        "to": to,
        "direction": "inbound",
        "caller_id": from_,
        **given,
    }
    tell = partial(_tell, network, None, fields)
    call = pages * PAGE_SECONDS
    network.after(LATENCY, partial(tell, "fax.receiving.started", status="receiving"), None)
    if breaks_off:
        reason = {"failure_reason": "sender_call_dropped"}
        fails = partial(tell, "fax.failed", status="failed", **reason)
        network.after(LATENCY + call - PAGE_SECONDS / 2, fails, None)
        return
    converts = partial(tell, "fax.media.processing.started", status="media.processing")
    network.after(LATENCY + call, partial(converts, page_count=pages), None)
    done = {"page_count": pages, "call_duration_secs": int(call), "partial_content": False}
    url = f"https://example.com/faxes/{fields['fax_id']}.pdf"
    received = partial(tell, "fax.received", status="received", media_url=url, **done)
    network.after(LATENCY + call + _CONVERTS, received, None)


def _tell(
    network: Network, url: str | None, fields: Mapping[str, Any], event: str, **more: Any
) -> None:
    network.send(event, None, url, **fields, **more)


def _call(network: Network, box: FaxTray, tell: Any, document: str) -> None:
    """Call the machine with the tray *box*, which prints the *document* or fails."""
    reason = box.failure
    if reason in BEFORE_THE_CALL:
        tell("fax.failed", status="failed", failure_reason=reason)
        return
    tell("fax.sending.started", status="sending")
    seconds = _SENT_PAGES * PAGE_SECONDS
    network.after(seconds, partial(_end, network, box, tell, document, int(seconds)), None)


def _end(network: Network, box: FaxTray, tell: Any, document: str, seconds: int) -> None:
    if box.failure is not None:
        tell("fax.failed", status="failed", failure_reason=box.failure)
        return
    box.received.append(document)
    network.note(box.number, "person", f"receives a fax: {document}")
    done = {"page_count": _SENT_PAGES, "call_duration_secs": seconds}
    tell("fax.delivered", status="delivered", **done)
