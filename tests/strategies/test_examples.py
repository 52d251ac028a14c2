"""The documented examples, the types that Hypothesis knows, and its statistics."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import example, find, given, settings
from hypothesis import strategies as st
from hypothesis.statistics import collector

from telnyx_mock import Draft, Emulator, Webhook
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.webhook import sample
from telnyx_mock.strategies import EXAMPLES, drafts, webhooks


def test_every_event_has_examples_of_which_the_sample_is_the_first() -> None:
    assert set(EXAMPLES) == {event.name for event in all_events()}
    assert len(EXAMPLES) == len(set(EXAMPLES))
    for event in all_events():
        first, *printed = EXAMPLES[event.name]
        assert first == sample(event.name)
        assert len(printed) == len(event.examples)
        assert all(list(webhook.differences()) for webhook in printed)


def test_an_unknown_event_is_no_key() -> None:
    assert "call.initated" not in EXAMPLES
    with pytest.raises(KeyError, match=r"call\.initiated"):
        EXAMPLES["call.initated"]


@given(webhooks("call.initiated"))
@example(EXAMPLES["call.initiated"][0])
def test_an_example_is_sent_with_new_ids_each_time(webhook: Webhook) -> None:
    emulator = Emulator()
    assert emulator.request(webhook).body
    if not webhook.generated:
        assert emulator.request(webhook).body != emulator.request(webhook).body


@given(st.from_type(Webhook), st.from_type(Draft))
def test_hypothesis_makes_webhooks_where_a_type_asks_for_them(
    webhook: Webhook, draft: Draft
) -> None:
    assert isinstance(webhook, Webhook)
    assert isinstance(draft.webhook, Webhook)


@given(...)
def test_annotations_are_enough(webhook: Webhook) -> None:
    assert webhook.event.sent_unnamed


@pytest.mark.parametrize(
    "imports",
    [
        "import hypothesis; from telnyx_mock import Webhook",
        "from telnyx_mock import Webhook; import hypothesis",
        "import hypothesis; import telnyx_mock.strategies; from telnyx_mock.payload.webhook import Webhook",
    ],
)
def test_types_are_known_whatever_is_imported_first(imports: str) -> None:
    program = (
        f"{imports}\nfrom hypothesis import find, strategies as st\n"
        "print(find(st.from_type(Webhook), lambda webhook: True))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout.startswith("<Webhook "), ran.stderr


def test_importing_hypothesis_loads_no_more_than_the_package() -> None:
    program = "import hypothesis, sys; print([name for name in sys.modules if 'telnyx' in name])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert set(eval(ran.stdout)) <= {"telnyx_mock", "telnyx_mock._version"}


def test_the_statistics_show_which_mutations_were_drawn() -> None:
    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(drafts("call.*", unknown_fields=True))
    def spread(draft: Draft) -> None:
        pass

    found: list[Any] = []
    with collector.with_value(found.append):
        spread()
    labels = {
        label for case in found[0]["generate-phase"]["test-cases"] for label in case["events"]
    }
    assert labels >= {
        "event: call.initiated",
        "layout: indented",
        "header names: title case",
        "mutation: none",
        "mutation: absent",
        "mutation: null",
        "mutation: text",
        "mutation: unknown member",
    }


def test_the_simplest_webhook_of_a_type_is_a_sample() -> None:
    assert list(find(st.from_type(Webhook), lambda webhook: True).differences()) == []
