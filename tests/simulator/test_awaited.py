"""An async test plays people, on asyncio and trio: the app runs on the loop of the test."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest

from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.patience import PATIENCE
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.simulator.async_people import AsyncCall, AsyncConversation, AsyncFaxMachine
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.conversation import Conversation
from telnyx_mock.simulator.fax_machine import FaxMachine
from telnyx_mock.transports.app_kind import open_app
from tests.neighbours import environment_with
from tests.simulator.world import APP, CALLER

PDF = "https://example.com/answer.pdf"


class Office:
    """An ASGI app: it answers calls, messages and faxes, and verifies a number. It needs one loop, as pools do."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.events: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.threads.add(threading.get_ident())
        data = json.loads((await receive())["body"])["data"]
        self.events.append(data["event_type"])
        await self._handle(data["event_type"], data["payload"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def _handle(self, event: str, payload: dict[str, Any]) -> None:
        call = f"/v2/calls/{payload.get('call_control_id')}/actions"
        match event:
            case "call.initiated" if payload["direction"] == "incoming":
                await self.post(f"{call}/answer")
            case "call.answered" if payload["to"] == APP:
                await self.post(f"{call}/gather", maximum_digits=1)
            case "message.received":
                writer = payload["from"]["phone_number"]
                await self.post("/v2/messages", to=writer, **{"from": APP}, text="Thank you!")
            case "fax.received":
                await self.post(
                    "/v2/faxes", connection_id="1", to=CALLER, **{"from": APP}, media_url=PDF
                )

    async def post(self, path: str, **given: Any) -> Any:
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"https://{API_HOST}{path}", json=given)
        return answer.json().get("data")  # none for whoever has opted out

    async def begin(self) -> str:
        """Verify the number of the person, and return the id of the verification."""
        sms = {"phone_number": CALLER, "verify_profile_id": "1"}
        made = await self.post("/v2/verifications/sms", **sms)
        return str(made["id"])

    async def accepts(self, id_: str, code: str) -> bool:
        """Whether *code* is right."""
        answer = await self.post(f"/v2/verifications/{id_}/actions/verify", code=code)
        return bool(answer["response_code"] == "accepted")


Story = Callable[[Emulator, Office], Awaitable[None]]


async def calls(telnyx: Emulator, office: Office) -> None:
    call = await telnyx.acall(from_=CALLER)
    await call.press("1")
    await call.expect("gather", maximum_digits=1)
    assert "call.gather.ended: 1 (200 OK)" in call.transcript
    await telnyx.asend_again("call.gather.ended")
    assert office.events.count("call.gather.ended") == 2
    await call.hang_up()
    assert call.ended
    with pytest.raises(ReceiverFailure, match="the call has ended"):
        await call.say("Hello?")
    with pytest.raises(ReceiverFailure, match="calls no telephone"):
        await telnyx.adialled()
    with pytest.raises(UsageError, match=r"with call\(\), conversation\(\)"):
        telnyx.call()


async def converses(telnyx: Emulator, office: Office) -> None:
    chat = await telnyx.aconversation(from_=CALLER, to=APP)
    await chat.write("Hello")
    assert chat.received == ["Thank you!"]
    command = await chat.expect(contains="Thank you")
    assert chat.commands == [command]
    chat.be_unreachable()
    await chat.write("Hello?")
    assert chat.received == ["Thank you!"]
    chat.be_reachable()
    await chat.write("STOP")
    assert "writes: STOP" in chat.transcript
    with pytest.raises(UsageError, match=r"by='RCS'"):
        await chat.press("Yes")


async def faxes(telnyx: Emulator, office: Office) -> None:
    machine = await telnyx.afax_machine(at=CALLER, to=APP)
    await machine.send(pages=3)
    assert machine.received == [PDF]
    await machine.expect(media_url=PDF)
    machine.fail("user_busy")
    await machine.send()
    assert machine.received == [PDF]
    assert office.events[-1] == "fax.failed"
    machine.work()


async def verifies(telnyx: Emulator, office: Office) -> None:
    id_ = await office.begin()
    code = await telnyx.acode_sent_to(CALLER)
    assert not await office.accepts(id_, "0" if code != "0" else "1")
    assert await office.accepts(id_, code)
    await telnyx.apass_time(301)
    assert not await office.accepts(id_, code)
    assert office.events == ["verify.sent", "verify.delivered"]


async def plays(telnyx: Emulator, office: Office) -> None:
    played = await telnyx.aplay("inbound-ivr")
    assert played.calls["caller"].ended
    assert office.events.count("call.gather.ended") == 1
    assert "presses 1" in played.transcript
    played = await telnyx.aplay("sms-conversation")
    assert played.conversations["caller"].commands
    dial = {"connection_id": "1", "to": CALLER, "from": APP}
    played = await telnyx.aplay("outbound-busy", first=lambda: office.post("/v2/calls", **dial))
    assert office.events[-1] == "call.hangup"
    with pytest.raises(UsageError, match="say how, with first="):
        await telnyx.aplay("outbound-busy")


STORIES = [calls, converses, faxes, verifies, plays]


def tell(story: Story, backend: str) -> None:
    """Let *story* happen on a loop of this library."""
    office = Office()
    receiver = open_app(office)
    telnyx = Emulator(receiver, patience=replace(PATIENCE, effect=0.1))
    anyio.run(story, telnyx, office, backend=backend)
    assert office.threads == {threading.get_ident()}
    telnyx.unbind()
    receiver.close()


@pytest.mark.parametrize("story", STORIES)
def test_the_app_runs_on_the_loop_of_the_test(story: Story) -> None:
    tell(story, "asyncio")


@pytest.mark.slow
def test_the_app_runs_on_trio_too() -> None:
    """Trio needs a process of its own: httpcore loads it wherever it is installed."""
    code = "from tests.simulator.test_awaited import STORIES, tell\nfor each in STORIES: tell(each, 'trio')"
    environment = environment_with("trio", "outcome")
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("counterpart", "original"),
    [(AsyncCall, Call), (AsyncConversation, Conversation), (AsyncFaxMachine, FaxMachine)],
)
def test_a_counterpart_can_do_all_that_the_original_can(counterpart: type, original: type) -> None:
    names = {name for name in vars(original) if not name.startswith("_")}
    assert names == {name for name in dir(counterpart) if not name.startswith("_")}
    for name in names:
        both = getattr(original, name), getattr(counterpart, name)
        if not isinstance(both[0], property):
            of, others = (inspect.signature(each).parameters for each in both)
            assert list(of) == list(others), name


def test_the_emulator_has_a_counterpart_for_each_way_to_play_people() -> None:
    ways = ("call", "dialled", "conversation", "fax_machine", "code_sent_to", "play", "pass_time")
    for name in (*ways, "send_again"):
        counterpart = getattr(Emulator, f"a{name}")
        assert inspect.iscoroutinefunction(counterpart)
        of = inspect.signature(getattr(Emulator, name)).parameters
        assert [str(each) for each in of.values()] == [
            str(each) for each in inspect.signature(counterpart).parameters.values()
        ]
