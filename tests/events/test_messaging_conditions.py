"""Messages by direction and kind (SMS, MMS, RCS, WhatsApp, group): every condition, both sides."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import family, find
from telnyx_mock.events.kinds import Cases, Json
from telnyx_mock.events.sites import descend, sites
from telnyx_mock.paths import full_path
from telnyx_mock.webhook import ABSENT, sample, webhook

SMS, MMS = {"type": "SMS"}, {"type": "MMS"}
RCS, WHATSAPP = {"type": "RCS"}, {"type": "WHATSAPP"}
OUTBOUND = ("message.sent", "message.finalized")
NUMBER = "+13125550123"
MEMBER = {"phone_number": NUMBER}
FILE = {"url": "https://example.com/photo.jpg", "content_type": "image/jpeg"}
EDIT = {"original_message_id": "wamid.1", "message": {}}
REVOKE = {"original_message_id": "wamid.1"}

CONDITIONS: list[tuple[str, str, Json, dict[str, Json], dict[str, Json]]] = [
    # event, field, a value of it, overrides with which it may be there, overrides with which it may not
    *(
        row
        for name in ("message.received", *OUTBOUND)
        for row in (
            (name, "text", "Hi", SMS, RCS),
            (name, "text", "Hi", MMS, WHATSAPP),
            (name, "encoding", "UCS-2", SMS, WHATSAPP),
            (name, "encoding", "UCS-2", MMS, RCS),
            (name, "parts", 2, SMS, RCS),
            (name, "parts", 2, MMS, WHATSAPP),
            (name, "num_chars", 2, SMS, RCS),
            (name, "num_chars", 2, MMS, WHATSAPP),
            (name, "media", [], SMS, RCS),
            (name, "media", [FILE], MMS, WHATSAPP),
            (name, "cc", [MEMBER], MMS, RCS),
            (name, "cc", [], SMS, WHATSAPP),
            (name, "body", {}, RCS, SMS),
            (name, "body", {}, WHATSAPP, MMS),
        )
    ),
    ("message.received", "to[0].phone_number", NUMBER, SMS, RCS),
    ("message.received", "to[0].phone_number", NUMBER, MMS, RCS),
    ("message.received", "to[0].agent_id", "agent_1", RCS, SMS),
    ("message.received", "to[0].agent_name", "Agent", RCS, MMS),
    ("message.received", "body.suggestion_response", {"text": "Yes"}, RCS, WHATSAPP),
    ("message.received", "body.user_file", {}, RCS, WHATSAPP),
    ("message.received", "body.type", "image", WHATSAPP, RCS),
    ("message.received", "body.id", "wamid.1", WHATSAPP, RCS),
    ("message.received", "body.from", "13125550123", WHATSAPP, RCS),
    ("message.received", "body.from_user_id", "US.1", WHATSAPP, RCS),
    ("message.received", "body.timestamp", "1705349767", WHATSAPP, RCS),
    ("message.received", "body.edit", EDIT, WHATSAPP, RCS),
    ("message.received", "body.revoke", REVOKE, WHATSAPP, RCS),
    *(
        row
        for name in (*OUTBOUND, "message.read")
        for row in (
            (name, "from.phone_number", NUMBER, WHATSAPP, RCS),
            (name, "from.agent_id", "agent_1", RCS, WHATSAPP),
            (name, "from.agent_name", "Agent", RCS, WHATSAPP),
            (name, "body.text", "Hi", RCS, WHATSAPP),
            (name, "body.type", "template", WHATSAPP, RCS),
            (
                name,
                "body.template",
                {},
                {**WHATSAPP, "body.type": "template"},
                {**WHATSAPP, "body.type": "image"},
            ),
            (name, "template_id", "t1", WHATSAPP, RCS),
            (name, "template_name", "t1", WHATSAPP, RCS),
        )
    ),
    *(
        row
        for name in OUTBOUND
        for row in (
            (name, "group_message_id", "403189d4-b1d6-4993-b263-6470e5224430", MMS, SMS),
            (name, "template_id", "t1", WHATSAPP, SMS),
        )
    ),
]

CASES: list[tuple[str, str, dict[str, Json], Json, Json]] = [
    # event, field, overrides, a value it may have with them, a value it may not
    ("message.received", "to", WHATSAPP, NUMBER, [MEMBER]),
    ("message.received", "to", SMS, [MEMBER], NUMBER),
    ("message.received", "to", RCS, [{"agent_id": "agent_1"}], NUMBER),
    ("message.received", "body.text", WHATSAPP, {"body": "Hi"}, "Hi"),
    ("message.received", "body.text", RCS, "Hi", {"body": "Hi"}),
    *(
        row
        for name in ("message.received", *OUTBOUND)
        for row in (
            (name, "media", SMS, [], [FILE]),
            (name, "media", MMS, [FILE], [{}]),
            (name, "cc", SMS, [], [MEMBER]),
            (name, "cc", MMS, [MEMBER], [NUMBER]),
        )
    ),
]


def _value(event: str, path: str, overrides: dict[str, Json]) -> Json:
    inner: Json = webhook(event, **overrides).body
    for step in full_path(find(event), path).replace("[0]", ".0").split("."):
        if isinstance(inner, dict) and step not in inner:
            return ABSENT
        inner = inner[0] if step == "0" else inner[step]
    return inner


def _site_path(event: str, path: str) -> str:
    return full_path(find(event), path).replace("[0]", "[]")


@pytest.mark.parametrize(("event", "path", "value", "holds", "fails"), CONDITIONS)
def test_a_conditional_field_may_be_given_while_its_condition_holds(
    event: str, path: str, value: Json, holds: dict[str, Json], fails: dict[str, Json]
) -> None:
    assert _value(event, path, {**holds, path: value}) == value
    [site] = [site for site in descend(sites(find(event))) if site.path == _site_path(event, path)]
    if not site.field.optional:
        assert _value(event, path, holds) is not ABSENT
        with pytest.raises(UsageError, match="it is there whenever"):
            webhook(event, **holds, **{path: ABSENT})


@pytest.mark.parametrize(("event", "path", "value", "holds", "fails"), CONDITIONS)
def test_a_conditional_field_is_absent_and_refused_while_its_condition_fails(
    event: str, path: str, value: Json, holds: dict[str, Json], fails: dict[str, Json]
) -> None:
    assert _value(event, path, fails) is ABSENT
    with pytest.raises(UsageError, match="is there only while"):
        webhook(event, **fails, **{path: value})


@pytest.mark.parametrize(("event", "path", "overrides", "right", "wrong"), CASES)
def test_a_field_takes_the_kind_that_the_kind_of_message_calls_for(
    event: str, path: str, overrides: dict[str, Json], right: Json, wrong: Json
) -> None:
    assert _value(event, path, {**overrides, path: right}) == right
    with pytest.raises(UsageError):
        webhook(event, **overrides, **{path: wrong})


def test_no_condition_goes_untested() -> None:
    conditional = {
        (event.name, site.path)
        for event in family("messaging")
        for site in descend(sites(event))
        if site.field.when is not None
    }
    by_case = {
        (event.name, site.path)
        for event in family("messaging")
        for site in descend(sites(event))
        if isinstance(site.kind, Cases)
    }
    assert conditional == {(event, _site_path(event, path)) for event, path, *_ in CONDITIONS}
    assert by_case == {(event, _site_path(event, path)) for event, path, *_ in CASES}


@pytest.mark.parametrize(
    ("event", "direction"),
    [
        ("message.received", "inbound"),
        *((name, "outbound") for name in (*OUTBOUND, "message.read")),
    ],
)
def test_a_message_goes_one_way(event: str, direction: str) -> None:
    assert sample(event).payload["direction"] == direction
    with pytest.raises(UsageError, match="direction is always"):
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
    with pytest.raises(UsageError, match="type takes one of"):
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
