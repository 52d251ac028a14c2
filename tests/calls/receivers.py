"""Receivers of calls: correct ones, and faulty ones that each have one fault and nothing else."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections import Counter
from typing import Any

import httpx

from telnyx_mock.provider_urls import API_HOST

API = os.environ.get("TELNYX_BASE_URL", f"https://{API_HOST}/v2")
CLIENT = httpx.Client(headers={"authorization": "Bearer KEY"})

MENU = "Welcome. Press 1 for sales, 2 for support."
AGENT = "+13125550171"


class Ivr:
    """Answers, asks for a key, and transfers; says goodbye if nobody presses a key, or if nobody answers.

    It keeps nothing: what a call waits for is in its client_state. Telnyx ignores a command whose command_id it knows.
    """

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        event = json.loads(environ["wsgi.input"].read())
        data = event.get("data", event)  # conference.floor.changed has no envelope
        status = self.receive(data["event_type"], data["payload"], str(data.get("id")))
        start_response(f"{status} Whatever", [])
        return [b""]

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        """Handle a webhook, and return the status of the answer."""
        statuses = self.handle(event, payload, event_id)
        asks_again = any(status == 429 or status >= 500 for status in statuses)
        return 503 if asks_again else 200

    def do(self, command: str, call: str, **given: Any) -> int:
        """Send a command, and return the status of the API's answer."""
        url = f"{API}/calls/{call}/actions/{command}"
        return CLIENT.post(url, json=given).status_code

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        """Do what comes next, and return what the API answered."""
        call, once = payload["call_control_id"], {"command_id": event_id}
        match event, read(payload.get("client_state")):
            case "call.initiated", _ if payload["direction"] == "incoming":
                return [self.do("answer", call, client_state=written("menu"), **once)]
            case "call.answered", "menu":
                return [self.ask(call, **once)]
            case "call.gather.ended", "menu" if payload["status"] == "valid":
                agent = {"to": AGENT, "target_leg_client_state": written(f"agent {call}")}
                return [self.do("transfer", call, client_state=written("sent"), **agent, **once)]
            case "call.gather.ended", "menu" if payload["status"] != "call_hangup":
                return [self.say_goodbye(call, **once)]
            case "call.hangup", state if state.startswith("agent "):
                return [self.say_goodbye(state.removeprefix("agent "), **once)]
            case "call.speak.ended", "goodbye":
                return [self.do("hangup", call, **once)]
        return []

    def ask(self, call: str, **once: str) -> int:
        keys = {"maximum_digits": 1, "valid_digits": "12", "timeout_millis": 5000}
        return self.do("gather_using_speak", call, payload=MENU, voice="female", **keys, **once)

    def say_goodbye(self, call: str, **once: str) -> int:
        state = written("goodbye")
        return self.do("speak", call, payload="Bye.", voice="female", client_state=state, **once)


def written(state: str) -> str:
    return base64.b64encode(state.encode()).decode()


def read(client_state: str | None) -> str:
    return base64.b64decode(client_state or "").decode()


class Remembering(Ivr):
    """Keeps what it has seen, and the state of each call, itself; sends no command_id."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        if event_id in self.seen:
            return 200
        status = super().receive(event, payload, event_id)
        if status == 200:
            self.seen.add(event_id)
        return status

    def do(self, command: str, call: str, **given: Any) -> int:
        given.pop("command_id")
        return super().do(command, call, **given)


class Retrying(Remembering):
    """Sends a command again that the API did not carry out, and never asks for a webhook again."""

    def do(self, command: str, call: str, **given: Any) -> int:
        status = super().do(command, call, **given)
        if status == 429 or status >= 500:
            status = super().do(command, call, **given)
        return status


class Voicemail(Ivr):
    """Answers, asks for a message, records it until the caller is silent, and hangs up."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call, once = payload["call_control_id"], {"command_id": event_id}
        match event, read(payload.get("client_state")):
            case "call.initiated", _ if payload["direction"] == "incoming":
                return [self.do("answer", call, client_state=written("greeting"), **once)]
            case "call.answered", "greeting":
                words = {"payload": "Leave a message.", "voice": "female"}
                return [self.do("speak", call, **words, **once)]
            case "call.speak.ended", "greeting" if payload["status"] == "completed":
                how = {"format": "mp3", "channels": "single", "timeout_secs": 5}
                return [self.do("record_start", call, client_state=written("end"), **how, **once)]
            case "call.recording.saved", "end":
                return [self.do("hangup", call, **once)]
        return []


