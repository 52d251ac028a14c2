"""A simulated conversation by messages, as the person at the telephone holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telnyx_mock.fake_api.command import Command
from telnyx_mock.simulator import messages
from telnyx_mock.simulator.commands import SENDS
from telnyx_mock.simulator.expectation import Expectations
from telnyx_mock.simulator.simulation import Simulation


class Conversation:
    """Messages between a number of your app and a person, whom the test plays.

    ``telnyx_mock.conversation()`` begins one. Telnyx delivers what the person writes, and what your app sends;
    both come to your app as webhooks. Time is virtual.

    Each method raises ReceiverFailure if the app does not accept a webhook.
    """

    def __init__(self, simulation: Simulation, from_: str, to: str) -> None:
        self._simulation = simulation
        self._person, self._number = from_, to
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

    def write(self, text: str, *, media: Sequence[str] = (), **fields: Any) -> None:
        """Write *text* to the app, as an MMS if there are *media*: the addresses of files.

        *fields* are further fields of ``message.received``. With ``STOP`` and its synonyms the person opts
        out: from then on the API refuses the app's messages (40300), until the person writes ``START``.
        """
        __tracebackhide__ = True
        self._simulation.act(
            lambda network: messages.write(
                network, self._person, self._number, text, tuple(media), fields
            )
        )

    def be_unreachable(self) -> None:
        """Let no message arrive from now on: each is finalized as ``delivery_failed``."""
        self._inbox.error = messages.UNREACHABLE

    def be_reachable(self) -> None:
        """Let messages arrive again."""
        self._inbox.error = None

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
        name: str = "messages.send",
        *,
        contains: str = "",
        timeout: float | None = None,
        **parameters: Any,
    ) -> Command:
        """Return the next message that the app sent to the person; see :meth:`Call.expect`."""
        __tracebackhide__ = True
        return self._expectations.expect(name, contains, timeout, parameters)

    def __repr__(self) -> str:
        return f"<Conversation of {self._person} with {self._number}>"
