"""The documented examples, the types that Hypothesis knows, and what its statistics tell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from telnyx_mock import Draft, Emulator, Webhook
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.webhook import sample
from telnyx_mock.strategies import EXAMPLES, webhooks


def test_every_event_has_examples_of_which_the_sample_is_the_first() -> None:
    assert set(EXAMPLES) == {event.name for event in all_events()}
    assert len(EXAMPLES) == len(set(EXAMPLES))
    for event in all_events():
        first, *printed = EXAMPLES[event.name]
        assert first == sample(event.name)
        assert len(printed) == len(event.examples)
        assert all(list(webhook.differences()) for webhook in printed)


def test_what_is_no_event_is_no_key() -> None:
    assert "call.initated" not in EXAMPLES
    with pytest.raises(KeyError, match=r"call\.initiated"):
        EXAMPLES["call.initated"]


@given(webhooks("call.initiated"))
@example(EXAMPLES["call.initiated"][0])
def test_an_example_goes_out_with_ids_of_its_own(webhook: Webhook) -> None:
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


def test_the_statistics_tell_the_spread(tmp_path: Path) -> None:
    (tmp_path / "test_spread.py").write_text(
        "from hypothesis import given, settings\n"
        "from telnyx_mock.strategies import drafts\n"
        "@given(drafts('call.*', unknown_fields=True))\n"
        "@settings(max_examples=200, deadline=None, database=None, derandomize=True)\n"
        "def test_spread(request_): pass\n".replace("request_", "draft")
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--hypothesis-show-statistics", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    for expected in (
        "event: call.initiated",
        "layout: indented",
        "header names: title case",
        "departs in: nothing",
        "departs in: absent",
        "departs in: null",
        "departs in: text",
        "departs in: unknown member",
    ):
        assert f", {expected}" in ran.stdout, ran.stdout


def test_the_simplest_webhook_of_a_type_is_a_sample() -> None:
    assert list(find(st.from_type(Webhook), lambda webhook: True).differences()) == []