class Rejecting(Ivr):
    """Rejects each call."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event != "call.initiated" or payload["direction"] != "incoming":
            return []
        return [self.do("reject", payload["call_control_id"], cause="USER_BUSY")]


class InThread(Ivr):
    """Acknowledges at once, and works in a thread; a command that fails is sent again there."""

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        def work() -> None:
            for _ in range(3):
                statuses = self.handle(event, payload, event_id)
                if all(status < 500 and status != 429 for status in statuses):
                    return

        if event.startswith("call."):
            threading.Thread(target=work).start()
        return 200


class Bot(Ivr):
    """Answers text messages, each once, a few of each person, and not to who has opted out; answers no calls."""

    def __init__(self) -> None:
        self.answered: Counter[str] = Counter()
        self.seen: set[str] = set()
        self.opted_out: set[str] = set()

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        if event != "message.received" or event_id in self.seen:
            return 200
        person = payload["from"]["phone_number"]
        if payload.get("autoresponse_type") == "STOP":
            self.opted_out.add(person)
        elif payload.get("autoresponse_type") == "START":
            self.opted_out.discard(person)
        self.answered[person] += 1
        if person not in self.opted_out and self.bears(person):
            status = self.write(payload["to"][0]["phone_number"], person)
            if status == 429 or status >= 500:
                return 503
        self.seen.add(event_id)
        return 200

    def bears(self, person: str) -> bool:
        """Whether to answer the person once more."""
        return self.answered[person] <= 5

    def write(self, number: str, person: str) -> int:
        given = {"from": number, "to": person, "text": "We call you back."}
        return CLIENT.post(f"{API}/messages", json=given).status_code


CORRECT = (Ivr, Remembering, Retrying, Voicemail, Rejecting, InThread, Bot)

# The faults


class Forgetting(Ivr):
    """Keeps the state of calls in a dictionary, and does not know the leg of a transfer."""

    def __init__(self) -> None:
        self.calls: dict[str, str] = {}

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.initiated" and payload["direction"] == "incoming":
            self.calls[payload["call_control_id"]] = "rings"
        elif event == "call.answered":
            self.calls[payload["call_control_id"]] += " no more"
        return super().handle(event, payload, event_id)


class FailingAfterHangup(Ivr):
    """Takes each error of the API for one that passes."""

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        return 503 if any(each >= 400 for each in self.handle(event, payload, event_id)) else 200


class Losing(Ivr):
    """Does not look at what the API answers."""

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        self.handle(event, payload, event_id)
        return 200


class ActingTwice(Ivr):
    """Gives Telnyx no command_id to know a command again."""

    def do(self, command: str, call: str, **given: Any) -> int:
        given.pop("command_id")
        return super().do(command, call, **given)


class GlobalCall(Ivr):
    """Keeps the current call in a variable."""

    current = ""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.initiated" and payload["direction"] == "incoming":
            self.current = payload["call_control_id"]
        return super().handle(event, payload, event_id)

    def ask(self, call: str, **once: str) -> int:
        return super().ask(self.current, **once)


class Mangling(Ivr):
    """Writes the id of the call in small letters when it stops a recording."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = super().handle(event, payload, event_id)
        if event == "call.gather.ended" and payload["status"] == "valid":
            call = payload["call_control_id"].lower()
            statuses.append(self.do("record_stop", call, command_id=f"{event_id} recording"))
        return statuses


class SpeakingEarly(Ivr):
    """Greets, and then answers."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = []
        if event == "call.initiated" and payload["direction"] == "incoming":
            words = {
                "payload": "Good day.",
                "voice": "female",
                "command_id": f"{event_id} greeting",
            }
            statuses.append(self.do("speak", payload["call_control_id"], **words))
        return statuses + super().handle(event, payload, event_id)


class AnsweringTwice(Ivr):
    """Answers at call.initiated, and when a key is pressed."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = super().handle(event, payload, event_id)
        if event == "call.dtmf.received":
            call = payload["call_control_id"]
            statuses.append(self.do("answer", call, command_id=event_id))
        return statuses


