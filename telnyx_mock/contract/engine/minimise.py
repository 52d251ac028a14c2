"""Finds the minimal sets of mutated fields that make a receiver fail, by delta debugging."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from functools import cache
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def minimal_failures(
    items: Iterable[Item],
    fails: Callable[[frozenset[Item]], bool],
    unlikely: Collection[Item] = (),
) -> Iterator[frozenset[Item]]:
    """Yield minimal subsets of *items* that fail. No item is in two of these subsets.

    The *unlikely* items are tried last.

    *fails* tells whether a subset fails. It is called at most once for each subset, and first for
    all *items* together; if they pass, nothing is yielded. The empty subset counts as passing and
    is never tried.

    If every subset with a failing part also fails, all items that fail alone come first, and the
    items that are left in the end pass together. If ``k`` of ``n`` items fail alone, this takes
    about ``k * log2(n)`` calls. A subset of ``m`` items that fail only together takes about ``2 * m
    * log2(n)`` calls more.
    """
    failing = cache(fails)
    left = tuple(dict.fromkeys(items))
    if not left or not failing(frozenset(left)):
        return
    likely = tuple(item for item in left if item not in unlikely)
    for excluded in (unlikely, ()) if 0 < len(likely) < len(left) else ((),):
        alone = set[Item]()
        tried = tuple(item for item in left if item not in excluded)
        if tried and failing(frozenset(tried)):
            for item in _failing_alone(tried, failing):
                alone.add(item)
                yield frozenset({item})
        left = tuple(item for item in left if item not in alone)
    while left and failing(frozenset(left)):
        together = _minimal(left, failing)
        yield frozenset(together)
        left = tuple(item for item in left if item not in together)


def _failing_alone(
    items: tuple[Item, ...], failing: Callable[[frozenset[Item]], bool]
) -> Iterator[Item]:
    """Yield each item that fails alone. The caller knows that all *items* together fail."""
    if len(items) == 1:
        if failing(frozenset(items)):
            yield items[0]
        return
    first, second = items[: len(items) // 2], items[len(items) // 2 :]
    first_fails = failing(frozenset(first))
    if first_fails:
        yield from _failing_alone(first, failing)
    # If the first half passes, the second most likely fails, so asking would be wasted.
    if not first_fails or failing(frozenset(second)):
        yield from _failing_alone(second, failing)


def _minimal(
    items: tuple[Item, ...], failing: Callable[[frozenset[Item]], bool]
) -> tuple[Item, ...]:
    """Return a minimal part of *items* that still fails. Large parts are removed first."""
    size = max(1, len(items) // 2)
    while True:
        before = items
        for start in range(0, len(before), size):
            part = before[start : start + size]
            fewer = tuple(item for item in items if item not in part)
            if fewer and failing(frozenset(fewer)):
                items = fewer
        if size > 1:
            size //= 2
        elif items == before:
            return items
