"""Check the receiver with a queue worker many times, and compare the results.

    python -m tests.contract.queue_runs [RUNS]

Its worker is late at random, so only right attribution of late effects gives the same results each
time. Each run is a process of its own; most of its time is waiting.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telnyx_mock import contract
from telnyx_mock.contract.report import Report
from tests.processes import environment
from tests.receivers import queue_worker

EVENTS = ("call.initiated", "call.answered", "call.hangup", "message.received", "message.sent")
ABOUT_EFFECTS = ("idempotent-*", "keeps-*", "handles-*", "no-reply-loop", "survives-api-errors")
AT_ONCE = 12


def outcome(report: Report) -> list[Any]:
    """What a run says: the outcome of each check, why it was skipped, and the findings."""
    return [
        [result.rule, result.event, result.outcome.value, result.why and result.why.code]
        + [finding.message for finding in result.findings]
        for result in report.results
    ]


def check(*, probed: bool, only: tuple[str, ...] = ABOUT_EFFECTS) -> list[Any]:
    """What one run says about the receiver with a queue worker."""
    probe = queue_worker.rows if probed else ""
    return outcome(
        contract.run(queue_worker.make_app, events=EVENTS, only=only, seed=1, probe=probe)
    )


def _in_process(probed: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", __spec__.name, "--one", probed],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    return ran.stdout.strip()


def main(arguments: list[str]) -> int:
    """Print how many of the runs said the same; the exit code is 1 unless all did."""
    if arguments[:1] == ["--one"]:
        print(json.dumps(check(probed=arguments[1] == "probed")))
        return 0
    runs = int(arguments[0]) if arguments else 50
    same = True
    for kind in ("commands", "probed"):
        with ThreadPoolExecutor(AT_ONCE) as threads:
            said = Counter(threads.map(_in_process, [kind] * runs))
        [(usual, often), *others] = said.most_common()
        same = same and not others
        print(f"{kind}: {often} of {runs} runs say the same: {usual}")
        for other, number in others:
            print(f"  {number} of {runs}: {other}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
