"""Measures what a delivery of the whole contract costs, compared with ``Emulator.send(name)``.

Run it with ``python benchmarks/contract.py`` from the root of the repository. Each turn is a new
process, which sends every event of the catalogue by its name to the FastAPI example, then runs the
whole contract against the same app, and then sends every event again. Some turns run it with
``thorough``, where most deliveries are drawn by Hypothesis. At last, ``telnyx-mock check`` runs, as
for a user.

The turns take the package from a folder that is called ``site-packages``, as users do: Hypothesis
reads the source of all modules elsewhere, because they may be those of the app.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROUNDS = 5
TURNS = {"usual": 9, "thorough": 3}
"""How often each run of the contract is measured; the median of their ratios counts.

The machine may be slower for seconds at a time. The mean of the sends right before and after a run
suffers from that as much as the run does; the best round of them would not.
"""

PATH = "/webhooks"
ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "fastapi_receiver"
PACKAGE = ROOT / "telnyx_mock"


def example() -> Any:
    """Return the app of the FastAPI example."""
    spec = importlib.util.spec_from_file_location("benchmark_app", EXAMPLE / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


def turn(*, thorough: bool) -> dict[str, float]:
    """Return the CPU time of a send and of a delivery of the contract, in microseconds."""
    from telnyx_mock import contract, strategies  # noqa: F401 - which loads Hypothesis
    from telnyx_mock.catalogue.registry import select
    from telnyx_mock.emulator import Emulator
    from telnyx_mock.signing.keys import KeyPair
    from telnyx_mock.transports.asgi import AsgiReceiver
    from telnyx_mock.transports.environment import receiver_environment

    logging.disable()  # the example logs what the fake API refuses
    key = KeyPair(bytes(range(32)))
    with receiver_environment(key.public_key):
        app = example()
    run = contract.run  # imports the contract
    names = [event.name for event in select()]
    emulator = Emulator(key=key)

    def sends() -> float:
        emulator.bind(AsgiReceiver(app, PATH))
        start = time.process_time()
        for name in names:
            emulator.send(name)
        spent = time.process_time() - start
        emulator.unbind()
        return spent / len(names) * 1e6

    sends()  # the SDK builds its validators at their first use
    before = [sends() for _ in range(ROUNDS)]
    start = time.process_time()
    report = run(app, path=PATH, key=key, seed=1, thorough=thorough)
    spent = time.process_time() - start
    after = [sends() for _ in range(ROUNDS)]
    assert not report.findings, report.findings
    deliveries = sum(result.deliveries for result in report.results)
    return {
        "send": statistics.mean([*before, *after]),
        "contract": spent / deliveries * 1e6,
        "deliveries": deliveries,
    }


def environment(**more: str) -> dict[str, str]:
    """Return the environment of each process: where Python keeps what it has compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **more}


def whole_contract(packages: Path) -> None:
    """Print the cost of a delivery of the contract in *packages*, and its ratio to a send."""
    for run, times in TURNS.items():
        turns = []
        for _ in range(times):
            done = subprocess.run(  # noqa: S603 - this script
                [sys.executable, __file__, run],
                env=environment(PYTHONPATH=str(packages)),
                stdout=subprocess.PIPE,
                check=True,
            )
            turns.append(json.loads(done.stdout))
        ratios = [each["contract"] / each["send"] for each in turns]
        delivery, send = (
            statistics.median(each[name] for each in turns) for name in ("contract", "send")
        )
        print(
            f"{run:9} {turns[0]['deliveries']:6.0f} deliveries of {delivery:5.0f} µs, "
            f"{statistics.median(ratios):.2f} times Emulator.send(name) ({send:.0f} µs); "
            f"the turns: {min(ratios):.2f} to {max(ratios):.2f}"
        )


def whole_check() -> None:
    """Run ``telnyx-mock check`` on the full catalogue, and print the time that it took."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "telnyx_mock", "check", "app:app"]
        command += ["--path", PATH, "--seed", "1", "--report", str(report), "--no-journal"]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=EXAMPLE, env=environment(), stdout=subprocess.PIPE
        )
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        written = json.loads(report.read_bytes())
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    results, sent = len(written["checks"]), written["summary"]["deliveries"]
    print(
        f"check: exit {done.returncode}, {results} results, {sent} deliveries, "
        f"{wall:.0f} s wall ({sent / wall:.0f} a second), {cpu:.1f} s CPU ({sent / cpu:.0f} a second)"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(turn(thorough=sys.argv[1] == "thorough")))
    else:
        with tempfile.TemporaryDirectory() as folder:
            packages = Path(folder) / "site-packages"
            shutil.copytree(PACKAGE, packages / PACKAGE.name)
            whole_contract(packages)
        whole_check()
