"""Apps that end, crash, replace or maim the process in which they run."""

from __future__ import annotations

import contextlib
import ctypes
import json
import multiprocessing
import os
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.hostile.apps.kinds import hostile_app
from tests.hostile.case import Topic, app
from tests.receivers.correct import Receiver

EARLY = "not judged: the run stopped early"
FEW = "--only accepts-* --only serves-*"


def _die_in_thread() -> None:
    threading.Thread(target=os._exit, args=(0,)).start()
    time.sleep(20)


def _use_all_time() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 2))
    while True:
        pass


def _abort() -> None:
    os.abort()


def _read_nothing() -> None:
    ctypes.string_at(0)


def _signal(number: signal.Signals) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def _lose_pipe() -> None:
    os.closerange(3, 65536)


ENDS: dict[str, tuple[str, Callable[[], object], str]] = {
    "ExitsWith0": ("ends its process with exit code 0", lambda: os._exit(0), "with exit code 0"),
    "ExitsWith1": ("ends its process with exit code 1", lambda: os._exit(1), "with exit code 1"),
    "ExitsInThread": ("ends its process from a thread", _die_in_thread, "with exit code 0"),
    "KillsItself": ("sends itself SIGKILL", _signal(signal.SIGKILL), "SIGKILL"),
    "TerminatesItself": ("sends itself SIGTERM", _signal(signal.SIGTERM), "SIGTERM"),
    "HangsUpItself": ("sends itself SIGHUP", _signal(signal.SIGHUP), "SIGHUP"),
    "Segfaults": ("sends itself SIGSEGV", _signal(signal.SIGSEGV), "SIGSEGV"),
    "ReadsNothing": ("reads through a null pointer", _read_nothing, "SIGSEGV"),
    "Aborts": ("aborts", _abort, "SIGABRT"),
    "UsesAllTime": ("exceeds its limit of CPU time", _use_all_time, "SIGXCPU"),
    "BecomesAnother": (
        "replaces its process by another program",
        lambda: os.execv("/bin/true", ["true"]),
        "with exit code 0",
    ),
    "LosesPipe": ("closes every descriptor", _lose_pipe, "closed file descriptors"),
}

for kind in ("Asgi", "Wsgi"):
    for name, (does, do, said) in ENDS.items():
        hostile_app(
            __name__,
            kind,
            name,
            f"It {does} at the first genuine webhook.",
            Topic.EARLY_END,
            do,
            options=FEW,
            quick=(kind, name) in (("Wsgi", "ExitsWith0"), ("Asgi", "KillsItself")),
            exit=2,
            says=(EARLY, said, f"{'after' if name == 'LosesPipe' else 'during'} call.hangup"),
        )

for kind in ("Flask", "FastApi", "Lambda"):
    hostile_app(
        __name__,
        kind,
        "ExitsWith0",
        "It ends its process with exit code 0 at the first genuine webhook.",
        Topic.EARLY_END,
        lambda: os._exit(0),
        options=FEW,
        exit=2,
        says=(EARLY, "with exit code 0", "during call.hangup"),
    )


@app(Topic.EARLY_END, exit=2, says=(EARLY, "with exit code 0"), options=FEW)
class ExitsAfterAnswer(Receiver):
    """It ends its process after it has answered."""

    async def afterwards(self) -> None:
        os._exit(0)


@app(Topic.EARLY_END, exit=2, says=(EARLY, "before the first delivery"), options=FEW)
class ExitsAtStart(Receiver):
    """It ends its process when it is made."""

    def __init__(self) -> None:
        os._exit(0)


class _WithLifespan(Receiver):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await super().__call__(scope, receive, send)
            return
        while (await receive())["type"] != "lifespan.shutdown":
            self.start()
            await send({"type": "lifespan.startup.complete"})
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def start(self) -> None: ...

    def stop(self) -> None: ...


@app(Topic.EARLY_END, exit=2, says=(EARLY, "with exit code 3"), options=FEW)
class ExitsInStartup(_WithLifespan):
    """It ends its process in the startup of its lifespan."""

    def start(self) -> None:
        os._exit(3)


