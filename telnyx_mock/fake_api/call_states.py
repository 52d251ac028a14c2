"""Knows what has become of each call, and refuses the commands that Telnyx refuses for that.

It knows only what webhooks, the simulator and accepted commands say. So before a webhook or the simulator has
named a call in this test, it refuses only what surely is no call, and what a call that was dialled cannot do.
Nothing is refused on which sources disagree or are silent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from telnyx_mock.fake_api import api_errors
from telnyx_mock.fake_api.api_errors import ApiError
from telnyx_mock.fake_api.call_ids import is_no_call_id, lacks_call_id
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.history import Latest
from telnyx_mock.payload.webhook import Webhook

NEEDS_ANSWER = frozenset(
    (
        "speak", "playback_start", "gather", "gather_using_speak", "gather_using_audio", "transfer",
        "bridge", "record_start", "streaming_start",
    )
)  # fmt: skip
"""The commands that a call takes only once it is answered.

Developers report the error 90034 for ``speak`` (https://github.com/team-telnyx/telnyx-python/issues/38),
``transfer``, ``bridge``, ``record_start`` and ``streaming_start``. Telnyx says of all but the first commands that
inbound calls must be answered before; of others than these it is not known that they fail.
"""

_NAMES = ("CallSid", "CallSidLegacy", "ParentCallSid", "ParentCallSidLegacy")
"""The members of webhooks of TeXML that hold the id of a call."""

_UNREAD = 1_000
"""The number of webhooks that are kept until a command comes."""


@dataclass(slots=True)
class _Call:
    """What is known of a call. Whether it *rings* is None if its beginning is not known.

    *has_fork* is None if it is not known. If the simulator plays the call, all is known of it. The app *has_hung_up*
    a call that it dialled; other calls end only by webhooks, as a test may use the id of one again.
    """

    is_simulated: bool = False
    was_dialled: bool = False
    has_hung_up: bool = False
    rings: bool | None = None
    transcribes: bool = False
    has_assistant: bool = False
    has_fork: bool | None = None
    queue: str | None = None


@dataclass(slots=True)
class _Conference:
    """A conference that a command created for the call *creator*."""

    name: str
    creator: str
    has_ended: bool = False


class CallStates:
    """The state of the latest 10,000 calls. *has_ended* tells which of them have ended."""

    def __init__(self, has_ended: Callable[[str | None], bool]) -> None:
        self._has_ended = has_ended
        self._calls: Latest[_Call] = Latest()
        self._conferences: Latest[_Conference] = Latest()
        self._unread: deque[tuple[Webhook, bool]] = deque()
        self._has_calls = False
        self._knows_all = True

    def note_webhook(self, webhook: Webhook, *, is_sent: bool) -> None:
        """Note that a test made *webhook*, and whether it *is_sent* now.

        It is read only when a command comes.
        """
        if len(self._unread) >= _UNREAD:
            self._unread.popleft()
            self._knows_all = False
        self._unread.append((webhook, is_sent))

    def note_begin(self, call: str) -> None:
        """Note that the simulator let the call with this ``call_control_id`` begin."""
        self._has_calls = True
        self._of(call).is_simulated = True

    def note_dial(self, call: str) -> None:
        """Note that an answer to the command dial announced the call with this ``call_control_id``."""
        self._of(call).was_dialled = True
        self._of(call).rings = True
        self._of(call).has_fork = False

    def has_hung_up(self, call: str | None) -> bool:
        """Whether the app dialled *call* and then hung it up."""
        return call is not None and call in self._calls and self._calls[call].has_hung_up

    def note_command(self, command: Command, made: Mapping[str, Any]) -> None:
        """Note what *command*, which the API has accepted, does. *made* is the data of the answer."""
        self._read()
        given, name = command.parameters, command.name
        if name == "conferences.post" and isinstance(id_ := made.get("id"), str):
            creator = str(given.get("call_control_id"))
            self._conferences[id_] = _Conference(str(given.get("name")), creator)
        if command.call is None or command.call not in self._calls:
            return
        call = self._calls[command.call]
        if name == "answer":
            call.rings = False
            call.transcribes = call.transcribes or given.get("transcription") is True
        elif name == "hangup":
            call.has_hung_up = call.was_dialled
        elif name in ("transcription_start", "transcription_stop"):
            call.transcribes = name == "transcription_start"
        elif name in ("ai_assistant_start", "ai_assistant_stop"):
            call.has_assistant = name == "ai_assistant_start"
        elif name in ("fork_start", "fork_stop"):
            call.has_fork = name == "fork_start"
        elif name == "enqueue":
            call.queue = str(given.get("queue_name"))
        elif name == "leave_queue":
            call.queue = None
        elif name == "bridge":
            call.queue = None
            if isinstance(other := given.get("call_control_id"), str) and other in self._calls:
                self._calls[other].queue = None

    def refusal(self, command: Command) -> ApiError | None:
        """Return the error by which Telnyx refuses *command* for the state of its call, or None."""
        self._read()
        if command.is_read:
            return None
        if lacks_call_id(command):
            return api_errors.NOT_FOUND
        for call in _calls_of(command):
            if self._has_ended(call) or self.has_hung_up(call):
                return api_errors.CALL_HAS_ENDED
            if call not in self._calls:
                knows_all = self._knows_all and not self._calls.forgotten
                if knows_all and (self._has_calls or is_no_call_id(call)):
                    return api_errors.UNKNOWN_CALL
            elif self._has_calls and command.name in NEEDS_ANSWER and self._calls[call].rings:
                return api_errors.NOT_ANSWERED
        return self._refusal_of_conference(command) or self._refusal_of_media(command)

    def _refusal_of_media(self, command: Command) -> ApiError | None:
        if command.call is None or command.call not in self._calls:
            return None
        call = self._calls[command.call]
        wrong = {
            "transcription_start": (call.transcribes, api_errors.TRANSCRIBES_ALREADY),
            "ai_assistant_start": (call.has_assistant, api_errors.HAS_ASSISTANT),
            "fork_stop": (call.has_fork is False, api_errors.HAS_NO_FORK),
            "enqueue": (
                call.queue is not None and call.queue == command.parameters.get("queue_name"),
                api_errors.IN_QUEUE,
            ),
        }
        is_wrong, error = wrong.get(command.name, (False, None))
        return error if is_wrong else None

    def _refusal_of_conference(self, command: Command) -> ApiError | None:
        if command.name == "conferences.post":
            name = command.parameters.get("name")
            for known in self._conferences.values():
                if known.name == name and self._goes_on(known):
                    return api_errors.CONFERENCE_EXISTS
        return None

    def conference_has_ended(self, conference: str | None) -> bool:
        """Whether a webhook told that this *conference* has ended, which a command created."""
        if conference is None:
            return False
        self._read()
        found = self._conferences.get(conference)
        return found is not None and found.has_ended

    def _goes_on(self, conference: _Conference) -> bool:
        """Whether *conference* surely goes on. A test that sends webhooks may mean a call to be over."""
        creator = self._calls.get(conference.creator)
        is_simulated = creator is not None and creator.is_simulated
        return is_simulated and not (conference.has_ended or self._has_ended(conference.creator))

    def _of(self, call: str) -> _Call:
        return self._calls.setdefault(call, _Call())

    def _read(self) -> None:
        """Read the webhooks that came since the last command."""
        while self._unread:
            webhook, is_sent = self._unread.popleft()
            for id_ in _ids(webhook.body):
                self._has_calls = True
                self._of(id_)
            self._read_event(webhook, is_sent)

    def _read_event(self, webhook: Webhook, is_sent: bool) -> None:
        payload, name = webhook.payload, webhook.name
        conference = payload.get("conference_id")
        if name == "conference.ended" and conference in self._conferences:
            self._conferences[str(conference)].has_ended = True
        id_ = payload.get("call_control_id")
        if not isinstance(id_, str):
            return
        call = self._of(id_)
        if name == "call.initiated":
            if is_sent and call.rings is None:
                call.rings = True
                call.has_fork = False
            return
        call.rings = False
        if name == "call.conversation.ended":
            call.has_assistant = False
        elif name == "call.dequeued":
            call.queue = None
        elif name == "call.fork.started":
            call.has_fork = None

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
        self._conferences.clear()
        self._unread.clear()
        self._has_calls = False
        self._knows_all = True


def _calls_of(command: Command) -> Iterator[str]:
    """Yield the ids of the calls that *command* is for. An empty one is a parameter that is missing."""
    if command.call:
        yield command.call
    other = command.parameters.get("call_control_id")
    if command.name == "bridge" and isinstance(other, str) and other:
        yield other


def _ids(value: Any, name: str = "") -> Iterator[str]:
    """Yield the ids of calls in *value*, which is that of a member with this *name*."""
    if isinstance(value, str):
        if name.endswith("call_control_id") or name in _NAMES:
            yield value
    elif isinstance(value, Mapping):
        for member, each in value.items():
            yield from _ids(each, member)
    elif isinstance(value, list):
        for each in value:
            yield from _ids(each, name)
