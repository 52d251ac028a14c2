"""Measures how long the catalogue takes to start, compared with Python and the official SDK.

Run ``python benchmarks/catalogue.py``. Each round runs every row in a new process and computes
ratios within the round, so that other load on the machine matters little.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 15

BARE = "python -c pass"
SDK = "import the SDK's webhook events"
CATALOGUE = "from telnyx_mock.catalogue.registry import all_events, find"
ROWS = {
    BARE: "pass",
    "import telnyx_mock.catalogue": "import telnyx_mock.catalogue",
    "look up call.initiated": f"{CATALOGUE}; find('call.initiated')",
    "look up texml.siprec": f"{CATALOGUE}; find('texml.siprec')",
    "load all events": f"{CATALOGUE}; assert len(list(all_events())) > 100",
    SDK: "from telnyx.types.unwrap_webhook_event import UnwrapWebhookEvent",
}


def milliseconds(code: str) -> float:
    """Return the CPU time (in ms) of a new interpreter that runs *code*, with its start and end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3


def main() -> None:
    for code in ROWS.values():
        milliseconds(code)  # the first run compiles modules, and does not count
    rounds = [{name: milliseconds(code) for name, code in ROWS.items()} for _ in range(ROUNDS)]
    print(f"{'':34} {'':>9}  {'times python':>12}  {'of the SDK':>10}")
    for name in ROWS:
        cost = statistics.median(times[name] for times in rounds)
        of_bare = statistics.median(times[name] / times[BARE] for times in rounds)
        of_sdk = statistics.median(times[name] / times[SDK] for times in rounds)
        print(f"{name:34} {cost:6.0f} ms  {of_bare:12.2f}  {of_sdk:10.1%}")


if __name__ == "__main__":
    main()
