"""One rule of the receiver contract, and what a rule may use to find out whether it is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.reproduce.command import TARGET, repeat
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.paths import full_path
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import ABSENT, decisions, differences
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime
from telnyx_mock.severity import Severity

if TYPE_CHECKING:
    from telnyx_mock.contract.engine.campaign import Campaign

__all__ = [
    "Blocked",
    "Check",
    "Inconclusive",
    "Scope",
    "Skipped",
    "content_type",
    "departure",
    "excerpt",
]

ANSWER = 500
"""Bytes of an answer that a finding shows."""


class Scope(Enum):
    """What a check is run for."""

    EVENT = "each event"
    FAMILY = "one event of each family"
    CONTENT_TYPE = "one JSON event and one form"
    RUN = "the whole run"


def content_type(event: Event) -> str:
    """What *event* is written in: ``json`` or ``form``."""
    return event.content_type.name.lower()


def _always(event: Event) -> bool:
    return True


class Inconclusive(Exception):
    """The check was tried, and it could not be told whether the rule is kept."""


class Blocked(Inconclusive):
    """The receiver needed what it cannot have here, now or later, so another try is of no use."""


class Skipped(Exception):
    """The check does not apply here; that changes no verdict."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the receiver contract.

    *title* says the rule, *why* the reason, *source* is the page of the provider that has it,
    *fix* what to do about a finding. *look* looks for findings by sending things; it is asked
    only about events that the rule *applies* to. One that *judges_time* is tried, until it finds
    something, however late answers come.
    """

    id: str
    title: str
    severity: Severity
    scope: Scope
    why: str
    source: str
    fix: str
    look: Callable[[Check, Campaign, Event], Iterator[Finding]]
    applies: Callable[[Event], bool] = _always
    judges_time: bool = False

    def finding(
        self,
        delivery: Delivery,
        problem: str,
        expected: str,
        *,
        severity: Severity | None = None,
        fields: tuple[str, ...] = (),
        why: str | None = None,
        fix: str | None = None,
        alone: bool = True,
    ) -> Finding:
        """A finding of this check: *problem* says what the receiver did with the delivery.

        *severity*, *why* and *fix* are the check's own unless the problem has another. Where the
        delivery does not show it *alone*, for it takes others too, the command that shows it again
        runs this check, and none sends it.
        """
        request = delivery.request
        return Finding(
            check=self.id,
            severity=self.severity if severity is None else severity,
            event=request.event,
            message=f"{delivery.sent()} {problem}.",
            expected=expected,
            observed=delivery.answer(),
            why=self.why if why is None else why,
            source=self.source,
            fix=self.fix if fix is None else fix,
            curl=delivery.curl() if alone else "",
            repeat=repeat(request) if alone else self._again(request.event),
            replay=f"telnyx-mock replay {delivery.id}" if alone and delivery.id else "",
            sent=_sent(request),
            fields=fields,
            traceback=delivery.crash or "",
            answer=excerpt(delivery.body),
            delivery=delivery.id,
        )

    def _again(self, event: str) -> str:
        about = ["--events", event] if self.scope is Scope.EVENT else []
        return " ".join(["telnyx-mock", "check", TARGET, *about, "--only", self.id])


def excerpt(body: bytes) -> str:
    """How the *body* of an answer begins, as a finding shows it."""
    return body[:ANSWER].decode("utf-8", "replace").strip()


def departure(event: Event, path: str, value: Json) -> str:
    """A difference from the sample of *event* in words, cut short where the value is long."""
    if value is ABSENT:
        return f"no {path}"
    text = json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
    if len(text) > 80:
        length = len(value) if isinstance(value, str) else len(text)
        text = f"{text[:60]}... ({length} characters)"
    if isinstance(value, GeneratedTime) and not value.offset and _is_earlier(event, path):
        text += " (the time of the event)"
    return f"{path} = {text}"


def _is_earlier(event: Event, path: str) -> bool:
    """Whether the time at *path* usually lies before the event."""
    place = re.sub(r"\[[0-9]+\]", "[]", full_path(event, path))
    kinds = kinds_by_path(event).get(place, ())
    return any(isinstance(kind, Timestamp) and kind.offset < 0 for kind in kinds)


def _sent(request: Request) -> str:
    """How the webhook differs from the documented sample, and what follows of necessity."""
    if request.webhook is None:
        return ""
    decided = decisions(request.webhook)
    chosen = [departure(request.webhook.event, path, value) for path, value in decided.items()]
    forced = [
        departure(request.webhook.event, path, value)
        for path, value in differences(request.webhook)
        if path not in decided
    ]
    return ", ".join(chosen) + (f"; so {', '.join(forced)}" if forced else "")
