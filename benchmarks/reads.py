"""Measures what it costs to record what an app reads, and how many deliveries that saves.

Run it with ``python benchmarks/reads.py`` from the root of the repository. A recorded delivery takes
turns with the same delivery unrecorded, in one process. Then the whole contract runs with ``--no-reads``
and without, for a few events, for ``call.*`` and for the whole catalogue.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from telnyx_mock import contract
from telnyx_mock.emulator import Emulator
from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.reading.recording import recording
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import at_path

ROUNDS = 15
TIMES = 20
EVENT = "message.received"
FEW = ("call.initiated", "call.hangup", "call.gather.ended", "message.received")
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
KEY = KeyPair(bytes(range(32)))


def example(name: str) -> Any:
    """Return the module of an example."""
    spec = importlib.util.spec_from_file_location(f"reads_{name}", EXAMPLES / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cost(send: Callable[[], None]) -> float:
    """Return the CPU time of one delivery in microseconds."""
    start = time.process_time()
    for _ in range(TIMES):
        send()
    return (time.process_time() - start) / TIMES * 1e6


def overhead(name: str, attribute: str) -> None:
    """Print what a delivery to an example costs, unrecorded and recorded."""
    receiver = at_path(open_target(getattr(example(name), attribute)), "/webhooks")
    emulator = Emulator(key=KEY)
    emulator.bind(receiver)

    request = emulator.request(EVENT)

    def send() -> None:
        emulator.send(request).assert_accepted()

    def begin_and_end() -> None:
        with recording(Recorder(request.body, is_form=False)):
            pass

    send()
    turns = []
    for _ in range(ROUNDS):
        usual = cost(send)
        with recording(Recorder(request.body, is_form=False)):
            send()
            recorded = cost(send)
        turns.append((usual, recorded, cost(begin_and_end)))
    emulator.unbind()
    usual, recorded, setup = (median(column) for column in zip(*turns, strict=True))
    ratio = median(recorded / usual for usual, recorded, _ in turns)
    print(
        f"{name:20}{usual:6.0f} µs, recorded {recorded:6.0f} µs ({ratio:.2f} times), "
        f"beginning and end of a recording {setup:6.0f} µs"
    )


def saved(name: str, attribute: str, events: tuple[str, ...]) -> None:
    """Print how many deliveries a whole run takes, with and without the reads."""
    app = getattr(example(name), attribute)
    found = []
    for no_reads in (True, False):
        report = contract.run(
            app, key=KEY, path="/webhooks", events=events, seed=1, no_reads=no_reads
        )
        deliveries = sum(result.deliveries for result in report.results)
        recorded = sum(len(result.reads) for result in report.results)
        rules = sorted({finding.rule for finding in report.findings})
        found.append((deliveries, recorded, rules))
    (without, _, rules), (with_reads, recorded, same) = found
    assert rules == same
    what = "a few events" if events == FEW else " ".join(events) or "whole catalogue"
    print(
        f"{name:20}{what:18}{without:6} deliveries without reads, {with_reads:6} with them "
        f"({recorded} recorded)"
    )


def main() -> None:
    os.environ.setdefault("TELNYX_API_KEY", "not needed")
    with receiver_environment(KEY.public_key):
        for name in ("asgi_receiver", "fastapi_receiver", "flask_receiver"):
            overhead(name, "app")
        for name in ("fastapi_receiver", "flask_receiver"):
            for events in (FEW, ("call.*",), ()):
                saved(name, "app", events)


if __name__ == "__main__":
    main()
