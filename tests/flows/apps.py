"""Apps for flows, in a few lines each: targets for the command line."""

from __future__ import annotations

from typing import Any

from tests.foreign_text import HOSTILE
from tests.simulator.app import App
from tests.simulator.world import AGENT

Payload = dict[str, Any]


@App
def ivr(app: App, event: str, payload: Payload) -> int | None:
    """Answer, ask for a key, and transfer the call."""
    match event:
        case "call.initiated" if payload["direction"] == "incoming":
            app.do("answer", payload)
        case "call.answered" if payload["to"] != AGENT:
            app.do("gather_using_speak", payload, payload="Press 1.", voice="female")
        case "call.gather.ended" if payload["status"] == "valid":
            app.do("transfer", payload, to=AGENT)
        case "call.gather.ended" if payload["status"] != "call_hangup":
            app.do("hangup", payload)
    return None


@App
def fails_at_keys(app: App, event: str, payload: Payload) -> int | None:
    return 500 if event == "call.gather.ended" else ivr.handle(app, event, payload)


@App
def answers_nobody(app: App, event: str, payload: Payload) -> int | None:
    return None


@App
def hangs_up_at_once(app: App, event: str, payload: Payload) -> int | None:
    if event == "call.initiated":
        app.do("hangup", payload)
    return None


def conference() -> App:
    """Return an app that lets all who call talk with each other."""
    rooms: list[str] = []

    def handle(app: App, event: str, payload: Payload) -> int | None:
        call = payload.get("call_control_id")
        if event == "call.initiated":
            app.do("answer", payload)
        elif event == "call.answered" and rooms:
            app.post(f"/v2/conferences/{rooms[0]}/actions/join", call_control_id=call)
        elif event == "call.answered":
            made = app.post("/v2/conferences", call_control_id=call, name="room")
            rooms.append(made["id"])
        return None

    return App(handle)


@App
def replies(app: App, event: str, payload: Payload) -> int | None:
    """Thank for each message."""
    if event == "message.received":
        person, own = payload["from"]["phone_number"], payload["to"][0]["phone_number"]
        app.post("/v2/messages", **{"from": own, "to": person, "text": "Thank you."})
    return None


@App
def speaks_hostile_words(app: App, event: str, payload: Payload) -> int | None:
    if event == "call.initiated":
        app.do("answer", payload)
    elif event == "call.answered":
        words = f"{HOSTILE}; %% <b> #35;\n::error::x\nend"
        app.do("speak", payload, payload=words, voice="female")
    return None
