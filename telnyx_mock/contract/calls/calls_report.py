"""What people who called a receiver found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telnyx_mock.contract.app_facts import NOTHING_KNOWN, AppFacts
from telnyx_mock.contract.calls.invariants import Violation
from telnyx_mock.contract.engine.reason import Reason
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import failing


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsReport:
    """What people who called *target* found: each *violation* is an invariant that does not hold.

    *seed* lets the same people call again. *examples* counts the simulations, and *deliveries* the webhooks
    in them. *unsure* has sentences about what could not be judged, which change the exit code. *unjudged* says which
    invariants, by id, were not judged for another reason, and *limits* has sentences about what all judgements rest on. *strict* counts warnings as errors. *app* is what is known of the app's
    code, and *results* say the same as checks of a contract run. *journal_problem* says why the journal lacks a part of the run.
    """

    target: str
    seed: int
    examples: int
    deliveries: int
    violations: tuple[Violation, ...]
    unsure: tuple[str, ...] = ()
    unjudged: Mapping[str, Reason] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    strict: bool = False
    app: AppFacts = NOTHING_KNOWN
    results: tuple[Result, ...] = ()
    journal_problem: str = ""

    @property
    def errors(self) -> tuple[Violation, ...]:
        """The violations that fail the run: errors, and warnings if it is strict."""
        fails = failing(strict=self.strict)
        return tuple(each for each in self.violations if each.invariant.severity in fails)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Sentences about what was not tried, or could not show."""
        return tuple(dict.fromkeys([*self.limits, *map(str, self.unjudged.values())]))

    def to_json(self) -> dict[str, Json]:
        """The report as JSON, without secrets."""
        row: dict[str, Json] = {
            "target": self.target,
            "seed": self.seed,
            "examples": self.examples,
            "deliveries": self.deliveries,
            "violations": [
                {
                    "invariant": each.invariant.id,
                    "title": each.invariant.title,
                    "severity": each.invariant.severity.value,
                    "message": each.message,
                    "why": each.invariant.why,
                    "fix": each.invariant.fix,
                    "story": each.story.splitlines(),
                }
                for each in self.violations
            ],
            "unsure": list(self.unsure),
            "skipped": list(self.skipped),
            "unjudged": {name: str(reason) for name, reason in self.unjudged.items()},
        }
        shown: dict[str, Json] = json_without_secrets(row)
        return shown
