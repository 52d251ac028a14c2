"""The documented examples of each event as webhooks, for Hypothesis' ``@example``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.webhook import Webhook, sample


class _Examples(Mapping[str, tuple[Webhook, ...]]):
    """Makes the webhooks on look-up, so that importing this module loads no events."""

    def __getitem__(self, name: str) -> tuple[Webhook, ...]:
        try:
            event = find(name)
        except UsageError as problem:
            raise KeyError(str(problem)) from None
        printed = (
            sample(event.name, strict=False, **example.overrides)
            for example in event.examples.values()
        )
        return (sample(event.name), *printed)

    def __iter__(self) -> Iterator[str]:
        return (event.name for event in all_events())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return "EXAMPLES"


EXAMPLES: Mapping[str, tuple[Webhook, ...]] = _Examples()
"""Maps the name of an event to its sample and to the other examples that Telnyx's documents print.

Each gets new ids whenever it is sent. A printed example may break its own conditions, because the
documents show every field at once.
"""
