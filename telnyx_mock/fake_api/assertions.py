"""Assertions about the commands of a test. A failure shows the nearest command, and what differs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from telnyx_mock.clock import Clock
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.fake_api.command import Command
from telnyx_mock.hidden import without_secrets
from telnyx_mock.patience import PATIENCE

_SHOWN = 20
"""The most commands that a failure names."""

_LONG = 200
"""The most characters of a value that a failure shows."""


class HasCall(Protocol):
    """A call, such as :func:`telnyx_mock.call` returns it."""

    @property
    def call_control_id(self) -> str: ...


class Assertions(ABC):
    """Asserts what an app sent to Telnyx.

    A command is wanted by its name, as :attr:`Command.name` tells it (``answer``, ``messages.send``),
    by its *call*, which is a ``call_control_id`` or a call that has one, and by *parameters*. Other
    parameters of the command do not matter. A command that Telnyx ignores, as it repeats a ``command_id``,
    counts for none. A parameter that is no word of Python stands with an
    underscore behind it: ``from_="+13125550199"``.
    """

    _clock: Clock

    def __init__(self) -> None:
        super().__init__()
        self._wanted: list[_Wanted] = []
        self._found: list[Command] = []

    @property
    @abstractmethod
    def commands(self) -> list[Command]:
        """The commands of this test."""

    def assert_called(
        self, name: str, *, call: str | HasCall | None = None, **parameters: Any
    ) -> Command:
        """Return the last command that is wanted. Raises ReceiverFailure if there is none."""
        __tracebackhide__ = True
        self._wanted.append(wanted := _Wanted(name, call, parameters))
        found = [command for command in self.commands if wanted.fits(command)]
        if not found:
            raise ReceiverFailure(
                f"The app sent no command {wanted}.{wanted.nearest(self.commands)}"
            )
        return found[-1]

    def assert_called_once(
        self, name: str, *, call: str | HasCall | None = None, **parameters: Any
    ) -> Command:
        """Return the one command that is wanted. Raises ReceiverFailure if there are none or several."""
        __tracebackhide__ = True
        command = self.assert_called(name, call=call, **parameters)
        wanted = _Wanted(name, call, parameters)
        number = sum(wanted.fits(each) for each in self.commands)
        if number > 1:
            raise ReceiverFailure(
                f"The app sent the command {wanted} {number} times.{_all(self.commands)}"
            )
        return command

    def assert_not_called(
        self, name: str | None = None, *, call: str | HasCall | None = None, **parameters: Any
    ) -> None:
        """Raise ReceiverFailure if a command came that is described; without *name*, if any came."""
        __tracebackhide__ = True
        wanted = _Wanted(name, call, parameters)
        for command in self.commands:
            if wanted.fits(command):
                raise ReceiverFailure(
                    f"The app sent the command {_described(command)}, which it should not send."
                )

    def assert_order(self, *names: str, call: str | HasCall | None = None) -> None:
        """Raise ReceiverFailure unless commands with these *names* came one after the other.

        Others may come between them.
        """
        __tracebackhide__ = True
        if not names:
            raise UsageError("Name the commands in the order in which they should come.")
        self._wanted += [_Wanted(name, call, {}) for name in names]
        left = iter([each for each in self.commands if _Wanted(None, call, {}).fits(each)])
        before = ""
        for name in names:
            if not any(command.name == name for command in left):
                after = f" after {before}" if before else ""
                raise ReceiverFailure(
                    f"The app sent no command {name}{after}; the order should be "
                    f"{', '.join(names)}.{_all(self.commands)}"
                )
            before = name

    def wait_for(
        self,
        name: str,
        *,
        call: str | HasCall | None = None,
        timeout: float = 2.0,
        **parameters: Any,
    ) -> Command:
        """Wait at most *timeout* seconds for a command that is wanted, and return the first.

        It is for an app whose threads or processes send it. Raises ReceiverFailure if it does not come.
        """
        __tracebackhide__ = True
        self._wanted.append(wanted := _Wanted(name, call, parameters))
        end = self._clock.monotonic() + timeout
        while not (found := [each for each in self.commands if wanted.fits(each)]):
            if self._clock.monotonic() >= end:
                raise ReceiverFailure(
                    f"The app sent no command {wanted} within {timeout:g} s."
                    f"{wanted.nearest(self.commands)}"
                )
            self._clock.sleep(PATIENCE.poll)
        return found[0]

    def expect(self, name: str, *, call: str | HasCall | None = None, **parameters: Any) -> None:
        """Expect commands that are described, however many and whenever they come.

        Only :meth:`assert_nothing_else` looks at that, and asks for none of them.
        """
        self._wanted.append(_Wanted(name, call, parameters))

    def note_found(self, command: Command) -> None:
        """Note that a test has found *command*, and so expects it."""
        self._found.append(command)

    def assert_nothing_else(self) -> None:
        """Raise ReceiverFailure if a command came that nobody expected.

        A command is expected if :meth:`expect` or an assertion describes it, or ``call.expect`` found it. One
        that only reads, or that Telnyx ignores, needs not be expected.
        """
        __tracebackhide__ = True
        others = [each for each in self.commands if not self._is_expected(each)]
        if not others:
            return
        shown = [_described(each) for each in others[:_SHOWN]]
        more = f", and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        names = [*map(str, self._wanted), *(each.name for each in self._found)]
        expected = ", ".join(dict.fromkeys(names)) or "none"
        raise ReceiverFailure(
            f"The app sent {'a command' if len(others) == 1 else f'{len(others)} commands'} that the test "
            f"does not expect: {', '.join(shown)}{more}. It expects {expected}."
        )

    def _is_expected(self, command: Command) -> bool:
        if not command.is_effect or command.is_repeat:
            return True
        is_found = any(each is command for each in self._found)
        return is_found or any(each.fits(command) for each in self._wanted)

    def _forget_expected(self) -> None:
        self._wanted.clear()
        self._found.clear()


class _Wanted:
    """A command that a test wants. Without *name*, every command has the right name."""

    def __init__(
        self, name: str | None, call: str | HasCall | None, parameters: dict[str, Any]
    ) -> None:
        self.name = name
        self.call = call if call is None or isinstance(call, str) else call.call_control_id
        self.parameters = {key.removesuffix("_"): value for key, value in parameters.items()}

    def __str__(self) -> str:
        call = "" if self.call is None else f" for the call {self.call}"
        given = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.name}{call}{' with ' if given else ''}{given}"

    def fits(self, command: Command) -> bool:
        return not any(self.differences(command))

    def differences(self, command: Command) -> Iterator[str]:
        """Yield what is different in *command*, in words."""
        if command.is_repeat:
            yield f"it repeats the command_id {command.command_id!r}, so Telnyx ignores it"
        if self.name is not None and command.name != self.name:
            yield f"it is {command.name}"
        if self.call is not None and command.call != self.call:
            yield (
                "it is for no call"
                if command.call is None
                else f"it is for the call {command.call}"
            )
        for name, value in self.parameters.items():
            if name not in command.parameters:
                yield f"it has no {name}"
            elif command.parameters[name] != value:
                yield f"{name} is {_short(command.parameters[name])}, not {_short(value)}"

    def nearest(self, commands: Sequence[Command]) -> str:
        """Return a sentence about the command that is most like the one that is wanted."""
        if not commands:
            return " It sent none at all."

        def distance(command: Command) -> tuple[bool, int]:
            return command.name != self.name, len(list(self.differences(command)))

        near = min(reversed(commands), key=distance)
        if near.name != self.name:
            return _all(commands)
        return f" The nearest is {_described(near)}: {'; '.join(self.differences(near))}."


def _described(command: Command) -> str:
    given = ", ".join(f"{name}={_short(value)}" for name, value in command.parameters.items())
    return f"{command.name}({given})"


def _short(value: Any) -> str:
    text = without_secrets(repr(value))
    return text if len(text) <= _LONG else f"{text[:_LONG]}..."


def _all(commands: Sequence[Command]) -> str:
    names = [command.name for command in commands]
    more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f" It sent {', '.join(names[:_SHOWN])}{more}."
