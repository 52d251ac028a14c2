"""What a run does about an app in another process whose commands come late, and what it says about it."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.clock import Clock
from telnyx_mock.contract.calls.app_elsewhere import AppElsewhere
from telnyx_mock.contract.calls.run import Run

SECONDS = 0.9
"""So many seconds each simulation may take on average, if a worker of the app sends its commands later."""

CONFIRMING = 30.0
"""So many seconds more are left to see whether the app does something again."""

STEPS = 5
"""The most things that happen in one example then. A story is not shortened, as that takes many simulations."""

SHORT = (
    "A worker of the app sends commands up to {latest:.1f} s after the answer, so people called {called} times in {seconds:.0f} s, and "
    "stories are not shortened. More --examples have more time."
)

DOUBTFUL = (
    "In {doubtful} of {examples} simulations, a command came later than was waited for ({latest:.1f} s after the answer), so "
    "they were not judged."
)

AFTERWARDS = (
    "Commands came for calls of an earlier simulation ({late}): a timer of the app sent them, or a worker later than was "
    "waited for. They were not judged."
)


def has_worker(run: Run) -> bool:
    """Whether a worker of an app in another process sends its commands late."""
    return isinstance(run.threads, AppElsewhere) and run.threads.has_worker


def is_over(run: Run, clock: Clock) -> bool:
    """Whether the time is over for which people call."""
    if not has_worker(run):
        return False
    if run.until is None:
        run.until = clock.monotonic() + run.seconds
    return clock.monotonic() > run.until + (CONFIRMING if run.seen else 0.0)


def unsure(run: Run) -> Iterator[str]:
    """Yield a sentence if most simulations could not be judged."""
    if 2 * run.doubtful > run.examples:
        yield _doubtful(run)


def limits(run: Run) -> Iterator[str]:
    """Yield what is to be known about the verdict."""
    if not isinstance(run.threads, AppElsewhere):
        return
    if run.is_out_of_time:
        yield SHORT.format(latest=run.threads.latest, called=run.examples, seconds=run.seconds)
    if 0 < 2 * run.doubtful <= run.examples:
        yield _doubtful(run)
    if run.threads.late and not run.doubtful:
        yield AFTERWARDS.format(late=run.threads.late)


def _doubtful(run: Run) -> str:
    assert isinstance(run.threads, AppElsewhere)
    return DOUBTFUL.format(doubtful=run.doubtful, examples=run.examples, latest=run.threads.latest)
