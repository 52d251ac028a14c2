"""Hypothesis draws flows; a test plays them, and a failure shrinks to a short story."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import find, given, settings

from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.flows.flow import Act, Flow
from telnyx_mock.strategies import calls, conversations
from telnyx_mock.transports.app_kind import open_app
from tests.flows import apps
from tests.simulator.app import App


@contextmanager
def opened(app: App) -> Iterator[Emulator]:
    """Bind *app* to an emulator in the block."""
    receiver = open_app(app)
    emulator = Emulator(receiver)
    try:
        yield emulator
    finally:
        emulator.unbind()
        receiver.close()


def story(flow: Flow) -> list[str]:
    return [str(act) for act in flow.acts]


@settings(max_examples=25, deadline=None)
@given(flow=calls())
def test_any_call_is_played_to_its_end(flow: Flow) -> None:
    with opened(apps.ivr) as telnyx:
        played = telnyx.play(flow)
        assert played.calls["caller"].ended
    assert "calls +13125550199" in played.transcript


@settings(max_examples=25, deadline=None)
@given(flow=conversations(by=["SMS", "RCS", "WHATSAPP"]))
def test_any_conversation_is_played_to_its_end(flow: Flow) -> None:
    with opened(apps.answers_nobody) as telnyx:
        played = telnyx.play(flow)
    assert set(played.conversations) <= {"caller", "second"}


@pytest.mark.slow
def test_the_simplest_flows_are_short() -> None:
    assert story(find(calls(), lambda flow: True)) == ["caller rings", "caller hangs up"]
    assert story(find(conversations(), lambda flow: True)) == ["caller writes 'Hello'"]


@pytest.mark.slow
def test_a_failure_shrinks_to_a_short_story() -> None:
    """The app keeps one call only: when the first caller presses a key, it hangs up the second call."""
    last: list[str] = []
    wrong: list[str] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        if event == "call.initiated":
            last[:] = [payload["call_control_id"]]
            app.do("answer", payload)
        elif event == "call.dtmf.received" and payload["call_control_id"] != last[0]:
            wrong.append(event)

    def is_mixed_up(flow: Flow) -> bool:
        wrong.clear()
        telnyx.play(flow)
        return bool(wrong)

    with opened(App(handle)) as telnyx:
        smallest = find(calls(), is_mixed_up, settings=settings(max_examples=500, deadline=None))
    assert story(smallest) == [
        "caller rings",
        "second rings",
        "caller presses '0'",
        "caller hangs up",
        "second hangs up",
    ]


def test_a_flow_is_played_by_its_name() -> None:
    with opened(apps.ivr) as telnyx:
        played = telnyx.play("transfer")
        assert played.calls["dialled"].heard == ["Good day."]
        with pytest.raises(UsageError, match="'transfer'"):
            telnyx.play("transfr")
        with pytest.raises(UsageError, match="first="):
            telnyx.play("outbound-busy")


def test_the_app_may_begin_and_what_it_began_before_is_left_alone() -> None:
    with opened(apps.reminds) as telnyx:
        apps.dials()
        played = telnyx.play("outbound-person", first=apps.dials)
        assert played.calls["dialled"].heard == ["Remember."]
        assert played.transcript.count("call.initiated") == 1
        with pytest.raises(ReceiverFailure, match="calls no telephone"):
            telnyx.play("outbound-person", first=lambda: None)


def test_a_flow_and_the_calls_of_the_test_are_apart() -> None:
    """What the app dials in a flow rings at no telephone of the test, and who opts out there has not here."""
    with opened(apps.reminds) as telnyx:
        call = telnyx.call()
        telnyx.play("outbound-person", first=apps.dials)
        assert "outgoing" not in repr(call)
        assert "+13125550171" not in call.transcript
        with pytest.raises(ReceiverFailure, match="calls no telephone"):
            telnyx.dialled()
        apps.dials()
        assert telnyx.dialled().state == "ringing"
    with opened(apps.replies) as telnyx:
        played = telnyx.play(Flow("out", "", (Act("caller", "writes", "STOP"),)))
        assert played.conversations["caller"].received == []
        chat = telnyx.conversation()
        chat.write("Hello")
        assert chat.received == ["Thank you."]


def test_people_are_strangers_in_each_flow() -> None:
    with opened(apps.ivr) as telnyx:
        numbers = {telnyx.play("hangs-up-early").transcript.split()[2] for _ in range(3)}
    assert len(numbers) == 3


def test_mistakes_are_said() -> None:
    for wrong, problem in (
        (lambda: calls(keys="x"), "no such keys: 'x'"),
        (lambda: calls(words=[]), "no words to draw"),
        (lambda: conversations(by=["Mail"]), "no kind of message 'Mail'"),
        (lambda: conversations(by=[]), "no ways to draw"),
    ):
        with pytest.raises(UsageError, match=problem):
            wrong()
