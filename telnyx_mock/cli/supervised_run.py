"""Runs the contract in a child process, and reports what it found whatever becomes of the child."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from telnyx_mock.cli.child_process import UNHEARD, Child, Garbled, Pipe, Row, Unheard, workers
from telnyx_mock.cli.last_delivery import LastDelivery
from telnyx_mock.cli.own_fault import own_fault
from telnyx_mock.contract.app_facts import NOTHING_KNOWN, AppFacts
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.run_contract import OnResult, OnWarning
from telnyx_mock.contract.watched import Watch
from telnyx_mock.errors import BudgetSpent, DeliveryError, TelnyxMockError, UsageError
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.settings import Settings

Work = Callable[[OnResult, OnWarning, Watch], Report]
"""Runs the contract. It calls the first argument with each result, the second with each warning, and
tells the third of deliveries."""

_ERRORS = {kind.__name__: kind for kind in (UsageError, DeliveryError, BudgetSpent)}

_DEAF = "The app closed file descriptors that are not its own, so the run could not go on"
_GARBLED = "The app wrote to file descriptors that are not its own, so the run could not go on"


class _Stuck(Exception):
    """The child must be killed; the text says why."""


@dataclass(slots=True)
class Supervisor:
    """Reports on a run of *target* with *settings*, which *work* does in a child process.

    *on_result* hears of each result, and *on_warning* of each warning. *patience* says when the child is stuck.
    """

    run_id: str
    target: str
    settings: Settings
    work: Work
    on_result: OnResult
    on_warning: OnWarning
    patience: Patience = PATIENCE
    _results: list[Result] = field(default_factory=list)
    _planned: int = 0
    _end: dict[str, Any] = field(default_factory=dict)
    _app: AppFacts = NOTHING_KNOWN
    _last: LastDelivery = field(default_factory=LastDelivery)
    _heard: float = field(default_factory=time.monotonic)
    _leaving: Child | None = None

    @property
    def story(self) -> str:
        """The story of the simulated call up to the last delivery; empty if there is none."""
        return self._last.name.partition("\n")[2]

    @property
    def _delivery(self) -> str:
        return self._last.name.partition("\n")[0]

    def run(self) -> Report:
        """Run the contract. Raises the errors of the run if there is no result yet.

        The child may then still call what the app has registered with atexit, until :meth:`close`.
        """
        child = Child(self._in_child)
        with _raising_on_termination():
            return self._supervised(child)

    def close(self) -> None:
        """Give the child a moment to end, and kill it and its workers after that."""
        child, self._leaving = self._leaving, None
        if child is not None:
            left = self._end.get("workers", ())
            try:
                child.end(self.patience.leaving, left)
            except KeyboardInterrupt:
                child.end(0.0, left)

    def _supervised(self, child: Child) -> Report:
        problem, interrupted, grace = "", False, self.patience.stopping
        try:
            self._listen(child, self._require_alive)
            if not (self._end or child.wait(self.patience.stopping)):
                problem = f"{_DEAF}{self._during()}."
        except KeyboardInterrupt:
            problem, interrupted = "Interrupted.", True
            grace = self._stop(child)
        except _Stuck as stuck:
            problem, grace = str(stuck), 0.0
        except Garbled:
            problem, grace = f"{_GARBLED}{self._during()}.", 0.0
        if self._end:
            self._leaving = child
            return self._report(problem or str(self._end["problem"]), interrupted=interrupted)
        try:
            child.end(grace)
        except KeyboardInterrupt:
            child.end()
        return self._report(problem or self._problem(child), interrupted=interrupted)

    def _in_child(self, pipe: Pipe) -> None:
        def tell(result: Result, planned: int) -> None:
            pipe.write({"result": result.to_json(), "planned": planned})

        self._last.claim()
        end: dict[str, Any]
        try:
            report = self.work(tell, lambda words: pipe.write({"warning": words}), self._last)
            end = {"problem": report.problem, "journal": report.journal_problem}
            end["workers"] = workers()
            end["app"] = report.app.to_json()
        except TelnyxMockError as error:
            end = {"error": type(error).__name__, "problem": str(error)}
        except KeyboardInterrupt:
            end = {"problem": f"The app interrupted its own process{self._during()}."}
        except Unheard:
            raise
        except BaseException as error:
            end = {"problem": own_fault(error, self._during())}
        pipe.write({"end": json_without_secrets(end)})

    def _listen(self, child: Child, each: Callable[[], None]) -> None:
        for row in child.rows():
            if row is not None:
                self._hear(row)
            if self._end:
                return  # a worker of the app may hold the pipe open
            each()

    def _hear(self, row: Row) -> None:
        self._heard = time.monotonic()
        try:
            if "end" in row:
                end = row["end"]
                self._app = AppFacts.from_json(end["app"]) if "app" in end else NOTHING_KNOWN
                self._end = {"problem": str(end["problem"]), **end}
                return
            if "warning" in row:
                self.on_warning(str(row["warning"]))
                return
            self._planned = int(row["planned"])
            result = Result.from_json(row["result"])
        except (LookupError, TypeError, ValueError):
            raise Garbled from None
        self._results.append(result)
        self.on_result(result, self._planned)

    def _require_alive(self) -> None:
        """Raise _Stuck if a delivery takes too long, or if the child has long done nothing."""
        limit = self.patience.stuck
        silence = time.monotonic() - max(self._heard, self._last.changed)
        if self._is_complete:
            if silence > self.patience.app_start + self.patience.stopping:
                raise _Stuck  # the app does not stop, but the verdict is known
            return
        if self._last.seconds > limit:
            raise _Stuck(
                f"The app has not answered {self._delivery} within {limit:g} s, and it cannot be "
                "interrupted, so the run ended there."
            )
        if silence > self.patience.silent:
            after = f"after {self._delivery}" if self._delivery else "before the first delivery"
            raise _Stuck(
                f"The app has not come to rest within {self.patience.silent:g} s {after}, so the run ended there."
            )

    def _stop(self, child: Child) -> float:
        """Ask the child to stop, and hear its last results. Return how long it may still take."""
        child.send(signal.SIGINT)
        until = time.monotonic() + self.patience.stopping

        def require_time() -> None:
            if time.monotonic() > until:
                raise TimeoutError

        try:
            self._listen(child, require_time)
        except (TimeoutError, KeyboardInterrupt, Garbled):
            return 0.0
        return until - time.monotonic()

    def _problem(self, child: Child) -> str:
        """Return why the run ended early; empty if it did not."""
        if self._is_complete:
            return ""  # the child ended while it stopped the app
        status = child.status
        if status == UNHEARD:
            return f"{_DEAF}{self._during()}."
        if status is not None and status < 0 and status != -signal.SIGKILL:
            how = f"The app's process was ended by {_name(-status)}"
        elif status == -signal.SIGKILL:
            how = "The app's process was killed (SIGKILL), by itself or for lack of memory"
        else:
            how = f"The app ended its own process, with exit code {status},"
        return f"{how}{self._during()}. What comes after was not tried."

    @property
    def _is_complete(self) -> bool:
        """Whether each planned check has its result."""
        return len(self._results) == self._planned > 0

    def _during(self) -> str:
        if not self._delivery:
            return " before the first delivery"
        return f" {'during' if self._last.seconds else 'after'} {self._delivery}"

    def _report(self, problem: str, *, interrupted: bool) -> Report:
        error = self._end.get("error")
        if error and not self._results:
            raise _ERRORS.get(error, TelnyxMockError)(problem)
        return Report(
            run_id=self.run_id,
            target=self.target,
            settings=self.settings,
            seed=self.settings.seed or 0,
            results=tuple(self._results),
            ended=time.time(),
            problem=problem,
            interrupted=interrupted,
            journal_problem=self._end.get("journal", ""),
            app=self._app,
        )


@contextmanager
def _raising_on_termination() -> Iterator[None]:
    """Let SIGTERM in the ``with`` block raise KeyboardInterrupt, as Ctrl-C does.

    So a job that runs out of time still gets its reports, and leaves no child behind.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
