"""The code that reads a member reads it where it is, and bears that it is absent or null."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from telnyx._models import construct_type
from telnyx.types.unwrap_webhook_event import UnwrapWebhookEvent

from telnyx_mock.contract.app_facts import Framework
from telnyx_mock.diagnosis.remedies import Remedy, code
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.json_values import Json

EVENT = sample("message.finalized").body

MEMBERS = {
    "data.payload.text": "text",
    "data.payload.to[].carrier": "carrier",
    "data.payload.to[0].carrier": "carrier",
    "data.payload.from.carrier": "carrier",
    "data.payload.from": "from_",
    "data.payload.cost_breakdown.rate.amount": "amount",
    "data.event_type": "event_type",
}
"""Members that the sample has, and the names of the variables for them."""

POOR = [
    {"data": {"payload": {}}},
    {"data": {"payload": {"to": None, "from": None, "text": None, "cost_breakdown": None}}},
    {"data": {"payload": {"to": [], "from": {}, "cost_breakdown": {}}}},
    {"data": {"payload": {"to": [{}], "cost_breakdown": {"rate": None}}}},
]
"""Events in which none of the members has a value."""


def value(member: str, event: Json) -> Json:
    for step in re.findall(r"\w+", member.replace("[]", "[0]")):
        event = event[int(step) if step.isdigit() else step]
    return event


def variables(text: str, **names: Any) -> dict[str, Any]:
    """The variables after *text*, which begins with *names*."""
    exec(text, names)
    return names


def model(event: Json) -> Any:
    """The model that the official SDK makes of *event*."""
    return construct_type(type_=UnwrapWebhookEvent, value=event)


def plain(found: Any) -> Json:
    """*found* without models."""
    return found if found is None or isinstance(found, str) else found.to_dict()


@pytest.mark.parametrize("member", MEMBERS)
def test_of_a_dict(member: str) -> None:
    text = code(Remedy.READ_OPTIONAL, member=member)
    expected = value(member, EVENT)
    assert expected
    assert variables(text, event=EVENT)[MEMBERS[member]] == expected
    for event in POOR:
        assert variables(text, event=event)[MEMBERS[member]] in (None, {})


@pytest.mark.parametrize("member", MEMBERS)
def test_of_a_model(member: str) -> None:
    text = code(Remedy.READ_OPTIONAL, member=member, of_model=True)
    found = variables(text, event=model(EVENT))[MEMBERS[member]]
    assert plain(found) == value(member, EVENT)
    for event in POOR:
        assert plain(variables(text, event=model(event))[MEMBERS[member]]) in (None, {})


def test_of_a_later_item() -> None:
    text = code(Remedy.READ_OPTIONAL, member="data.payload.to[1].carrier")
    to = [{"carrier": "first"}, {"carrier": "second"}]
    assert variables(text, event={"data": {"payload": {"to": to}}})["carrier"] == "second"
    assert variables(text, event={"data": {"payload": {"to": to[:1]}}})["carrier"] is None


def test_of_a_form() -> None:
    text = code(Remedy.READ_OPTIONAL, member="SpeechResult")
    assert variables(text, form={"SpeechResult": "yes"})["SpeechResult"] == "yes"
    assert variables(text, form={})["SpeechResult"] is None


@pytest.mark.long
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("member", MEMBERS)
def test_in_javascript(member: str) -> None:
    text = code(Remedy.READ_OPTIONAL, Framework.EXPRESS, member=member)
    program = (
        f"const read = (event) => {{\n{text}\nreturn {MEMBERS[member]} ?? null; }};\n"
        f"console.log(JSON.stringify({json.dumps([EVENT, *POOR])}.map(read)));"
    )
    ran = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    found, *others = json.loads(ran.stdout)
    assert found == value(member, EVENT)
    assert all(other in (None, {}) for other in others)
