"""Says which invariants a run of calls could not judge, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telnyx_mock.contract.calls import conferences
from telnyx_mock.contract.calls.checks import GATHERS
from telnyx_mock.contract.calls.run import Run
from telnyx_mock.contract.engine.reason import Reason, Why

NOBODY_WROTE = Reason(
    Why.OF_CALLS,
    details={"sentence": "The app did not answer a text message, so nobody wrote any more."},
)
MAY_ACT_ANY_TIME = Reason(
    Why.OF_CALLS,
    details={
        "sentence": "Threads of the app may act at any time, so nobody can say here whether it leaves a person in silence, "
        "sends a command for an ended call or conference, or loses a call when the API fails."
    },
)
CALLED_NOBODY = Reason(Why.CALLED_NOBODY)
ASKED_NO_KEYS = Reason(Why.ASKED_NO_KEYS)
NO_CONFERENCE = Reason(Why.NO_CONFERENCE)

_NEEDS_TEXTS = (
    "answers-people-not-itself",
    "stops-answering-an-automaton",
    "writes-to-nobody-who-opted-out",
)
_NEEDS_REST = (
    "keeps-a-call-when-the-api-fails",
    "leaves-ended-calls-alone",
    "leaves-nobody-in-silence",
    "hangs-up-after-the-caller",
    conferences.INVARIANT,
)
_NEEDS_CALLED = (
    "answers-only-callers",
    "plays-the-menu-to-callers",
    "hangs-up-after-the-caller",
    "lets-people-talk-on",
    "tells-people-from-machines",
)
_NEEDS_KEYS = ("gives-up-on-a-silent-caller",)


def unjudged(
    run: Run, asked: Iterable[str], broken: Iterable[str], *, writes: bool
) -> dict[str, Reason]:
    """Return why each invariant was not judged, of those that were *asked* for and are not *broken*, by id.

    If somebody *writes*, the machine of the user says what.
    """
    cases = [*_cases(run, writes=writes)]
    return {
        name: next(reason for reason, names in cases if names is None or name in names)
        for name in asked
        if name not in {*broken} and any(names is None or name in names for _, names in cases)
    }


def _cases(run: Run, *, writes: bool) -> Iterator[tuple[Reason, tuple[str, ...] | None]]:
    """Yield each reason with the invariants that it concerns; None is all."""
    if run.ended is not None:
        yield run.ended, None
    if not (run.texts or writes):
        yield NOBODY_WROTE, _NEEDS_TEXTS
    if run.threads is not None and run.threads.stay:
        yield MAY_ACT_ANY_TIME, _NEEDS_REST
    if not run.called:
        yield CALLED_NOBODY, _NEEDS_CALLED
    if not run.commands & GATHERS:
        yield ASKED_NO_KEYS, _NEEDS_KEYS
    if not any(name.startswith("conferences.") for name in run.commands):
        yield NO_CONFERENCE, (conferences.INVARIANT,)
