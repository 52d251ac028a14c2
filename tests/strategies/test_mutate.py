"""A mutated webhook is the same, whether the fields that nothing affects are built anew or not."""

from __future__ import annotations

import random
from dataclasses import replace

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.strategies.mutate import mutated
from telnyx_mock.strategies.mutation_plan import plan
from telnyx_mock.strategies.strategy_options import CheckedOptions

OPTIONS = (
    CheckedOptions(),
    CheckedOptions(presence="minimal", nulls=False),
    CheckedOptions(presence="all", new_values=True, unknown_fields=True, unknown_events=True),
)


def test_the_fields_that_no_mutation_affects_are_as_if_they_were_built() -> None:
    chance = random.Random(12)
    saved = 0
    for number, event in enumerate(all_events()):
        options = OPTIONS[number % len(OPTIONS)]
        short = plan(event, options)
        whole = replace(short, values={})
        for _ in range(4):
            data = chance.randbytes(short.size)
            saved += len(short.unaffected(short.mutating(data)))
            one, other = (
                mutated(event, each, data, lambda kind: kind.sample, options)
                for each in (short, whole)
            )
            assert repr(one[0]) == repr(other[0]), event.name  # the order of members, too
            assert one[1] == other[1]
    assert saved


def test_two_webhooks_share_no_object() -> None:
    event = next(event for event in all_events() if event.name == "message.received")
    usual = plan(event)
    one, other = (
        mutated(event, usual, bytes(usual.size), lambda kind: kind.sample, CheckedOptions())[0]
        for _ in range(2)
    )
    one["data"]["payload"]["to"][0]["status"] = "changed"
    assert other["data"]["payload"]["to"][0]["status"] != "changed"
