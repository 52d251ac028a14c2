"""Reads the headers that the user adds to each request, such as a token for a gateway.

The user writes ``Name: value``, as in curl, or ``Name: env:VARIABLE`` for a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from telnyx_mock.errors import UsageError
from telnyx_mock.hidden import hide
from telnyx_mock.payload.request import Headers

_HEADER = re.compile(r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?P<value>.*)", re.DOTALL)
_VARIABLE = re.compile(r"env:(?P<name>\w+)")
_OURS = ("host", "content-length", "content-type", "transfer-encoding", "connection")


def added_headers(texts: Iterable[str]) -> Headers:
    """Return the headers in *texts*. ``env:VARIABLE`` becomes the value of that variable.

    Raises UsageError if a text is not a header, if the header belongs to the webhook or to HTTP, or
    if the variable is not set. No error message contains the value of a header.
    """
    return tuple(_read(text) for text in texts)


def _read(text: str) -> tuple[bytes, bytes]:
    match = _HEADER.fullmatch(text)
    if match is None:
        raise UsageError(
            "A header is written as 'Name: value', or 'Name: env:VARIABLE' for a secret."
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
        hide(value)
    if not value.isascii() or not value.replace("\t", " ").isprintable():
        raise UsageError(f"The value of the header {name} is not one line of printable ASCII.")
    return name.encode(), value.encode()
