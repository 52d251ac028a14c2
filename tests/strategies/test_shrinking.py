"""A failing webhook shrinks to one that differs from the sample only in the field that matters."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, seed, settings

from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.strategies import webhooks


class Crash(Exception):
    """The error of the faulty receiver."""


def minimal(pattern: str, fault: Callable[[Any], bool], number: int) -> Webhook:
    """The webhook that Hypothesis reports for a receiver with this *fault*."""
    failing: list[Webhook] = []

    @seed(number)
    @settings(
        max_examples=1000,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        print_blob=False,
    )
    @given(webhooks(pattern))
    def receive(webhook: Webhook) -> None:
        if fault(webhook.payload):
            failing.append(webhook)
            raise Crash

    with pytest.raises(Crash):
        receive()
    return failing[-1]


FAULTS = [
    pytest.param(
        "call.initiated",
        lambda call: call.get("client_state"),
        {"payload.client_state": "aGF2ZSBhIG5pY2UgZGF5ID1d"},
        id="client_state-present",
    ),
    pytest.param(
        "call.initiated",
        lambda call: "client_state" not in call,
        {"payload.client_state": ABSENT},
        id="client_state-absent",
    ),
    pytest.param(
        "call.initiated",
        lambda call: not call["from"].startswith("+"),
        {"payload.from": "anonymous"},
        id="from-no-number",
    ),
    pytest.param(
        "call.initiated",
        lambda call: len(call.get("caller_id_name", "")) > 50,
        {"payload.caller_id_name": ("Jane Roe" * 7)[:51]},
        id="name-over-50",
    ),
    pytest.param(
        "message.received",
        lambda message: bool(re.search("[\U0001f300-\U0001faff]", message.get("text", ""))),
        {"payload.text": "👋"},
        id="emoji",
    ),
    pytest.param(
        "call.initiated",
        lambda call: "tags" in call,
        {"payload.tags": ["tag-01"]},
        id="tags-present",
    ),
    pytest.param(
        "message.received",
        lambda message: "tags" not in message,
        {"payload.tags": ABSENT},
        id="tags-absent",
    ),
    pytest.param(
        "message.received",
        lambda message: message.get("media"),
        {"payload.type", "payload.media"},  # only an MMS has any
        id="media",
    ),
    pytest.param(
        "message.received",
        lambda message: len(message["to"][1:]) > 0 and not isinstance(message["to"], str),
        {"payload.type", "payload.to", "payload.media"},  # a group is MMS, and that has files
        id="two-recipients",
    ),
    pytest.param(
        "call.hangup",
        lambda call: call["hangup_cause"] == "time_limit",
        {"payload.hangup_cause": "time_limit"},
        id="enum",
    ),
    pytest.param(
        "call.initiated",
        lambda call: "." not in call.get("start_time", "."),
        {"payload.start_time"},
        id="no-fraction",
    ),
    pytest.param(
        "call.initiated",
        lambda call: call["from"].startswith("sip:"),
        {"payload.from": "sip:user@example.com"},
        id="from-sip-address",
    ),
    pytest.param(
        "message.received",
        lambda message: len(message.get("text", "")) > 1000,
        {"payload.text"},
        id="long-text",
    ),
    pytest.param(
        "message.received",
        lambda message: len(message.get("cc", [])) > 0,
        {"payload.type", "payload.cc", "payload.media"},  # a group is MMS, and that has files
        id="group",
    ),
    pytest.param(
        "message.finalized",
        lambda message: message["errors"],
        {"payload.to[0].status", "payload.errors"},
        id="errors",
    ),
    pytest.param(
        "call.initiated",
        lambda call: call.get("caller_id_name") == "",
        {"payload.caller_id_name": ""},
        id="empty-name",
    ),
    pytest.param(
        "texml.call.completed",
        lambda call: not call["From"].startswith("+"),
        {"From": "anonymous"},
        id="form",
    ),
    pytest.param(
        "call.*",
        lambda call: "client_state" not in call,
        {"payload.client_state": ABSENT},
        id="any-call",
    ),
]
"""A pattern, when the receiver crashes, and the expected differences or their paths."""


SEEDS = [
    pytest.param(number, marks=pytest.mark.slow if number else ())
    for number in range(int(os.environ.get("SEEDS", "2")))
]


@pytest.mark.parametrize("number", SEEDS)
@pytest.mark.parametrize(("pattern", "fault", "shown"), FAULTS)
def test_the_minimal_webhook_differs_only_in_the_field_that_makes_it_fail(
    pattern: str, fault: Callable[[Any], bool], shown: dict[str, Any] | set[str], number: int
) -> None:
    found = dict(minimal(pattern, fault, number).differences())
    assert (found if isinstance(shown, dict) else set(found)) == shown
