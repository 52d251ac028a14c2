"""The catalogue accepts the example that Telnyx publishes for each field.

``published_examples.json`` has the examples of the OpenAPI document (team-telnyx/openapi, spec3.yml
of 2026-08-04) and of the docstrings of the official SDK 4.189, by event and path.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.schema.field_tree import nodes_by_path
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Cases

PUBLISHED = json.loads(Path(__file__).with_name("published_examples.json").read_text())

EXCEPTIONS = {
    ("message.received", "data.payload.media[].sha256"): "the example is cut: ab1c2d3e4f...",
}
"""The examples that break the prose beside them."""


def _kinds(kind: Kind) -> Iterator[Kind]:
    """Yield *kind*, and the kinds among which another field decides."""
    yield kind
    if isinstance(kind, Cases):
        for inner in (*kind.kinds.values(), kind.otherwise):
            yield from _kinds(inner)


def _problems(event: str, path: str, value: Any) -> list[str]:
    kinds = [inner for node in nodes_by_path(find(event))[path] for inner in _kinds(node.kind)]
    found = [kind.problem(value) for kind in kinds]
    return [] if None in found else [problem for problem in found if problem is not None]


def test_the_examples_are_many() -> None:
    assert sum(map(len, PUBLISHED.values())) > 1300


@pytest.mark.parametrize("event", PUBLISHED)
def test_each_published_example_is_accepted(event: str) -> None:
    wrong = {
        path: found
        for path, value in PUBLISHED[event].items()
        if (found := _problems(event, path, value))
    }
    assert wrong.keys() == {path for name, path in EXCEPTIONS if name == event}, wrong