@app(Topic.EARLY_END, exit=0, no_other_error=True, options="--only accepts-sample")
class ExitsInShutdown(_WithLifespan):
    """It ends its process in the shutdown of its lifespan, when the verdict is known."""

    def stop(self) -> None:
        os._exit(3)


@app(Topic.EARLY_END, exit=2, says=("KeyboardInterrupt",), options=FEW)
class InterruptsAtStart(Receiver):
    """It raises KeyboardInterrupt when it is made."""

    def __init__(self) -> None:
        raise KeyboardInterrupt


def _harmless(name: str, does: str, do: Callable[[], object], **more: Any) -> None:
    about: dict[str, Any] = {"exit": 0, "no_other_error": True, "options": FEW, **more}
    hostile_app(
        __name__, "Wsgi", name, f"It {does} at each genuine webhook.", Topic.EARLY_END, do, **about
    )


def _close_streams() -> None:
    with contextlib.suppress(ValueError, OSError):
        sys.stdout.close()
        sys.stderr.close()


def _close_standard() -> None:
    for number in (0, 1, 2):
        with contextlib.suppress(OSError):
            os.close(number)


def _fork() -> None:
    os.fork()


def _crash_worker() -> None:
    worker = multiprocessing.get_context("fork").Process(target=os._exit, args=(9,))
    worker.start()
    worker.join()
    if worker.exitcode:
        raise RuntimeError(f"the worker ended with {worker.exitcode}")


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _write_no_file() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _replace_standard() -> None:
    json.dumps = partial(json.dumps, indent=3)
    time.monotonic = lambda: 0.0
    select.select = os.fstat = os.write = print  # type: ignore[assignment]


_harmless("ClosesStreams", "closes sys.stdout and sys.stderr", _close_streams, quick=True)
_harmless(
    "ClosesLow",
    "closes the descriptors from 3 to 99",
    lambda: os.closerange(3, 100),
    says=("the run went on without it",),
)
_harmless("ClosesStandard", "closes the descriptors 0, 1 and 2", _close_standard)
_harmless("Forks", "forks, and both processes go on", _fork)
_harmless("IgnoresSignals", "ignores SIGINT, SIGTERM and SIGHUP", _ignore_signals)
_harmless("ChangesDirectory", "changes the working directory", lambda: os.chdir("/"))
_harmless("ClearsEnvironment", "clears the environment", os.environ.clear)
_harmless("LeavesSession", "leaves its group of processes", lambda: os.setpgid(0, 0))
_harmless(
    "WritesNoFile",
    "forbids its process to write files",
    _write_no_file,
    says=("the run went on without it",),
)
_harmless("ReplacesStandard", "replaces functions of the standard library", _replace_standard)
hostile_app(
    __name__,
    "Wsgi",
    "CrashesWorker",
    "It starts a worker process that crashes, and raises because of that.",
    Topic.EARLY_END,
    _crash_worker,
    options=FEW,
    exit=1,
    finds=("accepts-sample",),
    says=("RuntimeError",),
)


@app(Topic.EARLY_END, exit=2, says=(EARLY, "forged as"), options="--only refuses-*")
class DiesOfForgeries(Receiver):
    """It ends its process when the twentieth forgery comes."""

    refused = 0

    def refuse(self) -> int:
        self.refused += 1
        if self.refused == 20:
            os._exit(0)
        return 401


@app(Topic.EARLY_END, exit=2, says=(EARLY, "error 1", "SIGKILL"), finds=("accepts-absent",))
class DiesAfterFault(Receiver):
    """It breaks a rule at a missing field, and dies forty webhooks later; the fault is reported."""

    acted = 0

    def act(self, event: Mapping[str, Any]) -> int:
        self.acted += 1
        if self.acted > 60:
            os.kill(os.getpid(), signal.SIGKILL)
        data = event.get("data", {}).get("payload", {})
        return 200 if "from" not in data else 200 + 0 * len(data["client_state"] or "")
