"""Remembers what an app did with each call, so that later webhooks of the call show it."""

from __future__ import annotations

from collections.abc import Mapping

from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.api_errors import (
    CALL_HAS_ENDED,
    CONFERENCE_HAS_ENDED,
    OPTED_OUT,
    ApiError,
)
from telnyx_mock.fake_api.call_states import CallStates
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.history import Latest
from telnyx_mock.fake_api.repeats import Repeats
from telnyx_mock.payload.paths import resolve
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.placeholders import Echoed

STATE = "client_state"

_ANNOUNCING = ("dial", "conferences.post")
"""The commands whose answers announce something that later commands are for."""


class CallMemory:
    """The client state of each call, and the calls that have ended, of the latest 10,000 calls.

    ``dialled`` has each command dial, and its answer, by the id of the call that it began. ``opted_out`` has
    pairs of a number of the app, and a person who wants no more messages from it. ``states`` knows what has
    become of each call, and ``repeats`` which commands came before.

    A command that sets ``client_state`` sets it for all later webhooks of its call ("Use this field
    to add state to every subsequent webhook", says each command in the official SDK). No webhook
    repeats a ``command_id``.
    """

    def __init__(self) -> None:
        self._states: Latest[str] = Latest()
        self._ended: Latest[bool] = Latest()
        self.dialled: Latest[tuple[Command, ApiAnswer]] = Latest()
        self._sent: Latest[str | None] = Latest()
        self.opted_out: set[tuple[str, str]] = set()
        self.states = CallStates(self.has_ended)
        self.repeats = Repeats()

    def note_command(self, command: Command, answer: ApiAnswer) -> str | None:
        """Remember what *command* sets, if the *answer* says that it succeeded.

        Return the id of the call that the answer announces, if the command is dial.
        """
        if not 200 <= answer.status < 300 or command.is_repeat:
            return None
        self.repeats.note(command, answer)
        made = answer.data if command.name in _ANNOUNCING else {}
        self.states.note_command(command, made)
        call, dialled = command.call, None
        if command.name == "dial" and isinstance(call := made.get("call_control_id"), str):
            dialled = call
            self.dialled[call] = command, answer
            self.states.note_dial(call)
        state = command.parameters.get(STATE)
        if isinstance(call, str) and isinstance(state, str):
            self._states[call] = state
        return dialled

    def note_webhook(self, webhook: Webhook) -> None:
        """Remember what *webhook*, which goes out now, says about its call."""
        self.states.note_webhook(webhook, is_sent=True)
        if webhook.name == "call.hangup":
            self.note_end(_call(webhook))

    def note_end(self, call: str) -> None:
        """Remember that the call with this ``call_control_id`` has ended, before a webhook says so."""
        self._ended[call] = True

    def was_dialled(self, call: str) -> bool:
        """Whether an answer to the command dial announced the call with this ``call_control_id``."""
        return call in self.dialled

    def has_ended(self, call: str | None) -> bool:
        """Whether the call with this ``call_control_id`` has ended."""
        return call in self._ended

    def goes_on(self, call: str | None) -> bool:
        """Whether nothing is known of an end of the call with this ``call_control_id``."""
        return not (self.has_ended(call) or self.states.has_hung_up(call))

    def refusal(self, command: Command) -> ApiError | None:
        """Return the error by which Telnyx refuses *command* for what has happened before, or None."""
        if command.is_read:
            return None
        if self.has_ended(command.call):
            return CALL_HAS_ENDED
        if self.states.conference_has_ended(command.conference):
            return CONFERENCE_HAS_ENDED
        if self.opted_out and "/messages" in command.path:
            given = command.parameters
            to, from_ = given.get("to"), given.get("from", given.get("agent_id"))
            numbers = to if isinstance(to, list) else [to]
            for number, person in self.opted_out:
                if person in numbers and from_ in (None, number):
                    return OPTED_OUT
        return None

    def carry(self, webhook: Webhook) -> Webhook:
        """Return *webhook* with the client state of its call, unless it has a value of its own.

        A webhook that is sent again keeps the state that it had the first time.
        """
        declared = any(field.name == STATE for field in webhook.event.payload.fields)
        path = resolve(webhook.event, STATE).path
        own = path in webhook.given or webhook.payload.get(STATE) is not None
        call = _call(webhook)
        if not call or not declared or own:
            return webhook
        state = self._states.get(call)
        if event_id := _event_id(webhook):
            state = self._sent.setdefault(event_id, state)
        return webhook if state is None else webhook.with_value(STATE, Echoed(state))

    def clear(self) -> None:
        """Forget all calls."""
        self._states.clear()
        self._ended.clear()
        self.dialled.clear()
        self._sent.clear()
        self.opted_out = set()
        self.states.clear()
        self.repeats.clear()


def _call(webhook: Webhook) -> str:
    call = webhook.payload.get("call_control_id")
    return call if isinstance(call, str) else ""


def _event_id(webhook: Webhook) -> str:
    data = webhook.body.get("data")
    value = data.get("id") if isinstance(data, Mapping) else None
    return value if isinstance(value, str) else ""
