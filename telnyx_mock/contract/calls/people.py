"""The people of a simulation: what each did, so that one can do the same again without the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from telnyx_mock.contract.calls.stage import Stage
from telnyx_mock.simulator import gathering, lifecycle, person, writing
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.machines import HUMAN, MACHINE
from telnyx_mock.simulator.network import Network

APP = "+13125550199"
"""The number of the app."""

_CALLER = 13125550142
"""The number of the first person in a story; the others have the next ones."""

_STRANGER = 13126000000
"""The number of the first person in all simulations, likewise."""

MOST = 5
"""At most so many people call in one simulation."""

_MOST_RINGING = 10
"""At most so many telephones that the app calls still do something in the end."""

_REFUSALS = {
    "be_busy": ("is busy", "user_busy"),
    "not_answer": ("does not answer", "no_answer"),
    "reject": ("rejects the call", "call_rejected"),
}

Act = tuple[str, int | None, tuple[Any, ...]]
"""What somebody did: its name, the number of the person who called, if it was one, and with what."""


class People:
    """All who call the app on *stage*, and the telephones that the app calls.

    ``calls`` are the calls of those who called, in order, and of those whom the app called by *dial*. *strangers* are
    how many people called the app before: these here have other numbers, as the app may remember those. ``app`` is the
    number of the app.
    """

    def __init__(
        self, stage: Stage, strangers: int = 0, dial: Callable[[], None] | None = None
    ) -> None:
        self.app = APP
        self._strangers = strangers
        self._dial = dial
        self.calls: list[Call] = []
        self._stage = stage
        self._legs: list[Leg] = []
        self._acts: list[Act] = []

    def leg(self, who: int) -> Leg:
        """Return the leg of the person *who*, counted around. At least one must have called."""
        return self._legs[who % len(self._legs)]

    def call(self, number: int = 1) -> None:
        """Let so many people call at the same moment."""
        first = len(self._legs)
        self._ring([self._number(first + each) for each in range(number)])

    def call_again(self, who: int) -> None:
        """Let *who* call once more, whether the last call goes on or not."""
        self._ring([self.leg(who).number])

    def _ring(self, numbers: list[str]) -> None:
        positions = self._stage.simulation.position(), self._stage.simulation.said.position
        first = len(self._legs)
        self._acts += [("call", first + each, ()) for each in range(len(numbers))]

        def ring(network: Network) -> None:
            for number in numbers:
                leg = person.rings(network, number, self.app, {})
                self._legs.append(leg)
                self.calls.append(Call(self._stage.simulation, leg, *positions))

        self._stage.simulation.act(ring)

    def dial(self) -> None:
        """Let the app call somebody, who is one of the people from now on."""
        if self._dial is None:
            return
        self._acts.append(("dial", None, ()))
        simulation, network = self._stage.simulation, self._stage.network
        positions = simulation.position(), simulation.said.position
        network.note("", "note", "the app is asked to dial")
        before = set(network.legs)
        with self._stage.heard_apart():
            self._dial()
            self._stage.wait_until_idle()
        for call, leg in list(network.legs.items()):
            if call not in before:
                self._legs.append(leg)
                self.calls.append(Call(simulation, leg, *positions))
        simulation.act(lambda network: None)

    def api_fails(self, status: int) -> None:
        """Let the API answer the next command with this *status*, whoever it is for."""
        self._acts.append(("api_fails", None, (status,)))
        self._stage.fail_once(status)

    def press(self, who: int, key: str) -> None:
        """Let *who* press *key*, if the call is answered."""
        leg = self._noted("press", who, key)
        if leg.is_up:
            self._do(leg, f"presses {key}", lambda network: gathering.press(network, leg, key))

    def say(self, who: int, words: str) -> None:
        """Let *who* say *words*, if the call is answered."""
        leg = self._noted("say", who, words)
        if leg.is_up:
            self._do(leg, f"says: {words}", lambda network: person.says(network, leg, words))

    def hang_up(self, who: int) -> None:
        """Let *who* hang up, if the call goes on."""
        self._hang_up(self._noted("hang_up", who))

    def wait(self, who: int) -> bool:
        """Let *who* be silent until Telnyx stops to wait for something. Return whether it waited for *who*."""
        leg = self._noted("wait", who)
        moment = None if leg.has_ended else self._stage.network.patience_of(leg)
        if moment is None:
            return False
        seconds = moment - self._stage.network.now
        self._do(leg, "stays silent", lambda network: None, seconds=seconds)
        return True

    def at_telephone(self, how: str) -> None:
        """Let the telephone that the app called last, and that rings, do what *how* says."""
        self._acts.append(("at_telephone", None, (how,)))
        ringing = [
            leg
            for leg in self._stage.network.legs.values()
            if leg.direction == "outgoing" and leg.state == "ringing"
        ]
        if not ringing:
            return
        leg = ringing[-1]
        if how in _REFUSALS:
            note, cause = _REFUSALS[how]
            self._do(leg, note, lambda network: person.does_not_answer(network, leg, cause))
            return
        machine = how == "answer_as_machine"
        self._do(
            leg,
            "is a machine, and answers" if machine else "answers",
            lambda network: lifecycle.picked_up(
                network, leg, MACHINE if machine else HUMAN, beep=machine
            ),
        )

    def write(self, who: int, words: str) -> None:
        """Let *who*, who need not have called, write a message to the app."""
        self._acts.append(("write", None, (who, words)))
        number = self._number(who % MOST)
        self._stage.simulation.act(
            lambda network: writing.write(network, number, self.app, words, (), {})
        )

    def all_hang_up(self, then: str) -> None:
        """Let everybody who called hang up; then a telephone that rings still does what *then* says."""
        for leg in self._legs:
            self._hang_up(leg)
        for _ in range(_MOST_RINGING):  # an app may call again whoever does not answer
            self.at_telephone(then)

    def anonymous(self, text: str) -> str:
        """Return *text* with the same numbers as in any other simulation."""
        for who in range(MOST):
            text = text.replace(self._number(who), f"+{_CALLER + who}")
        return text

    @property
    def numbers(self) -> list[str]:
        """The numbers of all people, whether they have called or not."""
        return [self._number(who) for who in range(MOST)]

    def _number(self, who: int) -> str:
        return f"+{_STRANGER + self._strangers + who}"

    def again(
        self,
        others: People,
        session: str = "",
        instead: Mapping[str, str] | None = None,
        *,
        failing: bool = False,
    ) -> None:
        """Let *others* do what these people did.

        If there is a *session*, only the person does so whose call has this ``call_session_id``. What a telephone does
        that the app calls may be another thing *instead*. The API fails again only if it is to be *failing*.
        """
        for name, who, given in self._acts:
            if name == "api_fails" and not failing:
                continue
            if who is None:
                changed = [(instead or {}).get(str(each), each) for each in given]
                getattr(others, name)(*changed)
            elif session and self._legs[who].call_session_id != session:
                continue
            elif name == "call":
                position = self.numbers.index(self._legs[who].number)
                others._ring([others._number(position)])
            elif others.calls:
                getattr(others, name)(0 if session else who, *given)

    def _noted(self, name: str, who: int, *given: Any) -> Leg:
        self._acts.append((name, who % len(self._legs), given))
        return self.leg(who)

    def _hang_up(self, leg: Leg) -> None:
        if not leg.has_ended:
            self._do(leg, "hangs up", lambda network: person.hangs_up(network, leg))

    def _do(
        self, leg: Leg, note: str, act: Callable[[Network], Any], *, seconds: float = 0.0
    ) -> None:
        self._stage.network.note(leg, "person", note)
        self._stage.simulation.act(act, seconds=seconds)
