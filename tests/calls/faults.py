"""Further faulty receivers of calls, each with one fault and nothing else."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from tests.calls import receivers
from tests.calls.meetings import KeepingTheRoom
from tests.calls.offices import CallingBack, Reminding, Switchboard
from tests.calls.receivers import Bot, Ivr, read


class LeavingTheSecond(Switchboard):
    """Joins the first agent who answers, and forgets the other."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call, state = payload["call_control_id"], read(payload.get("client_state"))
        if event == "call.answered" and state.startswith("agent for "):
            caller = state.removeprefix("agent for ")
            if self.ringing.pop(caller, None) is None:
                return []
            return [self.join(call, caller, command_id=event_id)]
        return super().handle(event, payload, event_id)


class EndingWithAnybody(Switchboard):
    """Takes the hangup of each agent for the end of the call."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        state = read(payload.get("client_state"))
        if event == "call.hangup" and state.startswith("agent for "):
            caller = state.removeprefix("agent for ")
            self.ringing.pop(caller, None)
            return [self.do("hangup", caller, command_id=event_id)]
        return super().handle(event, payload, event_id)


class ByNumber(Ivr):
    """Keeps the calls by the caller's number."""

    def __init__(self) -> None:
        self.calls: dict[str, str] = {}

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.initiated" and payload["direction"] == "incoming":
            self.calls[payload["from"]] = payload["call_control_id"]
        if event != "call.hangup" and payload.get("from") in self.calls:
            payload = {**payload, "call_control_id": self.calls[payload["from"]]}
        return super().handle(event, payload, event_id)


class AskingAtOnce(Ivr):
    """Asks right after the command answer."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = [] if event == "call.answered" else super().handle(event, payload, event_id)
        if event == "call.initiated" and payload["direction"] == "incoming":
            statuses.append(self.ask(payload["call_control_id"], command_id=f"{event_id} menu"))
        return statuses


class RecordingBoth(Ivr):
    """Records each telephone that answers."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = super().handle(event, payload, event_id)
        if event == "call.answered":
            how = {"format": "mp3", "channels": "single", "command_id": f"{event_id} recording"}
            statuses.append(self.do("record_start", payload["call_control_id"], **how))
        return statuses


class RecordingBothBeforeTheyTalk(Switchboard):
    """Records the caller and each agent who answers, and then joins them."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = []
        if event == "call.answered":
            how = {"format": "mp3", "channels": "single", "command_id": f"{event_id} recording"}
            statuses.append(self.do("record_start", payload["call_control_id"], **how))
        return statuses + super().handle(event, payload, event_id)


class HeedingNoMachine(Reminding):
    """Asks Telnyx to detect machines, and speaks as soon as it knows the result, whatever it is."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.machine.premium.detection.ended":
            return [self.speak(payload["call_control_id"], command_id=event_id)]
        if event == "call.machine.premium.greeting.ended":
            return []
        return super().handle(event, payload, event_id)


class StayingOnTheLine(Reminding):
    """Says something, and never hangs up."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        return [] if event == "call.speak.ended" else super().handle(event, payload, event_id)


class CallingItself(CallingBack):
    """Takes its own number for the caller's."""

    def dial(self, to: str, payload: dict[str, Any], state: str, once: str, **given: Any) -> str:
        return super().dial(payload["to"], payload, state, once, **given)


class WritingToItself(Bot):
    """Takes its own number for that of the person who wrote."""

    def write(self, number: str, person: str) -> int:
        return super().write(number, number)


class HangingUpAll(Ivr):
    """Hangs up all calls when one ends: the latest, as calls of earlier simulations may never end."""

    def __init__(self) -> None:
        self.calls: deque[str] = deque(maxlen=4)

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call, statuses = payload["call_control_id"], super().handle(event, payload, event_id)
        if event == "call.initiated":
            self.calls.append(call)
        elif event == "call.hangup":
            for other in set(self.calls) - {call}:
                self.do("hangup", other, command_id=event_id)
        return statuses


class WaitingForTheNextWebhook(Ivr):
    """Answers call.initiated only once call.answered has come, or three seconds have passed."""

    seconds = 3.0

    def __init__(self) -> None:
        self.answered = threading.Event()

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = super().handle(event, payload, event_id)
        if event == "call.answered":
            self.answered.set()
        elif event == "call.initiated" and payload["direction"] == "incoming":
            self.answered.clear()
            self.answered.wait(self.seconds)
        return statuses


class WaitingForTheApi(Ivr):
    """Waits and sends a command again that the API did not carry out, before it answers the webhook."""

    seconds = 2.5

    def do(self, command: str, call: str, **given: Any) -> int:
        status = super().do(command, call, **given)
        if status == 429 or status >= 500:
            time.sleep(self.seconds)
            status = super().do(command, call, **given)
        return status


FAULTY = {
    "answers-while-telnyx-waits": WaitingForTheNextWebhook,
    **receivers.FAULTY,
    "lets-people-talk-on": EndingWithAnybody,
    "tells-people-from-machines": HeedingNoMachine,
    "calls-others-not-itself": CallingItself,
    "lets-people-into-a-conference": KeepingTheRoom,
}
"""A receiver for each invariant that breaks it."""

OTHERS = {
    WaitingForTheApi: "answers-while-telnyx-waits",
    LeavingTheSecond: "hangs-up-after-the-caller",
    HangingUpAll: "keeps-calls-of-people-apart",
    ByNumber: "keeps-calls-of-people-apart",
    AskingAtOnce: "answers-before-it-speaks",
    RecordingBoth: "records-once",
    RecordingBothBeforeTheyTalk: "records-once",
    StayingOnTheLine: "leaves-nobody-in-silence",
    WritingToItself: "calls-others-not-itself",
}
"""Further receivers, and the invariant that each breaks."""
