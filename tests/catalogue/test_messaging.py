"""Messages: what is the same and what differs between those sent, finalized, read and received."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.webhook import sample, webhook

OUTBOUND = ("message.sent", "message.finalized")


@pytest.mark.parametrize(
    ("event", "direction"),
    [
        ("message.received", "inbound"),
        *((name, "outbound") for name in (*OUTBOUND, "message.read")),
    ],
)
def test_a_message_goes_one_way(event: str, direction: str) -> None:
    assert sample(event).payload["direction"] == direction
    with pytest.raises(UsageError, match="direction must be"):
        webhook(event, direction={"inbound": "outbound", "outbound": "inbound"}[direction])


@pytest.mark.parametrize(
    ("event", "status"),
    [
        *(("message.sent", status) for status in ("queued", "sending", "sent")),
        *(
            ("message.finalized", status)
            for status in (
                "delivered",
                "delivery_failed",
                "delivery_unconfirmed",
                "sending_failed",
                "expired",
            )
        ),
        ("message.read", "read"),
    ],
)
def test_a_recipient_has_only_a_status_that_fits_the_event(event: str, status: str) -> None:
    for name in (*OUTBOUND, "message.read"):
        if name == event:
            payload: Any = webhook(name, **{"to[0].status": status}).payload
            assert payload["to"][0]["status"] == status
        else:
            with pytest.raises(UsageError):
                webhook(name, **{"to[0].status": status})


def test_only_a_finalized_message_is_completed() -> None:
    assert sample("message.sent").payload["completed_at"] is None
    assert sample("message.received").payload["completed_at"] is None
    assert sample("message.finalized").payload["completed_at"] is not None


def test_only_rcs_and_whatsapp_messages_are_reported_read() -> None:
    with pytest.raises(UsageError, match="type must be one of"):
        webhook("message.read", type="SMS")


def test_every_event_about_a_message_names_it_alike() -> None:
    click = sample("replacedLinkClick").payload["message_id"]
    for name in ("message.received", *OUTBOUND, "message.read"):
        identifier = sample(name).payload["id"]
        assert (identifier, identifier.role) == (click, click.role)
        assert webhook(name).payload["id"] != webhook(name).payload["id"]


def test_a_click_has_no_envelope_and_no_name() -> None:
    body = sample("replacedLinkClick").body
    assert set(body) == {"data"}
    assert "event_type" not in body["data"]


def test_a_failover_address_may_be_unset_in_two_ways() -> None:
    assert webhook("message.sent", webhook_failover_url="").payload["webhook_failover_url"] == ""
    assert (
        webhook("message.sent", webhook_failover_url=None).payload["webhook_failover_url"] is None
    )
