"""What the catalogue costs a fresh process, against Python itself and the official SDK's events.

Run it with ``python benchmarks/catalogue.py``. Every row is a process of its own, started in turns
with the others; ratios are taken turn by turn, so the machine's other work matters little.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 15

BARE = "python -c pass"
SDK = "import the SDK's webhook events"
CATALOG = "from telnyx_mock.catalogue.registry import all_events, find"
ROWS = {
    BARE: "pass",
    "import telnyx_mock.catalogue": "import telnyx_mock.catalogue",
    "look up call.initiated": f"{CATALOG}; find('call.initiated')",
    "look up texml.siprec": f"{CATALOG}; find('texml.siprec')",
    "load all events": f"{CATALOG}; assert len(list(all_events())) > 100",
    SDK: "from telnyx.types.unwrap_webhook_event import UnwrapWebhookEvent",
}


def milliseconds(code: str) -> float:
    """The CPU time of a fresh interpreter that runs *code*, start and end included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3


def main() -> None:
    for code in ROWS.values():
        milliseconds(code)  # what is compiled and cached at first use counts for nobody
    coverage_goals = [
        {name: milliseconds(code) for name, code in ROWS.items()} for _ in range(ROUNDS)
    ]
    print(f"{'':34} {'':>9}  {'times python':>12}  {'of the SDK':>10}")
    for name in ROWS:
        cost = statistics.median(turn[name] for turn in coverage_goals)
        of_bare = statistics.median(turn[name] / turn[BARE] for turn in coverage_goals)
        of_sdk = statistics.median(turn[name] / turn[SDK] for turn in coverage_goals)
        print(f"{name:34} {cost:6.0f} ms  {of_bare:12.2f}  {of_sdk:10.1%}")


if __name__ == "__main__":
    main()
