"""Writes the pytest test that plays a call again, as it was played on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telnyx_mock.phone.switchboard import WITH_TEXT, Act, Telephone
from telnyx_mock.simulator.simulation import Said

_LONGEST = 60
"""The most characters of a text that the test looks for: its beginning is enough."""

_TELLING = ("to", "audio_url", "media_name", "queue_name")
"""The parameters that a test names, beside what is spoken."""


def saved_test(story: Sequence[Act | Said], telephones: Sequence[Telephone]) -> str:
    """Return the source of a test of *story*, with these *telephones*; empty if nothing has happened."""
    lines = list(_Writer(telephones).lines(story))
    if not lines:
        return ""
    return "\n".join(["def test_a_call(telnyx_mock):", *(f"    {line}" for line in lines), ""])


class _Writer:
    """Gives each telephone a name in the test."""

    def __init__(self, telephones: Sequence[Telephone]) -> None:
        self._telephones = telephones
        self._names: dict[Telephone, str] = {}

    def lines(self, story: Sequence[Act | Said]) -> Iterator[str]:
        for each in story:
            yield from self._of_act(each) if isinstance(each, Act) else self._of_command(each)
        for telephone, name in self._names.items():
            ended = telephone.leg.has_ended
            yield (
                f"assert {name}.ended"
                if ended
                else f'assert {name}.state == "{telephone.leg.state}"'
            )

    def _of_act(self, act: Act) -> Iterator[str]:
        if act.name == "call":
            callers = [each for each in self._telephones if each.leg.direction == "incoming"]
            rung = [each for each in callers if each not in self._names]
            if rung:
                name = self._named(rung[0])
                numbers = f"from_={quoted(act.text)}, to={quoted(act.other)}"
                yield f"{name} = telnyx_mock.call({numbers})"
        elif act.name == "fail":
            yield f'telnyx_mock.api.answer_with("POST", "/*", status={act.text}, times=1)'
        elif act.name == "again":
            yield f"# {act.text} was delivered again here."
        elif act.telephone is not None:
            yield from self._dialled(act.telephone)
            text = quoted(act.text) if act.name in WITH_TEXT else ""
            yield f"{self._names[act.telephone]}.{act.name}({text})"

    def _of_command(self, said: Said) -> Iterator[str]:
        command = said.command
        if not said.is_accepted or command.is_read:
            return
        for telephone in self._telephones:
            if telephone.leg.call_control_id != command.call_control_id:
                continue
            yield from self._dialled(telephone)
            words = [quoted(command.name)]
            if isinstance(payload := command.parameters.get("payload"), str) and payload:
                words.append(f"contains={quoted(payload[:_LONGEST])}")
            for key in _TELLING:
                if isinstance(value := command.parameters.get(key), str):
                    words.append(f"{key}={quoted(value)}")
            yield f"{self._names[telephone]}.expect({', '.join(words)})"

    def _dialled(self, telephone: Telephone) -> Iterator[str]:
        """Yield the line that finds a telephone which the app calls, before its first use."""
        if telephone not in self._names:
            name = self._named(telephone)
            yield f"{name} = telnyx_mock.dialled({quoted(telephone.leg.to)})"

    def _named(self, telephone: Telephone) -> str:
        word = "call" if telephone.leg.direction == "incoming" else "other"
        taken = sum(name.startswith(word) for name in self._names.values())
        self._names[telephone] = name = word if not taken else f"{word}_{taken + 1}"
        return name


def quoted(text: str) -> str:
    """Return *text* as a literal of Python, in double quotes where it can be."""
    written = ascii(text) if not text.isprintable() else repr(text)
    if written.startswith("'") and '"' not in written:
        return f'"{written[1:-1]}"'
    return written
