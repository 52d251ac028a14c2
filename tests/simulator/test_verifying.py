"""An app verifies a number: a code arrives, webhooks tell of it, and the fake API knows the right one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.clock import SetClock
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.simulator import messages
from telnyx_mock.simulator.commands import VERIFIES
from tests.simulator.app import CLIENT, App
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


@pytest.mark.parametrize(("given", "seconds"), [({}, 300), ({"timeout_secs": 60}, 60)])
def test_a_code_expires_in_virtual_time(bound: Bound, given: dict[str, Any], seconds: int) -> None:
    app = App(ignores)
    telnyx = bound(app)
    for elapsed, response, status in (
        (seconds - 5, "accepted", "accepted"),
        (seconds + 1, "rejected", "expired"),
    ):
        id_ = begin(app, **given)
        code = telnyx.code_sent_to(CALLER)
        assert app.get(f"/v2/verifications/{id_}")["status"] == "pending"
        telnyx.pass_time(elapsed)
        for where in (f"by_phone_number/{CALLER}", id_):
            assert check(app, where, code) == response
        assert app.get(f"/v2/verifications/{id_}")["status"] == status


def test_a_code_that_nobody_knows_expires_too(bound: Bound) -> None:
    app = App(ignores)
    telnyx = bound(app)
    begin(app)
    telnyx.pass_time(301)
    assert check(app, f"by_phone_number/{CALLER}", "12345") == "rejected"


def test_without_a_simulation_the_clock_counts() -> None:
    def ask(path: str, **given: Any) -> Any:
        url = f"https://{API_HOST}/v2/verifications/{path}"
        return json.loads(api.respond("POST", url, {}, json.dumps(given).encode()).body)["data"]

    clock = SetClock(1_700_000_000)
    api = FakeApi(clock)
    id_ = ask("sms", phone_number=CALLER, verify_profile_id="1", timeout_secs=30)["id"]
    clock.advance(30)
    assert ask(f"{id_}/actions/verify", code="12345")["response_code"] == "accepted"
    clock.advance(1)
    assert ask(f"{id_}/actions/verify", code="12345")["response_code"] == "rejected"


def test_a_flow_leaves_the_time_of_the_test_alone(bound: Bound) -> None:
    app = App(ignores)
    telnyx = bound(app)
    begin(app)
    code = telnyx.code_sent_to(CALLER)
    telnyx.play("sms-conversation")
    telnyx.pass_time(301)
    assert check(app, f"by_phone_number/{CALLER}", code) == "rejected"


class SignUp:
    """An app in which a person signs up with a code; *lets_in* decides by the answer to the check of the code."""

    def __init__(self, lets_in: Callable[[httpx.Response], bool]) -> None:
        self.app = App(ignores)
        self._lets_in = lets_in

    def begins(self) -> None:
        begin(self.app)

    def enters(self, code: str) -> bool:
        """Whether somebody who types *code* has signed up."""
        url = f"https://{API_HOST}/v2/verifications/by_phone_number/{CALLER}/actions/verify"
        return self._lets_in(CLIENT.post(url, json={"code": code, "verify_profile_id": "1"}))


def careful(answer: httpx.Response) -> bool:
    return bool(answer.json()["data"]["response_code"] == "accepted")


def careless(answer: httpx.Response) -> bool:
    """Take each answer of success for a right code; that of a late code is one, too."""
    return answer.is_success


@pytest.mark.parametrize(("lets_in", "is_right"), [(careful, True), (careless, False)])
def test_who_types_the_code_too_late_has_not_signed_up(
    bound: Bound, lets_in: Callable[[httpx.Response], bool], is_right: bool
) -> None:
    sign_up = SignUp(lets_in)
    telnyx = bound(sign_up.app)
    sign_up.begins()
    code = telnyx.code_sent_to(CALLER)
    assert sign_up.enters(code)
    sign_up.begins()
    code = telnyx.code_sent_to(CALLER)
    telnyx.pass_time(301)
    assert sign_up.enters(code) is not is_right


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
