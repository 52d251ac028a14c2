"""Apps for flows, in a few lines each: targets for the command line."""

from __future__ import annotations

from typing import Any

from tests.foreign_text import HOSTILE
from tests.simulator.app import App
from tests.simulator.world import AGENT
from tests.simulator.world import APP as OWN

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


@App
def reminds(app: App, event: str, payload: Payload) -> int | None:
    """Speak to a person at once, and to a machine after its greeting."""
    match event, payload.get("result"):
        case ("call.machine.detection.ended", "human") | ("call.machine.greeting.ended", _):
            app.do("speak", payload, payload="Remember.", voice="female")
        case "call.speak.ended", _:
            app.do("hangup", payload)
    return None


def dials() -> None:
    detection = {"answering_machine_detection": "greeting_end"}
    reminds.post("/v2/calls", **{"from": OWN, "to": AGENT, "connection_id": "1", **detection})


async def dials_async() -> None:
    dials()


def warm() -> App:
    """Return an app that calls an agent when the caller presses 1, and joins both when the agent does."""
    waiting: list[Payload] = []

    def handle(app: App, event: str, payload: Payload) -> int | None:
        is_agent = payload["to"] == AGENT
        match event:
            case "call.initiated" if not is_agent:
                app.do("answer", payload)
            case "call.answered" if is_agent:
                words = {"payload": "A caller for you. Press 1.", "voice": "female"}
                app.do("gather_using_speak", payload, maximum_digits=1, **words)
            case "call.answered":
                app.do("gather", payload, maximum_digits=1)
            case "call.gather.ended" if payload["status"] == "valid" and is_agent:
                app.do("bridge", payload, call_control_id=waiting[0]["call_control_id"])
            case "call.gather.ended" if payload["status"] == "valid":
                waiting.append(payload)
                app.post("/v2/calls", **{"from": OWN, "to": AGENT, "connection_id": "1"})
        return None

    return App(handle)


@App
def queues(app: App, event: str, payload: Payload) -> int | None:
    """Let all who call wait."""
    if event == "call.initiated":
        app.do("answer", payload)
    elif event == "call.answered":
        app.do("enqueue", payload, queue_name="support")
    return None


@App
def charges(app: App, event: str, payload: Payload) -> int | None:
    """Charge all who call."""
    if event == "call.initiated":
        app.do("answer", payload)
    elif event == "call.answered":
        app.do("pay", payload, amount=12.5)
    return None


@App
def chats(app: App, event: str, payload: Payload) -> int | None:
    """Thank for each message by RCS or WhatsApp, in the way in which it came."""
    if event == "message.received":
        person = payload["from"]["phone_number"]
        if payload["type"] == "RCS":
            message = {"agent_message": {"content_message": {"text": "Thank you."}}}
            agent = payload["to"][0]["agent_id"]
            app.post(
                "/v2/messages/rcs", agent_id=agent, to=person, messaging_profile_id="1", **message
            )
        else:
            words = {"type": "text", "text": {"body": "Thank you."}}
            given = {"from": payload["to"], "to": person, "whatsapp_message": words}
            app.post("/v2/messages/whatsapp", **given)
    return None


def verifies() -> None:
    person = {"phone_number": "+13125550142", "verify_profile_id": "1"}
    reminds.post("/v2/verifications/sms", **person)
