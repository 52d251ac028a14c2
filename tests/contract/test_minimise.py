"""The minimiser finds disjoint minimal failing subsets, and asks seldom."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st

from telnyx_mock.contract.engine.minimise import minimal_failures

Subset = frozenset[int]

sizes = st.integers(0, 40)
subsets = st.frozensets(st.integers(0, 39), min_size=1, max_size=5)


class Receiver:
    """Fails where *rule* says so, and keeps the subsets that it was asked about."""

    def __init__(self, rule: Callable[[Subset], bool]) -> None:
        self.rule = rule
        self.asked: list[Subset] = []

    def __call__(self, subset: Subset) -> bool:
        self.asked.append(subset)
        return self.rule(subset)


def failing_with_any(causes: Iterable[Subset]) -> Receiver:
    """Fails for every subset that has all items of one of the *causes*."""
    return Receiver(lambda subset: any(cause <= subset for cause in causes))


def assert_minimal_and_disjoint(found: list[Subset], receiver: Receiver) -> None:
    assert len(frozenset().union(*found)) == sum(map(len, found))
    for subset in found:
        assert receiver.rule(subset)
        assert not any(receiver.rule(fewer) for item in subset if (fewer := subset - {item}))


@given(sizes, st.lists(subsets, max_size=4))
def test_what_is_found_is_minimal_and_disjoint_and_leaves_nothing_that_fails(
    size: int, causes: list[Subset]
) -> None:
    receiver = failing_with_any(causes)
    found = list(minimal_failures(range(size), receiver))
    assert_minimal_and_disjoint(found, receiver)
    assert not receiver.rule(frozenset(range(size)).difference(*found))
    assert [len(subset) == 1 for subset in found] == sorted(
        [len(subset) == 1 for subset in found], reverse=True
    )
    assert {cause for cause in causes if len(cause) == 1 and max(cause) < size} <= set(found)


@given(st.integers(1, 8), st.data())
def test_what_is_found_is_minimal_whatever_the_rule(size: int, data: st.DataObject) -> None:
    """Even where a subset passes although a part of it fails."""
    failing = data.draw(st.sets(st.integers(1, 2**size - 1)))
    receiver = Receiver(lambda subset: sum(2**item for item in subset) in failing)
    assert_minimal_and_disjoint(list(minimal_failures(range(size), receiver)), receiver)


@given(sizes, st.frozensets(st.integers(0, 39), max_size=5), st.booleans())
def test_few_subsets_are_tried_and_none_twice(size: int, cause: Subset, together: bool) -> None:
    cause &= frozenset(range(size))
    receiver = failing_with_any(
        [cause] if together and cause else [frozenset({item}) for item in cause]
    )
    list(minimal_failures(range(size), receiver))
    assert frozenset() not in receiver.asked
    assert len(set(receiver.asked)) == len(receiver.asked)
    if size:
        depth = math.ceil(math.log2(size))
        alone, linked = (0, len(cause)) if together else (len(cause), 0)
        assert len(receiver.asked) <= 2 + 2 * alone * depth + (2 * linked + 1) * (depth + 2)
        assert len(receiver.asked) <= 1 or cause


def test_nothing_is_tried_beyond_what_is_asked_for() -> None:
    receiver = failing_with_any([frozenset({0}), frozenset({39})])
    assert next(minimal_failures(range(40), receiver)) == {0}
    assert len(receiver.asked) < 10


def test_subsets_come_in_the_order_of_the_items() -> None:
    receiver = failing_with_any([frozenset({0}), frozenset({3}), frozenset({6})])
    assert list(minimal_failures([6, 5, 4, 3, 2, 1, 0], receiver)) == [{6}, {3}, {0}]


@given(sizes, st.lists(subsets, max_size=4), st.frozensets(st.integers(0, 39)))
def test_unlikely_items_are_found_too(size: int, causes: list[Subset], unlikely: Subset) -> None:
    receiver = failing_with_any(causes)
    found = list(minimal_failures(range(size), receiver, unlikely))
    assert_minimal_and_disjoint(found, receiver)
    assert not receiver.rule(frozenset(range(size)).difference(*found))


def test_three_calls_find_what_was_likely() -> None:
    receiver = failing_with_any([frozenset({7})])
    assert list(minimal_failures(range(40), receiver, frozenset(range(40)) - {7})) == [{7}]
    assert len(receiver.asked) == 3
