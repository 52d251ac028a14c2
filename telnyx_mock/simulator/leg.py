"""One leg of a call, with a telephone at its far end, and what it takes part in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(order=True)
class Timer:
    """What happens *at* a virtual time, unless it is cancelled.

    Nobody waits for a timer that *awaits* a person: it is due only once time has passed it, for
    example because the person stays silent.
    """

    at: float
    number: int
    action: Callable[[], None] = field(compare=False)
    leg: Leg | None = field(compare=False)
    awaits: bool = field(compare=False)
    cancelled: bool = field(default=False, compare=False)


Direction = Literal["incoming", "outgoing"]

LegState = Literal["ringing", "answered", "bridged", "held", "ended"]
"""``ringing``: nobody has answered. ``bridged``: joined with another leg. ``held``: put on hold."""

AfterUnbridge = Literal["hangup", "park", "hold"]


@dataclass(eq=False)
class Sound:
    """Something that plays on a leg: *text* is what the person hears, for so many *seconds*.

    *event* is the beginning of the names of its webhooks (``call.speak``), or empty if no webhook
    tells of it. *fields* are in both webhooks. *then* is called when it ends by itself.
    """

    text: str
    seconds: float
    event: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[], None] | None = None
    on_self: bool = True
    on_opposite: bool = False
    has_begun: bool = False


@dataclass(eq=False)
class Gather:
    """The keys that a command gathers.

    *first_key* and *next_key* are how many seconds a key may take. *tries* are those that are left:
    each begins with the *prompt*, or after wrong keys with the *invalid_prompt*. *sound* is the prompt
    that plays, and *timers* are what ends the wait.
    """

    minimum: int
    maximum: int
    valid: str
    terminating: str
    first_key: float
    next_key: float
    fields: Mapping[str, Any]
    tries: int = 1
    prompt: Prompt | None = None
    invalid_prompt: Prompt | None = None
    digits: str = ""
    sound: Sound | None = None
    timers: list[Timer] = field(default_factory=list)


Prompt = Callable[[Gather], None]
"""Plays the prompt of a gathering."""


@dataclass(eq=False)
class Recording:
    """A recording that runs since *began*, in virtual seconds. *said* is what the person said."""

    id: str
    format: str
    channels: str
    began: float
    transcribes: bool = False
    silence: float = 0.0
    timer: Timer | None = None
    said: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Assistant:
    """An assistant and its conversation since *began*. *gathers* are the parameters of gather_using_ai."""

    id: str
    began: float
    gathers: Mapping[str, Any] | None = None
    history: list[Mapping[str, str]] = field(default_factory=list)
    has_begun: bool = False


@dataclass(eq=False)
class Payment:
    """A payment by the command *given*, with the *steps* that are left. *entered* are values as webhooks show them.

    *declined* is the code with which the processor will refuse it, if it will.
    """

    given: Mapping[str, Any]
    steps: list[str]
    fields: Mapping[str, Any] = field(default_factory=dict)
    entered: dict[str, Any] = field(default_factory=dict)
    attempt: int = 1
    timer: Timer | None = None
    declined: str | None = None


@dataclass(eq=False, repr=False)
class Leg:
    """One leg. *began* is in virtual seconds, *given* are further fields of ``call.initiated``.

    *webhook_url* is where the leg's webhooks go, if a command named an address, and *webhook_urls* has the addresses
    for some events. *peer* is the leg that this one is joined with. *bridges_to* is the leg that it joins when it is answered. *voice* is how long
    deepfake detection waits for a voice. An impatient
    person does not wait for the end of what plays. *nth* counts the calls of one number
    that go on at the same time.
    """

    call_control_id: str
    call_leg_id: str
    call_session_id: str
    connection_id: str
    from_: str
    to: str
    direction: Direction
    began: float
    given: Mapping[str, Any] = field(default_factory=dict)
    client_state: str | None = None
    webhook_url: str | None = None
    webhook_urls: Mapping[str, Any] = field(default_factory=dict)
    has_answered: bool = False
    has_ended: bool = False
    is_held: bool = False
    is_impatient: bool = False
    peer: Leg | None = None
    bridges_to: Leg | None = None
    after_unbridge: AfterUnbridge = "hangup"
    detection: str = "disabled"
    at_answer: Mapping[str, Any] = field(default_factory=dict)
    sounds: list[Sound] = field(default_factory=list)
    gather: Gather | None = None
    recordings: list[Recording] = field(default_factory=list)
    streams: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    transcribes: bool = False
    queue: str | None = None
    assistant: Assistant | None = None
    payment: Payment | None = None
    voice: Timer | None = None
    conference: Conference | None = None
    heard: list[str] = field(default_factory=list)
    nth: int = 1

    def __repr__(self) -> str:
        return f"<Leg {self.direction}, from {self.from_} to {self.to}, {self.state}>"

    @property
    def state(self) -> LegState:
        """What has become of the leg."""
        if self.has_ended:
            return "ended"
        if not self.has_answered:
            return "ringing"
        if self.is_held:
            return "held"
        return "answered" if self.peer is None else "bridged"

    @property
    def is_up(self) -> bool:
        """Whether somebody has answered, and nobody has hung up."""
        return self.has_answered and not self.has_ended

    @property
    def number(self) -> str:
        """The number of the telephone at the far end."""
        return self.from_ if self.direction == "incoming" else self.to

    @property
    def app_side(self) -> str:
        """The app's side of the leg, in the words of ``hangup_source``."""
        return "callee" if self.direction == "incoming" else "caller"

    @property
    def person_side(self) -> str:
        """The far side of the leg, in the words of ``hangup_source``."""
        return "caller" if self.direction == "incoming" else "callee"


@dataclass(eq=False)
class Conference:
    """A conference. *creator* is the session of the call that created it; *playing* is what ends later.

    When one of the *hosts* leaves, it ends. Ids of legs are ``call_control_id``.
    """

    id: str
    name: str
    creator: str
    connection_id: str
    members: list[Leg] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    muted: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    speaker: Leg | None = None
    playing: list[Timer] = field(default_factory=list)
    recording: tuple[Recording, Leg] | None = None


@dataclass(eq=False)
class Inbox:
    """The messages of one telephone. *received* are texts, and *error* is why none arrives, if so.

    *rcs_error* is why none arrives by RCS, if the others do.
    *unread* are messages by RCS and WhatsApp that the person has not read yet: where webhooks about each go, and
    their fields. *suggestions* are what RCS agents have suggested, with what each posts back.
    """

    number: str
    received: list[str] = field(default_factory=list)
    error: Mapping[str, str] | None = None
    rcs_error: Mapping[str, str] | None = None
    unread: list[tuple[str | None, Mapping[str, Any]]] = field(default_factory=list)
    suggestions: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class FaxTray:
    """What a fax machine has *received*, by addresses or names; *failure* is why it prints nothing, if so."""

    number: str
    received: list[str] = field(default_factory=list)
    failure: str | None = None
