"""The transcript of a simulation: who did or said what, which webhook and which command, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from telnyx_mock.simulator.leg import Leg

Kind = Literal["person", "webhook", "command", "note"]

_TELLING = ("payload", "text", "audio_url", "media_name", "to", "queue_name", "cause", "stream_url")
"""The parameters that say most about a command, the most telling one first."""

_WHO = {"webhook": "Telnyx", "command": "app", "note": ""}


@dataclass(slots=True)
class Entry:
    """One line: what happened *at* this virtual second, at the telephone with this *number*, if any.

    *text* says what, and *detail* says more about it, with its punctuation.
    """

    at: float
    kind: Kind
    number: str
    text: str
    detail: str = ""


def shown_parameters(parameters: Mapping[str, Any]) -> str:
    """Return the most telling of *parameters* behind a colon, or nothing."""
    value = next((parameters[each] for each in _TELLING if parameters.get(each)), None)
    return "" if value is None else f": {value}"


def written(entries: Iterable[Entry], leg: Leg | None = None) -> str:
    """Return *entries* as lines: the seconds since *leg* began, who, and what.

    Other legs than *leg* are named by their numbers.
    """
    began, own = (0.0, "") if leg is None else (leg.began, leg.number)
    lines = [columns(entry, began, own) for entry in entries]
    moment, who_width = (max((len(line[n]) for line in lines), default=0) for n in (0, 1))
    return "\n".join(f"{line[0]:>{moment}}  {line[1]:<{who_width}}  {line[2]}" for line in lines)


def columns(entry: Entry, began: float = 0.0, own: str = "") -> tuple[str, str, str]:
    """Return the seconds since *began*, who, and what. A webhook or command names any number but *own*."""
    who = entry.number if entry.kind == "person" else _WHO[entry.kind]
    is_other = entry.kind != "person" and entry.number not in ("", own)
    about = f" for {entry.number}" if is_other else ""
    return f"{entry.at - began:.2f} s", who, f"{entry.text}{about}{entry.detail}"
