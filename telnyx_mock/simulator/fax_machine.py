"""A simulated fax machine, with which an app exchanges faxes: the object that a test uses."""

from __future__ import annotations

from typing import Any

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.fake_api.command import Command
from telnyx_mock.simulator import faxes
from telnyx_mock.simulator.expectation import Expectations
from telnyx_mock.simulator.simulation import Simulation


class FaxMachine:
    """A fax machine at a number, which sends to a number of your app, and prints what your app sends to it.

    ``telnyx_mock.fax_machine()`` returns one. Each fax comes to your app as webhooks, in their order. Time is
    virtual, and no document is fetched.

    Each method raises ReceiverFailure if the app does not accept a webhook.
    """

    def __init__(self, simulation: Simulation, number: str, to: str) -> None:
        self._simulation = simulation
        self._number, self._to = number, to
        self._since = simulation.position()
        with simulation.using() as network:
            self._tray = faxes.tray(network, number)
        self._received = len(self._tray.received)
        self._expectations = Expectations(
            simulation,
            lambda command: command.name == "faxes.post" and number in command.texts(),
            "fax machine",
            lambda: simulation.shown(since=self._since),
            simulation.said.position,
        )

    def send(self, /, pages: int = 2, *, breaks_off: bool = False, **fields: Any) -> None:
        """Send so many *pages* to the app, which has ``fax.received`` in the end.

        If the machine *breaks_off*, the call ends before the last page, and the app has ``fax.failed``. *fields*
        are further fields of the webhooks. Raises UsageError for a fax without pages.
        """
        __tracebackhide__ = True
        if pages < 1:
            raise UsageError(f"A fax has one page or more, not {pages}.")
        self._simulation.act(
            lambda network: faxes.receive(
                network, self._number, self._to, pages, breaks_off, fields
            )
        )

    def fail(self, reason: str = "user_busy") -> None:
        """Let no fax arrive from now on: each ends with ``fax.failed`` for this *reason*.

        Busy machines and wrong numbers (``user_busy``, ``receiver_no_answer``, ``destination_invalid``) do not answer; for
        other reasons, such as ``receiver_call_dropped``, the fax has begun. Raises UsageError for an unknown
        reason.
        """
        known = (*faxes.BEFORE_THE_CALL, *faxes.IN_THE_CALL)
        if reason not in known:
            raise unknown("reason", reason, known, where="of a failed fax")
        self._tray.failure = reason

    def work(self) -> None:
        """Let faxes arrive again."""
        self._tray.failure = None

    @property
    def received(self) -> list[str]:
        """The addresses or names of the documents that the machine has printed since it was asked for."""
        self._simulation.look()
        return self._tray.received[self._received :]

    @property
    def commands(self) -> list[Command]:
        """The commands by which the app sent faxes to the machine, and that the API accepted."""
        self._simulation.look()
        return self._expectations.commands()

    @property
    def transcript(self) -> str:
        """What has happened since the machine was asked for: a line for each fax, webhook and command."""
        self._simulation.look()
        return self._simulation.shown(since=self._since)

    def expect(
        self, /, *, contains: str = "", timeout: float | None = None, **parameters: Any
    ) -> Command:
        """Return the next command that sends a fax to the machine; see :meth:`Call.expect`."""
        __tracebackhide__ = True
        return self._expectations.expect("faxes.post", contains, timeout, parameters)

    def __repr__(self) -> str:
        return f"<FaxMachine at {self._number}>"
