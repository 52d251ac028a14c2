"""Receivers that call people: a switchboard, one that calls back, and one that reminds people."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import httpx

from telnyx_mock.provider_urls import API_HOST
from tests.calls.receivers import CLIENT, Retrying, read, written

AGENTS = ("+13125550171", "+13125550172")


class Dialling(Retrying):
    """Sends a command again that the API did not carry out, and can dial."""

    def dial(self, to: str, payload: dict[str, Any], state: str, once: str, **given: Any) -> str:
        """Call *to*, and return the id of the new call; empty if the API refuses to."""
        body = {
            "to": to,
            "from": payload["to"],
            "connection_id": payload["connection_id"],
            "client_state": written(state),
            "command_id": once,
            **given,
        }
        for _ in range(2):
            answer = self.post(body)
            if answer.status_code == 200:
                return str(answer.json()["data"]["call_control_id"])
        return ""

    def post(self, body: dict[str, Any]) -> httpx.Response:
        return CLIENT.post(f"https://{API_HOST}/v2/calls", json=body)


class Switchboard(Dialling):
    """Calls both agents at once for a caller, joins the first who answers, and hangs up the other."""

    def __init__(self) -> None:
        super().__init__()
        self.ringing: dict[str, set[str]] = {}  # the agents' calls, by the caller's

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call, once = payload["call_control_id"], {"command_id": event_id}
        state = read(payload.get("client_state"))
        caller = state.removeprefix("agent for ") if state.startswith("agent for ") else ""
        match event:
            case "call.initiated" if payload["direction"] == "incoming":
                return [self.do("answer", call, client_state=written("caller"), **once)]
            case "call.answered" if state == "caller":
                about = f"agent for {call}"
                calls = {
                    self.dial(to, payload, about, f"{event_id} {to}", timeout_secs=20)
                    for to in AGENTS
                } - {""}
                self.ringing[call] = calls
                return [] if calls else [self.apologise(call, **once)]
            case "call.answered" if caller:
                others = self.ringing.pop(caller, None)
                if others is None:
                    return [self.do("hangup", call, **once)]
                statuses = [self.join(call, caller, **once)]
                return statuses + [self.do("hangup", other, **once) for other in others - {call}]
            case "call.hangup" if state == "caller":
                return [self.do("hangup", each, **once) for each in self.ringing.pop(call, ())]
            case "call.hangup" if caller in self.ringing:
                self.ringing[caller].discard(call)
                if not self.ringing[caller]:
                    del self.ringing[caller]
                    return [self.apologise(caller, **once)]
            case "call.speak.ended" if state == "goodbye":
                return [self.do("hangup", call, **once)]
        return []

    def join(self, call: str, caller: str, **once: str) -> int:
        return self.do("bridge", call, call_control_id=caller, **once)

    def apologise(self, call: str, **once: str) -> int:
        state = written("goodbye")
        words = {"payload": "Nobody is there.", "voice": "female"}
        return self.do("speak", call, client_state=state, **words, **once)


class CallingBack(Dialling):
    """Rejects each call, and calls the caller back to say something."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call, once = payload["call_control_id"], {"command_id": event_id}
        match event, read(payload.get("client_state")):
            case "call.initiated", "" if payload["direction"] == "incoming":
                return [self.do("hangup", call, client_state=written("first"), **once)]
            case "call.hangup", "first":
                self.dial(payload["from"], payload, "back", event_id)
            case "call.answered", "back":
                words = {"payload": "You have called us.", "voice": "female"}
                return [self.do("speak", call, **words, **once)]
            case "call.speak.ended", "back":
                return [self.do("hangup", call, **once)]
        return []


class TimedSwitchboard(Switchboard):
    """Stops to call the agents by a timer of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[threading.Timer] = []

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = super().handle(event, payload, event_id)
        if event == "call.answered" and payload["call_control_id"] in self.ringing:
            timer = threading.Timer(20, self.stop, [payload["call_control_id"]])
            timer.start()
            self.timers.append(timer)
        return statuses

    def stop(self, call: str) -> None:
        for each in self.ringing.pop(call, ()):
            self.do("hangup", each, command_id="stop")


class Reminding(Dialling):
    """Calls a person, says something, and leaves it with a machine after the greeting."""

    def remind(self) -> None:
        payload = {"to": "+13125550199", "connection_id": "7267000000000000001"}
        detection = {"answering_machine_detection": "premium"}
        self.dial(AGENTS[0], payload, "reminder", f"dial {uuid.uuid4()}", **detection)

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call, once = payload.get("call_control_id", ""), {"command_id": event_id}
        if read(payload.get("client_state")) != "reminder":
            return []
        match event, payload.get("result"):
            case "call.machine.premium.detection.ended", result:
                return [] if result == "machine" else [self.speak(call, **once)]
            case "call.machine.premium.greeting.ended", _:
                return [self.speak(call, **once)]
            case "call.speak.ended", _:
                return [self.do("hangup", call, **once)]
        return []

    def speak(self, call: str, **once: str) -> int:
        return self.do("speak", call, payload="Please come.", voice="female", **once)


CORRECT = (Switchboard, CallingBack, TimedSwitchboard, Reminding)
