"""A simulated conversation by messages, as the person at the telephone holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.fake_api.command import Command
from telnyx_mock.flows.flow import MessageType
from telnyx_mock.simulator import messages, writing
from telnyx_mock.simulator.carrier_errors import CARRIER_ERRORS
from telnyx_mock.simulator.commands import SENDS
from telnyx_mock.simulator.expectation import Expectations
from telnyx_mock.simulator.simulation import Simulation


class Conversation:
    """Messages between a number or agent of your app and a person, whom the test plays.

    ``telnyx_mock.conversation()`` begins one. Telnyx delivers what the person writes, and what your app sends;
    both come to your app as webhooks. Time is virtual.

    Each method raises ReceiverFailure if the app does not accept a webhook.
    """

    def __init__(
        self, simulation: Simulation, from_: str, to: str, by: MessageType = "SMS"
    ) -> None:
        if by not in get_args(MessageType):
            raise unknown("kind of message", by, get_args(MessageType))
        self._simulation = simulation
        self._person, self._number, self._by = from_, to, by
        self._since = simulation.position()
        with simulation.using() as network:
            self._inbox = messages.inbox(network, from_)
        self._received = len(self._inbox.received)
        self._expectations = Expectations(
            simulation,
            lambda command: command.name in SENDS and from_ in command.texts(),
            "conversation",
            lambda: simulation.shown(since=self._since),
            simulation.said.position,
        )

    def write(
        self, /, text: str = "", *, media: Sequence[str] = (), cc: Sequence[str] = (), **fields: Any
    ) -> None:
        """Write *text* to the app, with the files at the addresses *media*: an SMS with files is an MMS.

        *cc* are the numbers of the others in a group, which is an MMS, too. By RCS, each file is a message of
        its own. *fields* are further fields of ``message.received``. With ``STOP`` and its synonyms the person
        opts out by SMS: from then on the API refuses the app's messages (40300), until the person writes
        ``START``.
        """
        __tracebackhide__ = True
        if cc:
            self._only("SMS", "A group")
        self._simulation.act(
            lambda network: writing.write(
                network, self._person, self._number, text, media, fields, self._by, cc
            )
        )

    def press(self, suggestion: str) -> None:
        """Press the *suggestion* of this text, which an RCS message of the app has made.

        Raises UsageError if no message has made it.
        """
        __tracebackhide__ = True
        self._only("RCS", "A suggestion")
        self._simulation.look()
        made = self._inbox.suggestions
        if suggestion not in made:
            raise unknown("suggestion", suggestion, made, where="in the messages of the app")
        self._simulation.act(
            lambda network: writing.press(
                network, self._person, self._number, suggestion, made[suggestion]
            )
        )

    def share_location(self, latitude: float, longitude: float) -> None:
        """Share a place by RCS, in degrees."""
        __tracebackhide__ = True
        self._only("RCS", "A place")
        self._simulation.act(
            lambda network: writing.share_location(
                network, self._person, self._number, latitude, longitude
            )
        )

    def read(self) -> None:
        """Read what has come by RCS or WhatsApp: the app has ``message.read`` for each message."""
        __tracebackhide__ = True
        if self._by == "SMS":
            raise UsageError("Nobody tells Telnyx that an SMS was read; choose by='RCS'.")
        self._simulation.act(lambda network: messages.read(network, self._inbox, self._by))

    def be_unreachable(self, code: str = "40001") -> None:
        """Let no message arrive from now on: each is finalized as ``delivery_failed``.

        *code* says with which error: 40001 is a landline, 40002 and 40003 are blocked as spam, 40008 is not
        accepted by the carrier. Raises UsageError for a code that is not known.
        """
        self._inbox.error = _error(code)

    def switch_rcs_off(self, code: str = "40008") -> None:
        """Let no message arrive by RCS from now on; an SMS does. So the ``sms_fallback`` of a message arrives.

        *code* is the error of such a message, as for :meth:`be_unreachable`.
        """
        self._inbox.rcs_error = _error(code)

    def be_reachable(self) -> None:
        """Let messages arrive again, by RCS too."""
        self._inbox.error = self._inbox.rcs_error = None

    @property
    def received(self) -> list[str]:
        """The texts that the person has received since the conversation began."""
        self._simulation.look()
        return self._inbox.received[self._received :]

    @property
    def commands(self) -> list[Command]:
        """The commands by which the app sent messages to the person, and that the API accepted."""
        self._simulation.look()
        return self._expectations.commands()

    @property
    def transcript(self) -> str:
        """What has happened since the conversation began: a line for each message, webhook and command."""
        self._simulation.look()
        return self._simulation.shown(since=self._since)

    def expect(
        self,
        /,
        name: str = "messages.send",
        *,
        contains: str = "",
        timeout: float | None = None,
        **parameters: Any,
    ) -> Command:
        """Return the next message that the app sent to the person; see :meth:`Call.expect`."""
        __tracebackhide__ = True
        return self._expectations.expect(name, contains, timeout, parameters)

    def _only(self, by: MessageType, what: str) -> None:
        if self._by != by:
            raise UsageError(
                f"{what} needs a conversation by {by}: telnyx_mock.conversation(by={by!r})."
            )

    def __repr__(self) -> str:
        return f"<Conversation of {self._person} with {self._number}>"


def _error(code: str) -> Mapping[str, str]:
    if code not in CARRIER_ERRORS:
        raise unknown("error of a carrier", code, CARRIER_ERRORS)
    return CARRIER_ERRORS[code]
