"""Copies of a leg's media that go elsewhere, SIP REFER, and queues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import seconds, text

Reaction = Callable[[Network, Leg, Mapping[str, Any]], None]


def _starter(
    name: str, fields: Callable[[Network, Mapping[str, Any]], Mapping[str, Any]]
) -> Reaction:
    def begin(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
        if name in leg.streams:
            network.note(leg, "note", name, " has started already")
            return
        leg.streams[name] = fields(network, given)
        network.send(f"{name}.started", leg, **leg.streams[name])

    return begin


def _stopper(name: str) -> Reaction:
    def end(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
        if name in leg.streams:
            network.send(f"{name}.stopped", leg, **leg.streams.pop(name))

    return end


def _streamed(network: Network, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"stream_url": url} if (url := text(given, "stream_url")) else {}


def _nothing(network: Network, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


start, stop = _starter("streaming", _streamed), _stopper("streaming")
fork_start, fork_stop = _starter("call.fork", _nothing), _stopper("call.fork")
siprec_start, siprec_stop = _starter("siprec", _nothing), _stopper("siprec")


def stop_all(network: Network, leg: Leg) -> None:
    """Stop all copies, because the call has ended."""
    for end in (stop, fork_stop, siprec_stop):
        end(network, leg, {})


def transcribe(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command transcription_start says: from now on, the app has the words of the person."""
    leg.transcribes = True


def transcribe_no_more(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command transcription_stop says."""
    leg.transcribes = False


def refer(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command refer says; the other side always reaches the address."""
    network.send("call.refer.started", leg)
    network.after(LATENCY, partial(network.send, "call.refer.completed", leg), leg)


def enqueue(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command enqueue says."""
    if leg.queue is not None:
        leave_queue(network, leg, "leave")
    leg.queue = text(given, "queue_name") or "queue"
    line = network.queues.setdefault(leg.queue, [])
    line.append((network.now, leg))
    network.send("call.enqueued", leg, queue=leg.queue, current_position=len(line))
    if longest := seconds(given, "max_wait_time_secs"):
        network.after(longest, partial(_waited, network, leg, leg.queue), leg, awaits=True)


def leave(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command leave_queue says."""
    if leg.queue is not None:
        leave_queue(network, leg, "leave")


def leave_queue(network: Network, leg: Leg, reason: str) -> None:
    """Take *leg* out of its queue for this *reason*."""
    name, leg.queue = str(leg.queue), None
    line = network.queues[name]
    place = next(number for number, (_, other) in enumerate(line) if other is leg)
    entered, _ = line.pop(place)
    network.send(
        "call.dequeued",
        leg,
        queue=name,
        queue_position=place + 1,
        wait_time_secs=int(network.now - entered),
        reason=reason,
    )


def _waited(network: Network, leg: Leg, name: str) -> None:
    if leg.queue == name:
        leave_queue(network, leg, "timeout")
