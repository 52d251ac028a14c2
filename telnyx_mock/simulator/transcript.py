"""The transcript of a simulation: who did or said what, which webhook and which command, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from telnyx_mock.delivery import Delivery
    from telnyx_mock.payload.webhook import Webhook
    from telnyx_mock.simulator.leg import Leg

Kind = Literal["person", "webhook", "command", "note"]

_TELLING = ("payload", "text", "audio_url", "media_name", "to", "queue_name", "cause", "stream_url")
"""The parameters that say most about a command, the most telling one first."""

_WHO = {"webhook": "Telnyx", "command": "app", "note": ""}


@dataclass(slots=True)
class Entry:
    """One line: what happened *at* this virtual second, at the telephone with this *number*, if any.

    *text* says what, and *detail* says more about it, with its punctuation. It is about the *nth* call
    that goes on with this number.
    """

    at: float
    kind: Kind
    number: str
    text: str
    detail: str = ""
    nth: int = 1

    @property
    def telephone(self) -> str:
        """The number, and which of its calls this is, if it is not the first."""
        return telephone(self)


def telephone(of: Leg | Entry) -> str:
    """Return the number of a leg or of a line, and which of its calls it is, if it is not the first."""
    return f"{of.number} (call {of.nth})" if of.nth > 1 else of.number


def shown_parameters(parameters: Mapping[str, Any], legs: Mapping[str, Leg] | None = None) -> str:
    """Return the most telling of *parameters* of a command, or nothing. It may join one of the *legs* with another."""
    other = (legs or {}).get(str(parameters.get("call_control_id")))
    if other is not None:
        return f" with {telephone(other)}"
    name = next((each for each in _TELLING if parameters.get(each)), "")
    if not name:
        return ""
    return f" to {parameters[name]}" if name == "to" else f": {parameters[name]}"


def shown_webhook(webhook: Webhook, delivery: Delivery, lost: int = 0, late: float = 0.0) -> str:
    """Return what *webhook* tells of keys or a detection, and how it was answered.

    So many attempts were *lost* before, and it was so many seconds *late*.
    """
    payload = webhook.payload
    names = ["digit", "digits"]
    if webhook.name == "call.gather.ended":
        names.append("status")
    elif webhook.name.endswith("detection.ended"):
        names.append("result")
    told = next((f": {payload[each]}" for each in names if payload.get(each)), "")
    attempt = lost + len(delivery.attempts)
    retried = f", at attempt {attempt}" if attempt > 1 else ""
    if (first := delivery.attempts[0].answer()) != delivery.answer():
        retried += f"; first: {first}"
    delayed = f", {late:.2f} s late" if late > 0.005 else ""
    return f"{told} ({delivery.answer()}{retried}{delayed})"


def together(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield *entries*, but only the first of those that say the same one after the other, with their number."""
    for _, group in groupby(entries, key=lambda entry: columns(entry)[1:]):
        first, *others = group
        yield replace(first, detail=f"{first.detail}, {1 + len(others)} times") if others else first


def written(entries: Iterable[Entry], leg: Leg | None = None) -> str:
    """Return *entries* as lines: the seconds since *leg* began, who, and what.

    Other legs than *leg* are named by their numbers.
    """
    began, own = (0.0, "") if leg is None else (leg.began, telephone(leg))
    lines = [columns(entry, began, own) for entry in entries]
    moment, who_width = (max((len(line[n]) for line in lines), default=0) for n in (0, 1))
    return "\n".join(f"{line[0]:>{moment}}  {line[1]:<{who_width}}  {line[2]}" for line in lines)


def columns(entry: Entry, began: float = 0.0, own: str = "") -> tuple[str, str, str]:
    """Return the seconds since *began*, who, and what. A webhook or command names any telephone but *own*."""
    who = entry.telephone if entry.kind == "person" else _WHO[entry.kind]
    is_other = entry.kind != "person" and entry.telephone not in ("", own)
    is_said = entry.detail.startswith(f" to {entry.number}")
    about = f" for {entry.telephone}" if is_other and not is_said else ""
    return f"{entry.at - began:.2f} s", who, f"{entry.text}{about}{entry.detail}"
