"""Finds the operation of the API that a request calls, in a table that is read when first needed.

The file ``operations.json`` is written by ``python -m scripts.operations`` from the official SDK. It has each kind
once: a kind inside another, and the kinds of an operation, are numbers in its list of kinds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import unquote

Kind = str | list[Any]
"""A word, or a list that begins with ``list``, ``map``, ``enum``, ``any_of`` or ``object``.

``scripts/operations/kinds.py`` says which there are.
"""

Place = Literal["path", "query", "header", "body"]

_PARAMETER = re.compile(r"\{\w+\}")
_VERSION = re.compile(r"(/v2)+(?=/)")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API, such as ``calls.actions.speak``.

    *name* is that of the method in the official Python SDK. *path* is a template without the version:
    ``/calls/{call_control_id}/actions/speak``. *places* has the number of the kind of the parameters
    in each place. *sends* is the form of the body: ``json``, ``multipart`` or ``binary``. *answers* is
    the number of the kind of the answer, ``text``, ``binary``, or None for an answer without content.
    """

    name: str
    method: str
    path: str
    sends: str
    places: Mapping[Place, int]
    answers: int | str | None

    def parameters(self, path: list[str]) -> Mapping[str, str]:
        """Return the parameters in the segments of *path*, which has the form of this operation's."""
        pairs = zip(_segments(self.path), path, strict=True)
        return {
            asked[1:].partition("}")[0]: unquote(given.removesuffix(asked.partition("}")[2]))
            for asked, given in pairs
            if asked.startswith("{")
        }


class Table:
    """All operations and kinds. *sdk* is the version of the official SDK that they are derived from."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        self.sdk: str = read["sdk"]
        self.kinds: list[Kind] = read["kinds"]
        self.operations = {
            name: Operation(name, method, _VERSION.sub("", path), sends, places, answers)
            for name, (method, path, sends, places, answers) in read["operations"].items()
        }
        self._root: dict[str, Any] = {}
        for operation in self.operations.values():
            node = self._root
            for segment in _segments(operation.path):
                node = node.setdefault(_PARAMETER.sub("{}", segment), {})
            node.setdefault("", {}).setdefault(operation.method, operation)

    def find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """Return the operation of a request, with the parameters in its path. The version may be left out."""
        segments = _segments(_VERSION.sub("", path, count=1))
        found = _leaf(self._root, segments, "GET" if method == "HEAD" else method)
        return None if found is None else (found, found.parameters(segments))

    def methods(self, path: str) -> list[str]:
        """Return the HTTP methods that have an operation at *path*."""
        known = ("GET", "POST", "PUT", "PATCH", "DELETE")
        return [method for method in known if self.find(method, path)]


def _leaf(node: Mapping[str, Any], segments: list[str], method: str) -> Operation | None:
    """Return the operation beneath *node*. A word of a path goes before a parameter."""
    if not segments:
        found: Operation | None = node.get("", {}).get(method)
        return found
    first, *rest = segments
    for key in (first, "{}.json" if first.endswith(".json") else "{}", "{}"):
        if first and key in node and (found := _leaf(node[key], rest, method)):
            return found
    return None


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


@cache
def table() -> Table:
    """Return the table of the API's operations."""
    text = files("telnyx_mock.operations").joinpath("operations.json").read_text()
    return Table(json.loads(text))
