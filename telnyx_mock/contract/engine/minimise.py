"""Tells apart which fields of a webhook a receiver stumbles over, by sending some of them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from telnyx_mock.delivery import Delivery

__all__ = ["Departing", "guilty"]

Departing: TypeAlias = Callable[[frozenset[str]], Delivery]
"""Sends the sample with a departure in each of these fields, and in no other."""


def guilty(fields: frozenset[str], departing: Departing) -> Iterator[frozenset[str]]:
    """The smallest parts of *fields* that are not accepted; no field is in two of them.

    First each that is not accepted alone, then one that is not accepted as a whole.
    """
    left = fields
    for field in sorted(fields):
        if not departing(frozenset({field})).accepted:
            left -= {field}
            yield frozenset({field})
    if len(left) > 1 and not departing(left).accepted:
        yield _smallest(left, departing)


def _smallest(fields: frozenset[str], departing: Departing) -> frozenset[str]:
    """A part of *fields* that still is not accepted, and from which nothing can be left out."""
    for field in sorted(fields):
        fewer = fields - {field}
        if fewer and not departing(fewer).accepted:
            fields = fewer
    return fields
