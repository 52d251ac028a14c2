"""Writes the pytest test that plays a call again, as it was played on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telnyx_mock.fake_api.command import Command
from telnyx_mock.phone.places import WITH_TEXT, Act, Chat, Place, Telephone
from telnyx_mock.simulator.commands import SENDS
from telnyx_mock.simulator.said import Said

_LONGEST = 60
"""The most characters of a text that the test looks for: its beginning is enough."""

_TELLING = ("to", "audio_url", "media_name", "queue_name")
"""The parameters that a test names, beside what is spoken."""


def saved_test(
    story: Sequence[Act | Said], telephones: Sequence[Telephone], chats: Sequence[Chat]
) -> str:
    """Return the source of a test of *story* at these places; empty if nothing has happened."""
    if not story:
        return ""
    lines = _Writer(telephones, chats).lines(story)
    return "\n".join(["def test_a_call(telnyx_mock):", *(f"    {line}" for line in lines), ""])


class _Writer:
    """Gives each place a name in the test."""

    def __init__(self, telephones: Sequence[Telephone], chats: Sequence[Chat]) -> None:
        self._telephones = list(telephones)
        self._chats = list(chats)
        self._names: dict[Place, str] = {}

    def lines(self, story: Sequence[Act | Said]) -> Iterator[str]:
        for chat in self._chats:
            numbers = f"from_={quoted(chat.own)}, to={quoted(chat.to)}"
            yield f"{self._named(chat)} = telnyx_mock.conversation({numbers})"
        for each in story:
            yield from self._of_act(each) if isinstance(each, Act) else self._of_command(each)
        for place, name in self._names.items():
            if isinstance(place, Telephone):
                state = place.leg.state
                yield (
                    f'assert {name}.state == "{state}"'
                    if state != "ended"
                    else f"assert {name}.ended"
                )

    def _of_act(self, act: Act) -> Iterator[str]:
        if act.name == "call":
            callers = [each for each in self._telephones if each.leg.direction == "incoming"]
            rung = [each for each in callers if each not in self._names]
            if rung:
                numbers = f"from_={quoted(act.text)}, to={quoted(act.other)}"
                if act.duplicated:
                    yield "telnyx_mock.disturb(duplicated=True)"
                yield f"{self._named(rung[0])} = telnyx_mock.call({numbers})"
        elif act.name == "fail":
            yield f'telnyx_mock.api.answer_with("POST", "/*", status={act.text}, times=1)'
        elif act.name == "again":
            yield f"telnyx_mock.send_again({quoted(act.text)})"
        elif act.name == "earlier":
            yield f"# An earlier {act.text} was delivered again here."
        elif act.place is not None:
            yield from self._dialled(act.place)
            text = quoted(act.text) if act.name in WITH_TEXT else ""
            yield f"{self._names[act.place]}.{act.name}({text})"

    def _of_command(self, said: Said) -> Iterator[str]:
        command = said.command
        if not said.is_accepted or command.is_read:
            return
        if command.name in SENDS:
            for chat in self._chats:
                if chat.own in command.texts():
                    yield f"{self._names[chat]}.expect({', '.join(_of_message(command))})"
            return
        for telephone in self._telephones:
            if telephone.leg.call_control_id == command.call_control_id:
                yield from self._dialled(telephone)
                words = ", ".join(_of_command(command))
                yield f"{self._names[telephone]}.expect({words})"

    def _dialled(self, place: Place) -> Iterator[str]:
        """Yield the line that finds a telephone which the app calls, before its first use."""
        if place not in self._names:
            yield f"{self._named(place)} = telnyx_mock.dialled({quoted(place.own)})"

    def _named(self, place: Place) -> str:
        word = "conversation"
        if isinstance(place, Telephone):
            word = "call" if place.leg.direction == "incoming" else "other"
        taken = sum(name.startswith(word) for name in self._names.values())
        self._names[place] = name = word if not taken else f"{word}_{taken + 1}"
        return name


def _of_command(command: Command) -> Iterator[str]:
    """Yield what the test expects of a command for a call."""
    yield quoted(command.name)
    if isinstance(payload := command.parameters.get("payload"), str) and payload:
        yield f"contains={quoted(payload[:_LONGEST])}"
    for key in _TELLING:
        if isinstance(value := command.parameters.get(key), str):
            yield f"{key}={quoted(value)}"


def _of_message(command: Command) -> Iterator[str]:
    """Yield what the test expects of a message."""
    if command.name != SENDS[0]:
        yield quoted(command.name)
    if isinstance(text := command.parameters.get("text"), str) and text:
        yield f"contains={quoted(text[:_LONGEST])}"


def quoted(text: str) -> str:
    """Return *text* as a literal of Python, in double quotes where it can be."""
    written = ascii(text) if not text.isprintable() else repr(text)
    if written.startswith("'") and '"' not in written:
        return f'"{written[1:-1]}"'
    return written
