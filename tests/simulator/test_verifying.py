"""An app verifies a number: a code arrives, webhooks tell of it, and the fake API knows the right one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.simulator import messages
from telnyx_mock.simulator.commands import VERIFIES
from tests.simulator.app import App
from tests.simulator.conftest import Bound
from tests.simulator.world import AGENT, CALLER, World


def ignores(app: App, event: str, payload: dict[str, Any]) -> None:
    """Do nothing."""


def begin(app: App, number: str = CALLER, **given: Any) -> str:
    """Let *app* send a code, and return the id of the verification."""
    made = app.post("/v2/verifications/sms", phone_number=number, verify_profile_id="1", **given)
    return str(made["id"])


def check(app: App, where: str, code: str) -> str:
    answer = app.post(f"/v2/verifications/{where}/actions/verify", code=code, verify_profile_id="1")
    return str(answer["response_code"])


def test_a_code_arrives_and_only_that_is_right(bound: Bound) -> None:
    app = App(ignores)
    telnyx = bound(app)
    id_ = begin(app)
    code = telnyx.code_sent_to(CALLER)
    assert [event for _, event in app.seen] == ["verify.sent", "verify.delivered"]
    wrong = "00000" if code != "00000" else "00001"
    for where in (f"by_phone_number/{CALLER}", id_):
        assert check(app, where, wrong) == "rejected"
        assert check(app, where, code) == "accepted"


def test_each_person_has_a_code_of_their_own(bound: Bound) -> None:
    app = App(ignores)
    telnyx = bound(app)
    begin(app, custom_code="11111")
    begin(app, AGENT, custom_code="22222")
    assert [telnyx.code_sent_to(number) for number in (CALLER, AGENT)] == ["11111", "22222"]
    assert check(app, f"by_phone_number/{CALLER}", "22222") == "rejected"
    assert check(app, f"by_phone_number/{AGENT}", "22222") == "accepted"


def test_any_code_is_right_until_somebody_knows_it(bound: Bound) -> None:
    app = App(ignores)
    bound(app)
    begin(app)
    assert check(app, f"by_phone_number/{CALLER}", "12345") == "accepted"
    begin(app, custom_code="11111")
    assert check(app, f"by_phone_number/{CALLER}", "12345") == "rejected"


def test_a_second_code_replaces_the_first(bound: Bound) -> None:
    app = App(ignores)
    telnyx = bound(app)
    begin(app, custom_code="11111")
    assert telnyx.code_sent_to(CALLER) == "11111"
    begin(app, custom_code="22222")
    assert telnyx.code_sent_to(CALLER) == "22222"
    assert len(app.seen) == 4


def test_no_code_reaches_who_is_unreachable(bound: Bound) -> None:
    app = App(ignores)
    telnyx = bound(app)
    telnyx.conversation(from_=CALLER).be_unreachable()
    begin(app)
    with pytest.raises(ReceiverFailure, match=r"No code has arrived at \+13125550142"):
        telnyx.code_sent_to(CALLER)
    assert [event for _, event in app.seen] == ["verify.sent", "verify.failed"]


@settings(max_examples=20)
@given(
    st.sampled_from(sorted(VERIFIES)),
    st.fixed_dictionaries(
        {},
        optional={
            "custom_code": st.sampled_from(["25565", "1234"]),
            "timeout_secs": st.integers(1, 600),
            "extension": st.sampled_from(["1", "102"]),
        },
    ),
    st.booleans(),
)
def test_every_verification_sends_valid_webhooks_in_order(
    name: str, given: dict[str, Any], fails: bool
) -> None:
    world = World()
    messages.inbox(world.network, CALLER).error = messages.UNREACHABLE if fails else None
    made = {"type": name.split(".")[1]}
    world.command(name, made=made, phone_number=CALLER, verify_profile_id="1", **given)
    assert world.run() == ["verify.sent", "verify.failed" if fails else "verify.delivered"]
    world.assert_valid()
