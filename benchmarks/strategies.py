"""Measures how long an example takes, compared with the simplest example: one integer.

Run ``python benchmarks/strategies.py``; ``--each`` adds every event. Each round times both sides
and computes their ratio, so that the machine's speed and its other load matter little.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.catalogue.registry import select
from telnyx_mock.strategies import drafts, webhooks

ROUNDS = 7
EXAMPLES = 1000


def cost(strategy: st.SearchStrategy[Any]) -> float:
    """Return the microseconds for one example of *strategy*."""
    seen = 0

    @settings(max_examples=EXAMPLES, database=None, deadline=None)
    @given(strategy)
    def run(drawn: Any) -> None:
        nonlocal seen
        seen += 1

    start = time.process_time()
    run()
    return (time.process_time() - start) / seen * 1e6


def compare(name: str, strategy: st.SearchStrategy[Any], rounds: int = ROUNDS) -> float:
    """Print the time of an example of *strategy*. Return its ratio to the time of an integer."""
    pairs = [(cost(st.integers()), cost(strategy)) for _ in range(rounds)]
    ratio = statistics.median(drawn / integer for integer, drawn in pairs)
    drawn = statistics.median(drawn for _, drawn in pairs)
    print(f"{name:45} {drawn:7.0f} µs   {ratio:5.2f} times an integer")
    return ratio


def main() -> None:
    cost(st.integers())  # the first use imports and caches, and does not count
    compare('webhooks("call.initiated")', webhooks("call.initiated"))
    compare('webhooks("*")', webhooks("*"))
    compare('drafts("call.initiated")', drafts("call.initiated"))
    if "--each" in sys.argv:
        ratios = [compare(event.name, webhooks(event.name), 1) for event in select()]
        print(f"mean of {len(ratios)} events: {statistics.mean(ratios):.2f} times an integer")


if __name__ == "__main__":
    main()
