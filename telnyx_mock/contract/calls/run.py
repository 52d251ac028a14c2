"""What the examples of one run of simulated calls share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from telnyx_mock.contract.calls.app_elsewhere import AppElsewhere
from telnyx_mock.contract.calls.app_threads import AppThreads
from telnyx_mock.contract.calls.invariants import Violation
from telnyx_mock.contract.engine.reason import Reason
from telnyx_mock.settings import Settings


@dataclass(slots=True)
class Run:
    """What the examples of one run share: the invariants to leave out, what was played *earlier*, and counts.

    An answer may take *deadline* seconds. *dial* lets the app call somebody, if the user said how. *texts* are what people write, if the app answers messages. *acted* is whether the app has sent any
    command, *commands* are the names of those that had an effect, and *answers* the statuses of its answers. The app has *called* somebody if it has begun a call. *refuted* are suspicions that need not be looked into again. *misled* counts the examples in which a call of the app to another service had no true answer.
    If a worker of an app in another process sends its commands later, people call only so many *seconds*, *until* a time of the clock; then the run *is_out_of_time*. So many
    *usual* calls were played first. *doubtful* counts the
    examples in which a command came later than was waited for.
    *seen* are the violations in the examples since the last one was found for sure. *ended* says why the run ended early, if it did.
    """

    left_out: set[str] = field(default_factory=set)
    earlier: set[str] = field(default_factory=set)
    refuted: set[Any] = field(default_factory=set)
    threads: AppThreads | AppElsewhere | None = None
    dial: Callable[[], None] | None = None
    texts: tuple[str, ...] = ()
    story: Callable[[], str] = str
    deadline: float = field(default_factory=lambda: Settings().deadline)
    acted: bool = False
    called: bool = False
    commands: set[str] = field(default_factory=set)
    answers: set[int | None] = field(default_factory=set)
    examples: int = 0
    deliveries: int = 0
    misled: int = 0
    strangers: int = 0
    seconds: float = math.inf
    until: float | None = None
    is_out_of_time: bool = False
    usual: int = 0
    doubtful: int = 0
    seen: list[Violation] = field(default_factory=list)
    ended: Reason | None = None