class AnsweringItself(Ivr):
    """Answers the telephone that it transfers to."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.initiated" and payload["direction"] == "outgoing":
            return [self.do("answer", payload["call_control_id"], command_id=event_id)]
        return super().handle(event, payload, event_id)


class AskingTheAgent(Ivr):
    """Plays its menu to whoever answers."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.answered":
            return [self.ask(payload["call_control_id"], command_id=event_id)]
        return super().handle(event, payload, event_id)


class CommandingTheDead(Ivr):
    """Stops a recording at call.hangup."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.hangup" and read(payload.get("client_state")) == "menu":
            return [self.do("record_stop", payload["call_control_id"], command_id=event_id)]
        return super().handle(event, payload, event_id)


class AskingForEver(Ivr):
    """Asks again and again."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        if event == "call.gather.ended" and payload["status"] in ("invalid", "timeout"):
            return [self.ask(payload["call_control_id"], command_id=event_id)]
        return super().handle(event, payload, event_id)


class NeverHangingUp(Ivr):
    """Says goodbye, and stays."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        return [] if event == "call.speak.ended" else super().handle(event, payload, event_id)


class LeavingTheAgent(Ivr):
    """Calls an agent for the caller, who may be gone when the agent answers."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        call = payload["call_control_id"]
        if event == "call.gather.ended" and payload["status"] == "valid":
            url = f"{API}/calls"
            given = {"to": AGENT, "from": payload["to"], "connection_id": payload["connection_id"]}
            state = {"client_state": written(f"for {call}"), "command_id": event_id}
            return [CLIENT.post(url, json={**given, **state}).status_code]
        if event == "call.answered" and (state := read(payload["client_state"])).startswith("for "):
            other = state.removeprefix("for ")
            return [self.do("bridge", call, call_control_id=other, command_id=event_id)]
        if event == "call.hangup" and (state := read(payload.get("client_state"))).startswith(
            "for "
        ):
            return [self.say_goodbye(state.removeprefix("for "), command_id=event_id)]
        return super().handle(event, payload, event_id)


class RecordingTwice(Ivr):
    """Begins to record at the beginning, and at each key."""

    def handle(self, event: str, payload: dict[str, Any], event_id: str) -> list[int]:
        statuses = super().handle(event, payload, event_id)
        if event == "call.dtmf.received" or (statuses and event == "call.answered"):
            how = {"format": "mp3", "channels": "single", "command_id": f"{event_id} recording"}
            statuses.append(self.do("record_start", payload["call_control_id"], **how))
        return statuses


class AnsweringAllMessages(Bot):
    """Answers each event about a message."""

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        if event in ("message.sent", "message.finalized") and event_id not in self.seen:
            self.seen.add(event_id)
            self.write(payload["from"]["phone_number"], payload["to"][0]["phone_number"])
            return 200
        return super().receive(event, payload, event_id)


class Chatting(Bot):
    """Answers as often as anybody writes."""

    def bears(self, person: str) -> bool:
        return True


class ForgettingOptOut(Bot):
    """Answers also who has opted out."""

    def receive(self, event: str, payload: dict[str, Any], event_id: str) -> int:
        self.opted_out.clear()
        return super().receive(event, payload, event_id)


FAULTY: dict[str, type[Ivr]] = {
    "accepts-each-webhook-of-a-call": Forgetting,
    "survives-a-hangup-at-any-moment": FailingAfterHangup,
    "keeps-a-call-when-the-api-fails": Losing,
    "acts-once-on-a-webhook": ActingTwice,
    "keeps-calls-of-people-apart": GlobalCall,
    "commands-calls-it-can-know": Mangling,
    "answers-before-it-speaks": SpeakingEarly,
    "answers-once": AnsweringTwice,
    "answers-only-callers": AnsweringItself,
    "plays-the-menu-to-callers": AskingTheAgent,
    "leaves-ended-calls-alone": CommandingTheDead,
    "gives-up-on-a-silent-caller": AskingForEver,
    "leaves-nobody-in-silence": NeverHangingUp,
    "hangs-up-after-the-caller": LeavingTheAgent,
    "records-once": RecordingTwice,
    "answers-people-not-itself": AnsweringAllMessages,
    "stops-answering-an-automaton": Chatting,
    "writes-to-nobody-who-opted-out": ForgettingOptOut,
}
"""A receiver for each of these invariants that breaks it."""
