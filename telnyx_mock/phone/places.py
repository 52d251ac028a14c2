"""What people use: telephones in calls, conversations by messages, and what they do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.conversation import Conversation
from telnyx_mock.simulator.leg import Leg

ACTS: Mapping[str, Callable[[Call, str], None]] = {
    "press": lambda call, text: call.press(text),
    "say": lambda call, text: call.say(text),
    "stay_silent": lambda call, text: call.stay_silent(),
    "hang_up": lambda call, text: call.hang_up(),
    "hold": lambda call, text: call.hold(),
    "unhold": lambda call, text: call.unhold(),
    "answer": lambda call, text: call.answer(),
    "answer_as_machine": lambda call, text: call.answer_as_machine(),
    "be_busy": lambda call, text: call.be_busy(),
    "reject": lambda call, text: call.reject(),
    "not_answer": lambda call, text: call.not_answer(),
}
"""What a person does at a telephone, by the name of the method of a call."""

CHAT_ACTS: Mapping[str, Callable[[Conversation, str], None]] = {
    "write": lambda conversation, text: conversation.write(text),
    "be_unreachable": lambda conversation, text: conversation.be_unreachable(),
    "be_reachable": lambda conversation, text: conversation.be_reachable(),
}
"""What a person does in a conversation, by the name of its method."""

WITH_TEXT = ("press", "say", "write")
"""The acts that need a text."""


@dataclass(eq=False)
class Place:
    """Where a person is active; *number* is that of the place on the page.

    *own* is the person's number. *talk* is what the person heard or received (True) and did (False).
    """

    number: int
    own: str
    talk: list[tuple[bool, str]] = field(default_factory=list, kw_only=True)

    def can(self, act: str) -> bool:
        """Whether there is an *act* of this name."""
        raise NotImplementedError

    def do(self, act: str, text: str) -> None:
        """Let the person do *act*, with *text* if it needs one."""
        raise NotImplementedError


@dataclass(eq=False)
class Telephone(Place):
    """A telephone of a call: its *leg*, and the *call* by which it is used. *cause* says why it has ended."""

    leg: Leg
    call: Call
    cause: str = ""

    def can(self, act: str) -> bool:
        return act in ACTS

    def do(self, act: str, text: str) -> None:
        ACTS[act](self.call, text)


@dataclass(eq=False)
class Chat(Place):
    """A *conversation* by messages with the app's number *to*."""

    to: str
    conversation: Conversation
    is_reachable: bool = True

    def can(self, act: str) -> bool:
        return act in CHAT_ACTS

    def do(self, act: str, text: str) -> None:
        CHAT_ACTS[act](self.conversation, text)
        if act != "write":
            self.is_reachable = act == "be_reachable"


@dataclass(frozen=True, slots=True)
class Act:
    """What the page asked for: *name*, at a *place* if it is about one, with a *text*.

    A call that is *duplicated* has each webhook twice.
    """

    name: str
    place: Place | None = None
    text: str = ""
    other: str = ""
    duplicated: bool = False
