"""Faulty receivers: correct ones with one step changed, and the rules that find each.

A fault is a class that :func:`breaks` decorates, or that :func:`changed` makes where one expression
says it all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from telnyx_mock.settings import DEFAULT_PRODUCTS
from telnyx_mock.severity import Severity
from tests.receivers.correct import Acting, Event, Keyed, Receiver, WsgiReceiver, kind, payload

T = TypeVar("T", bound=type[Any])

PATIENT = 9.0
"""Seconds for an answer; even a busy machine and the first request of a framework take less."""

FAILOVER_PATH = "/failover"

CALLS = "call.initiated call.hangup"
WITH_EFFECTS = f"{CALLS} call.answered message.received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A faulty *receiver*. Its *name* says what it does wrong; *topic* is the module it stands in.

    In a run about *events*, *rules* find it, and so do others that match the patterns in *also*, which
    it cannot but break too. *severity* is that of the worst finding. *reason* says why there is none,
    or no error.
    """

    name: str
    topic: str
    receiver: type[Any]
    rules: tuple[str, ...]
    also: tuple[str, ...]
    events: tuple[str, ...]
    severity: Severity = Severity.ERROR
    deadline: float = PATIENT
    reason: str = ""
    products: str = ",".join(DEFAULT_PRODUCTS)

    def __str__(self) -> str:
        return self.name

    def setup(self) -> dict[str, Any]:
        """How a run is set up that shows the fault, but for its events."""
        return {
            "app_with_keys": self.receiver if issubclass(self.receiver, Keyed) else None,
            "failover": FAILOVER_PATH if self.topic == "failover" else "",
            "deadline": self.deadline,
            "products": self.products,
            # Five draw so little that chance decides what they find.
            "examples": 50 if "accepts-generated" in (*self.rules, *self.also) else 5,
        }


FAULTS: dict[str, Fault] = {}
"""Every fault, by its name."""

BAD: dict[str, Fault] = {}
"""The first fault that each rule finds, by the id of the rule."""


def breaks(rules: str, *, also: str = "", events: str = "", **about: Any) -> Callable[[T], T]:
    """Register a class as a fault. Its docstring is the name; blanks separate rules, and events."""

    def register(receiver: T) -> T:
        assert receiver.__doc__ is not None
        name = " ".join(receiver.__doc__.split()).removeprefix("It ").removesuffix(".")
        acts = issubclass(receiver, Acting | WsgiReceiver)
        fault = Fault(
            name=name,
            topic=receiver.__module__.rpartition(".")[2],
            receiver=receiver,
            rules=tuple(rules.split()),
            also=tuple(also.split()),
            events=tuple((events or (WITH_EFFECTS if acts else CALLS)).split()),
            **about,
        )
        assert FAULTS.setdefault(name, fault) is fault, f"two faults have the name {name!r}"
        for rule in fault.rules:
            BAD.setdefault(rule, fault)
        return receiver

    return register


def changed(name: str, rules: str, base: type[Any] = Receiver, /, **changes: Any) -> type[Any]:
    """Make and register a fault: *base* with other steps, attributes, or words about the fault.

    The class goes into the calling module: the name "never verifies" makes ``NeverVerifies``.
    """
    words = {key: changes.pop(key) for key in ABOUT & changes.keys()}
    frame = sys._getframe(1)
    while frame.f_globals["__name__"] == __name__ and frame.f_back is not None:
        frame = frame.f_back
    module = frame.f_globals
    identifier = "".join(re.findall(r"\w+", name.title()))
    members = {"__doc__": f"It {name}.", "__module__": module["__name__"], **changes}
    module[identifier] = breaks(rules, **words)(type(identifier, (base,), members))
    return module[identifier]


ABOUT = {"also", "events", "severity", "deadline", "reason", "products"}


def misread(
    event: str, rules: str, readings: Mapping[str, Callable[[Any], object]], **about: Any
) -> None:
    """Register receivers that read the payload, or the form, of one event in a way that can fail."""
    events = " ".join(dict.fromkeys(("call.initiated", event)))
    for name, read in readings.items():
        changed(name, rules, events=events, act=reading(event, read), **about)


def reading(event: str, read: Callable[[Any], object]) -> Callable[[Receiver, Event], int]:
    def act(self: Receiver, content: Event) -> int:
        fields: Mapping[str, Any] = payload(content) if kind(content) == event else {}
        if event.startswith("texml.") and "CallSid" in content:
            fields = content
        if fields:
            read(fields)
        return 200

    return act
