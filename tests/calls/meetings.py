"""Receivers that put all callers into one conference: a correct one, and one that keeps it for ever."""

from __future__ import annotations

from typing import Any

from tests.calls.receivers import API, CLIENT, Retrying, written


class Meeting(Retrying):
    """Lets each caller into the conference; makes another when it has ended, or when Telnyx refuses it."""

    def __init__(self) -> None:
        super().__init__()
        self.room = ""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call, once = payload.get("call_control_id", ""), {"command_id": event_id}
        match event:
            case "call.initiated" if payload["direction"] == "incoming":
                return [self.do("answer", call, client_state=written("caller"), **once)]
            case "call.answered":
                return [self.enter(call)]
            case "conference.ended" if payload["conference_id"] == self.room:
                self.room = ""
        return []

    def enter(self, call: str) -> int:
        """Let a caller in, and return the status of the API's answer."""
        status = self.join(call) if self.room else 422
        return self.make(call) if status == 422 else status

    def join(self, call: str) -> int:
        return self.post(f"conferences/{self.room}/actions/join", call)[0]

    def make(self, call: str) -> int:
        status, data = self.post("conferences", call, name="weekly")
        if status == 200:
            self.room = data["id"]
        return status

    def post(self, path: str, call: str, **given: Any) -> tuple[int, Any]:
        """Send a command, once more if Telnyx did not carry it out."""
        for _ in range(2):
            answer = CLIENT.post(f"{API}/{path}", json={"call_control_id": call, **given})
            if answer.status_code < 429:
                break
        return answer.status_code, answer.json().get("data")


class KeepingTheRoom(Meeting):
    """Keeps the first conference for ever."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        return [] if event == "conference.ended" else super().handle(event, payload, event_id)

    def enter(self, call: str) -> int:
        return self.join(call) if self.room else self.make(call)


class Heeding(KeepingTheRoom):
    """Heeds conference.ended alone, and no refusal."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        return Meeting.handle(self, event, payload, event_id)


CORRECT = (Meeting, Heeding)
