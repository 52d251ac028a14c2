"""Measures how long an example takes, compared with hypothesis-jsonschema for the same event.

Run ``python benchmarks/json_schema.py OTHER_PYTHON``. OTHER_PYTHON is a second environment, because
hypothesis-jsonschema needs an older Hypothesis; this file also runs in that environment. ``make
bench`` creates the environment.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import Any

from hypothesis import HealthCheck, given, settings

EVENT = "call.initiated"
ROUNDS = 3
TIMEOUT = 60
"""The longest time, in seconds, for one run in the other environment."""


def cost(strategy: Any, examples: int) -> float:
    """Return the microseconds for one example of *strategy*, including rejected examples."""
    seen = 0

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(drawn: Any) -> None:
        nonlocal seen
        seen += 1

    start = time.process_time()
    run()
    return (time.process_time() - start) / seen * 1e6


def other_side(examples: int) -> None:
    """Read a schema from standard input, and print the microseconds for one example."""
    from hypothesis_jsonschema import from_schema

    print(cost(from_schema(json.load(sys.stdin)), examples))


def without_conditions(schema: Any) -> Any:
    """Return *schema* without its conditions, so that all combinations of fields are allowed."""
    if isinstance(schema, dict):
        conditional = ("if", "then", "else", "allOf")
        return {
            name: without_conditions(member)
            for name, member in schema.items()
            if name not in conditional
        }
    return [without_conditions(item) for item in schema] if isinstance(schema, list) else schema


def theirs(other_python: str, schema: Any, examples: int) -> float | None:
    """Return the microseconds for one example of *schema* in the other environment, or None."""
    try:
        ran = subprocess.run(  # noqa: S603
            [other_python, __file__, "--other-side", str(examples)],
            input=json.dumps(schema),
            capture_output=True,
            text=True,
            check=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return None
    return float(ran.stdout)


def main(other_python: str) -> None:
    from telnyx_mock.catalogue.registry import find
    from telnyx_mock.schema.json_schema import json_schema
    from telnyx_mock.strategies import webhooks

    schema = json_schema(find(EVENT))
    cost(webhooks(EVENT), 100)  # the first use imports and caches, and does not count
    ours = cost(webhooks(EVENT), 1000)
    for what, other, examples in (
        ("the schema", schema, 1),
        ("the schema without its conditions", without_conditions(schema), 100),
    ):
        rounds = []
        for _ in range(ROUNDS):
            micros = theirs(other_python, other, examples)
            if micros is None:
                print(
                    f"{what}: not done with one example in {TIMEOUT} s, so over "
                    f"{TIMEOUT * 1e6 / ours:,.0f} times ours"
                )
                break
            rounds.append((micros, micros / cost(webhooks(EVENT), 1000)))
        else:
            micros, ratio = (statistics.median(each) for each in zip(*rounds, strict=True))
            print(f"{what}: {micros / 1000:.1f} ms an example, {ratio:.0f} times ours")


if __name__ == "__main__":
    if sys.argv[1] == "--other-side":
        other_side(int(sys.argv[2]))
    else:
        main(sys.argv[1])
