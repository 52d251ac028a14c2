"""Effects: a receiver's commands, its calls to other services, and the changes that a probe reads.

A command that only reads (GET, HEAD) is not an effect, except a number look-up, which costs money. A
command with the ``command_id`` of an earlier command is not a second effect: Telnyx carries it out
once in 60 seconds
(https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.service_call import ServiceCall

MILD = frozenset({"answer", "hangup", "reject"})
"""The commands that Telnyx carries out once for a call, however often they come."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a receiver did: its *commands*, its *calls*, and whether the probe's snapshot *changed*.

    *calls* are those that change something at services other than Telnyx. The first effect was seen
    *late* seconds after the answer.
    *growth* is the increase of the snapshot if the snapshot is a whole number; otherwise it is the
    increase of the snapshot's length.
    """

    commands: tuple[Command, ...] = ()
    changed: bool = False
    growth: int = 0
    calls: tuple[ServiceCall, ...] = ()
    late: float = field(default=0.0, compare=False)

    def __bool__(self) -> bool:
        return bool(self.commands) or self.changed or bool(self.calls)

    @property
    def is_mild(self) -> bool:
        """Whether these effects do no harm if they occur twice."""
        is_seen = self.changed or self.calls
        return not is_seen and {command.name for command in self.commands} <= MILD

    def beyond(self, earlier: Effects) -> Effects:
        """Return these effects without what repeats an id or a key that *earlier* effects have."""
        known = {command.command_id for command in earlier.commands} - {None}
        keys = {call.idempotency_key for call in earlier.calls} - {None}
        return replace(
            self,
            commands=tuple(each for each in self.commands if each.command_id not in known),
            calls=tuple(each for each in self.calls if each.idempotency_key not in keys),
        )

    def exceeds(self, usual: Effects) -> bool:
        """Whether an effect occurred more than once, and more often than in the *usual* effects."""
        return self.growth > usual.growth > 0 or any(
            count > max(1, usual.counted()[name]) for name, count in self.counted().items()
        )

    def counted(self) -> Counter[str]:
        """The number of commands and calls by name. Those with the same id or key count once."""
        done = [(each.name, each.command_id) for each in self.commands]
        done += [(each.name, each.idempotency_key) for each in self.calls]
        distinct = {(name, known or number) for number, (name, known) in enumerate(done)}
        return Counter(name for name, _ in distinct)

    def names(self) -> tuple[str, ...]:
        """The names of the commands, each name once."""
        return tuple(dict.fromkeys(command.name for command in self.commands))

    def words(self) -> str:
        """Return what happened, in a few words."""
        happened = []
        if self.commands:
            happened.append(f"the receiver sent the command {' and '.join(self.names())}")
        if self.calls:
            called = dict.fromkeys(call.name for call in self.calls)
            happened.append(f"the receiver called {' and '.join(called)}")
        if self.changed:
            happened.append("the data that the probe reads changed")
        return " and ".join(happened)
