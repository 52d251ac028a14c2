"""What an async test holds: a call, a conversation or a fax machine whose acts are awaited."""

from __future__ import annotations

from telnyx_mock.simulator.awaited import Counterpart, awaited
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.conversation import Conversation
from telnyx_mock.simulator.fax_machine import FaxMachine
from telnyx_mock.simulator.leg import LegState


class AsyncCall(Counterpart[Call]):
    """Does what :class:`Call` does, in an async test: each act is awaited.

    ``await telnyx_mock.acall()`` lets a person call your app, and ``await telnyx_mock.adialled()`` is the
    telephone that your app calls. Your app runs on the loop of the test. What the test sees is not awaited.
    """

    press = awaited(Call.press)
    say = awaited(Call.say)
    pay = awaited(Call.pay)
    tell_assistant = awaited(Call.tell_assistant)
    stay_silent = awaited(Call.stay_silent)
    listen = awaited(Call.listen)
    hang_up = awaited(Call.hang_up)
    hold = awaited(Call.hold)
    unhold = awaited(Call.unhold)
    answer = awaited(Call.answer)
    answer_as_machine = awaited(Call.answer_as_machine)
    be_busy = awaited(Call.be_busy)
    reject = awaited(Call.reject)
    not_answer = awaited(Call.not_answer)
    expect = awaited(Call.expect)

    @property
    def state(self) -> LegState:
        """``ringing``, ``answered``, ``bridged``, ``held`` or ``ended``."""
        return self._held.state

    @property
    def ended(self) -> bool:
        """Whether somebody has hung up."""
        return self._held.ended

    @property
    def heard(self) -> list[str]:
        """What the person has heard."""
        return self._held.heard

    @property
    def client_state(self) -> str | None:
        """What the app attached to the call last, in Base64, or None."""
        return self._held.client_state

    @property
    def call_control_id(self) -> str:
        """The id by which commands name the call."""
        return self._held.call_control_id


class AsyncConversation(Counterpart[Conversation]):
    """Does what :class:`Conversation` does, in an async test: ``await telnyx_mock.aconversation()`` begins one.

    Each act is awaited. What the test sees is not, nor are ``be_unreachable`` and the like, of which no webhook tells.
    """

    write = awaited(Conversation.write)
    press = awaited(Conversation.press)
    share_location = awaited(Conversation.share_location)
    read = awaited(Conversation.read)
    expect = awaited(Conversation.expect)

    def be_unreachable(self, code: str = "40001") -> None:
        """Do what :meth:`Conversation.be_unreachable` does."""
        self._held.be_unreachable(code)

    def switch_rcs_off(self, code: str = "40008") -> None:
        """Do what :meth:`Conversation.switch_rcs_off` does."""
        self._held.switch_rcs_off(code)

    def be_reachable(self) -> None:
        """Do what :meth:`Conversation.be_reachable` does."""
        self._held.be_reachable()

    @property
    def received(self) -> list[str]:
        """The texts that the person has received since the conversation began."""
        return self._held.received


class AsyncFaxMachine(Counterpart[FaxMachine]):
    """Does what :class:`FaxMachine` does, in an async test: ``await telnyx_mock.afax_machine()`` returns one.

    Each act is awaited. What the test sees is not, nor are ``fail`` and ``work``, of which no webhook tells.
    """

    send = awaited(FaxMachine.send)
    expect = awaited(FaxMachine.expect)

    def fail(self, reason: str = "user_busy") -> None:
        """Do what :meth:`FaxMachine.fail` does."""
        self._held.fail(reason)

    def work(self) -> None:
        """Do what :meth:`FaxMachine.work` does."""
        self._held.work()

    @property
    def received(self) -> list[str]:
        """The addresses or names of the documents that the machine has printed since it was asked for."""
        return self._held.received
