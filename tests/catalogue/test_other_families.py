"""The families beside voice and messages: envelopes, signatures, what is known in part."""

from __future__ import annotations

import pytest

from telnyx_mock.catalogue.registry import families, family, find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.event import Status
from telnyx_mock.schema.json_values import ABSENT


def test_the_sample_of_a_mail_has_exactly_one_kind_of_recipient() -> None:
    in_copy = {"cc": {"email": "jane@example.com"}}
    for name in (event.name for event in family("email") if event.payload.fields):
        for given in ({}, {"to": ABSENT}, {"to": ABSENT, **in_copy}):
            assert len({"to", "cc", "bcc"} & set(webhook(name, **given).payload)) == 1


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        (
            "campaignStatusUpdate",
            {
                "brandId",
                "campaignId",
                "createDate",
                "cspId",
                "description",
                "isTMobileRegistered",
                "status",
                "type",
            },
        ),
        *(
            (event.name, {"id", "event", "version", "occurred_at", "data"})
            for event in family("meeting")
        ),
        ("number_order.complete", {"data", "meta"}),
        ("video.room.session.started", {"data"}),
    ],
)
def test_each_event_comes_in_its_own_envelope(event: str, keys: set[str]) -> None:
    assert set(sample(event).body) == keys


def test_only_the_meeting_events_carry_a_signature_of_their_own() -> None:
    unsigned = {event.name for name in families() for event in family(name) if not event.signed}
    assert unsigned == {event.name for event in family("meeting")}


@pytest.mark.parametrize(
    "event",
    ["number_order.complete", *(event.name for event in family("number_reputation"))],
)
def test_meta_is_always_there_where_the_schema_requires_it(event: str) -> None:
    with pytest.raises(UsageError, match="meta is missing"):
        webhook(event, meta=ABSENT)
    assert "meta" not in webhook("fax.queued", meta=ABSENT).body


@pytest.mark.parametrize(
    "event", [*(event.name for event in family("email")), "porting_order.loa_updated"]
)
def test_what_is_known_in_part_is_sent_only_when_named(event: str) -> None:
    assert find(event).status is Status.PARTIAL


def test_what_is_known_by_name_takes_any_payload() -> None:
    built = webhook("email_domain.created", extra={"domain": {"name": "example.com"}})
    assert built.payload == {"domain": {"name": "example.com"}}


def test_an_entry_of_the_porting_log_has_no_payload() -> None:
    assert sample("porting_order.loa_updated").body["data"]["payload"] is None
