"""Assistants on a leg: their conversations, and what gather_using_ai gathers by one.

No language model runs: the test says which answers the assistant has understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator.leg import Assistant, Leg
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import text, texts


def start(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command ai_assistant_start says. *given* may have the id from the API's answer."""
    stop(network, leg, {})
    leg.assistant = Assistant(text(given, "conversation_id") or network.new_id(), network.now)
    network.after(
        LATENCY, partial(_greet, network, leg, leg.assistant, text(given, "greeting")), leg
    )


def relay(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command conversation_relay_start says. No webhook tells that it has begun."""
    stop(network, leg, {})
    leg.assistant = Assistant(network.new_id(), network.now, has_begun=True)


def gather(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command gather_using_ai says."""
    start(network, leg, given)
    if leg.assistant is not None:
        leg.assistant.gathers = given


def stop(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command ai_assistant_stop says: end the conversation, if there is one."""
    assistant, leg.assistant = leg.assistant, None
    if assistant is not None and assistant.has_begun:
        network.send(
            "call.conversation.ended",
            leg,
            conversation_id=assistant.id,
            duration_sec=int(network.now - assistant.began),
        )


def said(network: Network, leg: Leg, words: str) -> None:
    """Let the assistant on *leg* hear the person say *words*."""
    assistant = leg.assistant
    if assistant is None:
        return
    assistant.history.append({"role": "user", "content": words})
    if assistant.gathers is not None and assistant.gathers.get("send_message_history_updates"):
        history = list(assistant.history)
        network.send("call.ai_gather.message_history_updated", leg, message_history=history)


def understood(network: Network, leg: Leg, answers: Mapping[str, Any]) -> None:
    """Let the assistant on *leg* end its gathering with these *answers* of the person."""
    assistant = leg.assistant
    if assistant is None or assistant.gathers is None:
        return
    history, result = list(assistant.history), dict(answers)
    if assistant.gathers.get("send_partial_results"):
        network.send(
            "call.ai_gather.partial_results", leg, partial_results=result, message_history=history
        )
    schema = assistant.gathers.get("parameters")
    required = texts(schema, "required") if isinstance(schema, Mapping) else []
    status = "valid" if set(required) <= set(answers) else "invalid"
    network.send("call.ai_gather.ended", leg, result=result, status=status, message_history=history)
    stop(network, leg, {})


def _greet(network: Network, leg: Leg, assistant: Assistant, greeting: str) -> None:
    if leg.assistant is not assistant:
        return
    assistant.has_begun = True
    network.send("call.conversation.created", leg, conversation_id=assistant.id)
    if greeting:
        assistant.history.append({"role": "assistant", "content": greeting})
        network.hear(leg, greeting)
