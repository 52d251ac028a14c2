"""Knows of which calls the receiver was told, and which deliveries made it command another call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from telnyx_mock.contract.engine.without_key import is_forged
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api import Command
from telnyx_mock.fake_api.call_ids import NO_CALL, lacks_call_id
from telnyx_mock.fake_api.call_memory import CallMemory
from telnyx_mock.schema.json_values import texts_in
from telnyx_mock.schema.placeholders import GeneratedTime

_MOST_SUSPECTS = 5
"""The largest number of suspects of one event; some are told of their call only later."""


@dataclass(slots=True)
class CallsTold:
    """The texts of all webhooks of a run, genuine and forged, among which are the ids of calls.

    *memory* knows the calls that the app dialled. *suspects* are genuine deliveries with a command
    for a call of which the receiver had not been told then, a few of each event. The texts are kept
    as hashes, because a long run sends millions.
    """

    memory: CallMemory
    suspects: list[Delivery] = field(default_factory=list)
    _texts: set[int] = field(default_factory=set)
    _suspected: Counter[str] = field(default_factory=Counter)

    def note(self, delivery: Delivery) -> None:
        """Note what *delivery* tells the receiver, and whether the receiver commands other calls."""
        if delivery.webhook is not None:
            texts = texts_in(delivery.webhook.body)
            self._texts |= {hash(it) for it in texts if type(it) is not GeneratedTime}
        genuine = not is_forged(delivery.request) and delivery.request.malformed is None
        if genuine and delivery.webhook is not None and self.stray(delivery.commands) is not None:
            self._suspected[delivery.webhook.name] += 1
            if self._suspected[delivery.webhook.name] <= _MOST_SUSPECTS:
                self.suspects.append(delivery)

    def stray(self, commands: Sequence[Command]) -> tuple[Command, str] | None:
        """Return the first of *commands* for no call or an unknown call, and the id; else None."""
        for command in commands:
            call = commanded(command)
            if call is not None and (call in NO_CALL or not self._knows(call)):
                return command, call
        return None

    def _knows(self, call: str) -> bool:
        return hash(call) in self._texts or self.memory.was_dialled(call)


def commanded(command: Command) -> str | None:
    """Return the id of the call that *command* acts on; None if it reads, or is about no call."""
    if command.is_read:
        return None
    return "" if lacks_call_id(command) else command.call
