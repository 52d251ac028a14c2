"""Reads the headers that a user adds to every request, for a gateway in front of the receiver.

The user writes ``Name: value``, as in curl, or ``Name: env:VARIABLE`` for a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Headers

__all__ = ["added_headers"]

_HEADER = re.compile(r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?P<value>.*)", re.DOTALL)
_VARIABLE = re.compile(r"env:(?P<name>\w+)")
_OURS = ("host", "content-length", "content-type", "transfer-encoding", "connection")


def added_headers(texts: Iterable[str]) -> Headers:
    """The headers in *texts*, with the values of environment variables for ``env:VARIABLE``.

    Raises UsageError for a text that is not a header, for a header of the webhook or of HTTP, and for a
    variable that is not set. No error shows a value.
    """
    return tuple(_read(text) for text in texts)


def _read(text: str) -> tuple[bytes, bytes]:
    match = _HEADER.fullmatch(text)
    if match is None:
        raise UsageError(
            "A header is written as 'Name: value', or 'Name: env:VARIABLE' for a secret; "
            f"{text.partition(':')[0]!r} does not begin like one."
        )
    name, value = match["name"], match["value"].strip(" \t")
    if name.lower() in _OURS or name.lower().startswith("telnyx-"):
        raise UsageError(f"The header {name} is part of the test, so it cannot be added.")
    variable = _VARIABLE.fullmatch(value)
    if variable is not None:
        if variable["name"] not in os.environ:
            raise UsageError(
                f"The environment has no variable {variable['name']} to read the header {name} from."
            )
        value = os.environ[variable["name"]].strip()
    if re.search(r"[\r\n\0]", value) or not value.isascii():
        raise UsageError(f"The value of the header {name} is not one line of ASCII.")
    return name.encode(), value.encode()
