"""One corpus of faulty receivers, by what is wrong with them.

Each can be named as a target: ``telnyx-mock check 'tests.receivers.faults.fields:NeedsState()'``.
"""

from __future__ import annotations

from importlib import import_module

from tests.receivers.fault import BAD, FAULTS, Fault

__all__ = ["BAD", "FAULTS", "TOPICS", "Fault"]

TOPICS = {
    topic: import_module(f"{__name__}.{topic}")
    for topic in (
        "keys",
        "headers",
        "signature",
        "timestamp",
        "events",
        "fields",
        "reads",
        "body",
        "malformed",
        "answers",
        "connection",
        "effects",
        "commands",
        "order",
        "failover",
        "steadiness",
        "timing",
    )
}
"""The modules, whose import registers the faults in them. The first fault of a rule is its example."""
