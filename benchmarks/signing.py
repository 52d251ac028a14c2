"""Measures what a signature costs, compared with PyNaCl alone.

Run it with ``python benchmarks/signing.py``. All candidates sign the same bytes in turn, in one
process.
"""

from __future__ import annotations

import base64
import statistics
import time
from collections.abc import Callable

from nacl.signing import SigningKey

from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import sample
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

ROUNDS = 25
TIMES = 2000
STAMP = 1_700_000_000


def cost(work: Callable[[], object]) -> float:
    """Return the CPU time of one call of *work* in microseconds."""
    start = time.process_time()
    for _ in range(TIMES):
        work()
    return (time.process_time() - start) / TIMES * 1e6


def main() -> None:
    webhook = sample("call.initiated")
    body = encode(webhook.event, webhook.body)
    seed = bytes(range(32))
    key, bare = KeyPair(seed), SigningKey(seed)
    stamp = str(STAMP).encode()

    sides: dict[str, Callable[[], object]] = {
        "PyNaCl": lambda: base64.b64encode(bare.sign(stamp + b"|" + body).signature),
        "KeyPair.sign": lambda: key.sign(stamp, body),
        "sign, which writes the request too": lambda: sign(webhook, key, timestamp=STAMP),
    }
    rounds = [{name: cost(work) for name, work in sides.items()} for _ in range(ROUNDS)]
    for name in sides:
        micros = statistics.median(costs[name] for costs in rounds)
        ratio = statistics.median(costs[name] / costs["PyNaCl"] for costs in rounds)
        print(f"{name:40} {micros:6.1f} µs   {ratio:5.2f} times PyNaCl alone")


if __name__ == "__main__":
    main()
