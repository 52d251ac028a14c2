"""The table of operations and the installed official SDK say the same, both ways."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import telnyx
from telnyx._resource import SyncAPIResource

from telnyx_mock.operations.table import table

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        telnyx.__version__ != table().sdk,
        reason=f"the table is of telnyx {table().sdk}, and {telnyx.__version__} is installed: "
        "run python -m scripts.operations",
    ),
]


@cache
def sdk() -> telnyx.Telnyx:
    return telnyx.Telnyx(api_key="KEY", base_url="http://127.0.0.1:9")


def resources(holder: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every resource of the client, with its dotted name."""
    for name in dir(type(holder)):
        if not name.startswith(("_", "with_")):
            value = getattr(holder, name)
            if isinstance(value, SyncAPIResource):
                yield prefix + name, value
                yield from resources(value, f"{prefix}{name}.")


def methods() -> Iterator[tuple[str, Any]]:
    """Every method that makes a request, and so takes ``extra_headers``, with its dotted name."""
    for name, resource in resources(sdk()):
        for member, method in inspect.getmembers(resource, inspect.ismethod):
            if "extra_headers" in inspect.signature(method).parameters and not member.startswith(
                "_"
            ):
                yield f"{name}.{member}", method


WEBSOCKETS = {"speech_to_text.transcribe", "text_to_speech.stream"}
"""These open a WebSocket, and so are no operations of an HTTP API."""


def test_the_table_has_every_method_of_the_sdk_and_no_other() -> None:
    assert set(table().operations) == {name for name, _ in methods()} - WEBSOCKETS


def test_the_table_is_what_the_script_makes_of_the_sdk() -> None:
    from scripts.operations.table import PLACE, text

    assert PLACE.read_text() == text(), "run: python -m scripts.operations"
