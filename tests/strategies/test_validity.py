"""Telnyx could send every drawn webhook."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import pretty

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import Webhook, sample, webhook
from telnyx_mock.schema.validate import problems
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import verify
from telnyx_mock.strategies import drafts, webhooks

MANY = settings(max_examples=60, deadline=None, database=None)


def strings(value: Any) -> list[str]:
    """All strings in *value*, names of members included."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in strings(part)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_a_drawn_webhook_has_no_problems(names: list[str]) -> None:
    @settings(max_examples=60 if len(names) == 1 else 1000, deadline=None, database=None)
    @given(webhooks(*names))
    def check(webhook: Webhook) -> None:
        assert webhook.event.name in names
        assert webhook.generated
        assert not list(problems(webhook.event, webhook.body))
        for text in strings(webhook.body):
            assert "\0" not in text
            text.encode()

    check()


def test_the_simplest_webhook_is_the_documented_sample() -> None:
    for event in all_events():
        simplest: list[Webhook] = []

        @settings(max_examples=1, database=None)  # Hypothesis begins with the simplest
        @given(webhooks(event.name))
        def collect(webhook: Webhook) -> None:
            simplest.append(webhook)  # noqa: B023 - it is called at once

        collect()
        assert list(simplest[0].differences()) == [], event.name


@MANY
@given(webhooks("call.initiated", "message.*", "texml.*"))
def test_every_phone_number_is_from_a_range_for_fiction(webhook: Webhook) -> None:
    fiction = re.compile(r"1[2-9][0-9]{2}55501[0-9]{2}|442079460[0-9]{3}|61491570[0-9]{3}")
    documented = set(strings(sample(webhook.name).body))
    for text in strings(webhook.body):
        if text not in documented:
            for number in re.findall(r"\+([1-9][0-9]{9,14})\b", text):
                assert fiction.fullmatch(number)


@MANY
@given(drafts("call.initiated", "message.received", "texml.siprec"))
def test_a_signed_draft_verifies_and_carries_the_webhook(draft: Draft) -> None:
    key = KeyPair.generate()
    request = sign(draft, key, timestamp=1_700_000_000)
    assert verify(key.public_key, request, now=1_700_000_000).ok
    if draft.webhook.event.root:
        assert json.loads(request.body) == draft.webhook.body


@pytest.mark.parametrize(
    "written_so",
    [
        pytest.param(lambda draft: draft.layout == "indented", id="layout"),
        pytest.param(lambda draft: draft.layout == "escaped", id="escapes"),
        pytest.param(lambda draft: draft.header_case == "title", id="title-case"),
        pytest.param(lambda draft: draft.header_case == "upper", id="upper-case"),
        pytest.param(lambda draft: draft.charset, id="charset"),
        pytest.param(lambda draft: draft.reverse_headers, id="header-order"),
    ],
)
def test_each_way_of_writing_a_draft_is_drawn_and_shrinks_alone(written_so: Any) -> None:
    patient = settings(database=None, max_examples=1000)  # Hypothesis may repeat itself for long
    found = find(drafts("call.initiated"), written_so, settings=patient)
    usual = Draft(found.webhook)
    assert list(found.webhook.differences()) == []
    differing = [
        part for part in ("layout", "header_case", "charset", "reverse_headers")
        if getattr(found, part) != getattr(usual, part)
    ]  # fmt: skip
    assert len(differing) == 1


@MANY
@given(webhooks("call.initiated", "texml.siprec", unknown_fields=True))
def test_unknown_fields_are_the_only_problem_where_they_are_asked_for(webhook: Webhook) -> None:
    found = list(problems(webhook.event, webhook.body))
    assert all(problem.code == "unknown" for problem in found)
    json.dumps(webhook.body)


def test_unknown_fields_come_up_only_where_they_are_asked_for() -> None:
    def surprising(webhook: Webhook) -> bool:
        return bool(list(problems(webhook.event, webhook.body)))

    found = find(webhooks("call.initiated", unknown_fields=True), surprising)
    assert [path for path, _ in found.differences()] == ["payload.new_field"]


@MANY
@given(st.data())
def test_a_field_to_avoid_stays_as_in_the_sample(data: st.DataObject) -> None:
    avoided = data.draw(
        st.sampled_from(["payload.client_state", "payload.tags", "payload.sip_headers[].value"])
    )
    webhook = data.draw(webhooks("call.initiated", avoid=[avoided]))
    for path, _ in webhook.differences():
        assert not re.sub(r"\[[0-9]+\]", "[]", path).startswith(avoided)


def test_an_unknown_path_to_avoid_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'payload\.client_state'"):
        webhooks("call.initiated", avoid=["payload.client_stat"])


def test_an_unknown_event_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match=r"call\.initiated"):
        webhooks("call.initated")


@given(webhooks())
def test_without_a_pattern_the_json_events_are_drawn(webhook: Webhook) -> None:
    assert webhook.event.content_type.value == "application/json"


def test_a_failing_webhook_is_printed_by_its_differences() -> None:
    found = find(webhooks("call.initiated"), lambda webhook: webhook.payload["from"] == "anonymous")
    assert pretty(found) == repr(found) == "<Webhook call.initiated, payload.from='anonymous'>"
    draft = Draft(found, layout="sorted")
    assert pretty(draft) == repr(draft)


def test_the_printed_webhook_is_short_enough_for_hypothesis() -> None:
    assert len(repr(webhook("call.initiated", tags=["👋" * 1600] * 100))) < 500
