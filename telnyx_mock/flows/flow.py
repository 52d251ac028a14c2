"""What a flow is: a named list of what people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from telnyx_mock.errors import UsageError, unknown

Doing = Literal[
    "rings",
    "rings in a hurry",
    "presses",
    "says",
    "stays silent",
    "hangs up",
    "answers",
    "answers as a machine",
    "is busy",
    "pays",
    "writes",
    "sends a picture",
    "reads",
    "sends a fax",
    "gets a code",
]
"""What a person does. Who rings in a hurry does not wait for the end of what the app plays."""

MessageType = Literal["SMS", "RCS", "WHATSAPP"]
"""How a person and the app exchange messages. An SMS with files is an MMS."""

DIALLED = "dialled"
"""The person at the telephone that the app called last."""

NUMBERS = {"caller": "+13125550142", "second": "+13125550143", "third": "+13125550144"}
"""The people who call and write, with their numbers."""

APP_NUMBER = "+13125550199"

SETTABLE = ("digits", "from", "text", "to")
"""What ``--set`` changes in a flow."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person does. *who* is a key of NUMBERS, or DIALLED; *text* are keys or words.

    *by* is how a message goes.
    """

    who: str
    does: Doing
    text: str = ""
    by: MessageType = "SMS"

    def __str__(self) -> str:
        way = "" if self.by == "SMS" else f" by {self.by}"
        return f"{self.who} {self.does}{way}{f' {self.text!r}' if self.text else ''}"


@dataclass(frozen=True, slots=True, repr=False)
class Flow:
    """The *acts* of people, one after the other. *about* tells them in a sentence.

    *to* is the number of the app, and *numbers* are those of the people who call and write. If it is *lenient*,
    what somebody cannot do is left out, for example because the app has hung up.
    """

    name: str
    about: str
    acts: tuple[Act, ...]
    to: str = APP_NUMBER
    numbers: Mapping[str, str] = field(default_factory=lambda: NUMBERS)
    lenient: bool = False

    def __repr__(self) -> str:
        return f"<Flow {self.name}: {', '.join(map(str, self.acts))}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Let Hypothesis print the flow in short, too."""
        printer.text(repr(self))

    @property
    def is_begun_by_app(self) -> bool:
        """Whether the app does something first: it dials, or sends a code."""
        return self.acts[0].who == DIALLED or self.acts[0].does == "gets a code"

    def having(self, values: Mapping[str, str]) -> Flow:
        """Return the flow with other *values* of SETTABLE.

        ``from`` is the number of the first person, ``digits`` are the first keys that somebody presses, and
        ``text`` is the first that somebody says or writes. Raises UsageError if the flow has no such thing.
        """
        flow = self
        for name, value in values.items():
            match name:
                case "to":
                    flow = replace(flow, to=value)
                case "from" if flow.acts[0].who in flow.numbers:
                    numbers = {**flow.numbers, flow.acts[0].who: value}
                    flow = replace(flow, numbers=numbers)
                case "digits":
                    flow = flow._with_text(name, value, "presses")
                case "text":
                    flow = flow._with_text(name, value, "says", "writes", "sends a picture")
                case _ if name in SETTABLE:
                    raise UsageError(f"Nobody calls or writes in the flow {self.name!r}.")
                case _:
                    raise unknown("value", name, SETTABLE, where="of a flow")
        return flow

    def _with_text(self, name: str, value: str, *doing: Doing) -> Flow:
        acts = list(self.acts)
        for at, act in enumerate(acts):
            if act.does in doing:
                acts[at] = replace(act, text=value)
                return replace(self, acts=tuple(acts))
        raise UsageError(f"The flow {self.name!r} has no {name} that could be set.")
