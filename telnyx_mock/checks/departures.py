"""The sample of an event with some of its fields absent or null."""

from __future__ import annotations

from telnyx_mock.events.model import Event, Presence
from telnyx_mock.events.sites import Site, descend, sites
from telnyx_mock.events.walk import SampleChooser, build
from telnyx_mock.webhook import Webhook

__all__ = ["departing_in", "nullable_sites", "optional_sites"]


class _Departing(SampleChooser):
    """The sample, except that some sites are absent or null."""

    def __init__(self, departing: frozenset[str], departure: Presence) -> None:
        self.departing = departing
        self.departure = departure

    def presence(self, site: Site) -> Presence:
        return self.departure if site.path in self.departing else super().presence(site)


def departing_in(event: Event, paths: frozenset[str], departure: Presence) -> Webhook:
    """The sample of *event*, except that the fields at *paths* are absent or null."""
    return Webhook(event, build(event, _Departing(paths, departure)))


def optional_sites(event: Event) -> frozenset[str]:
    """The optional fields that the sample shows."""
    return frozenset(
        site.path for site in descend(sites(event)) if site.field.optional and site.field.shown
    )


def nullable_sites(event: Event) -> frozenset[str]:
    """The fields that may be null."""
    return frozenset(site.path for site in descend(sites(event)) if site.field.nullable)
