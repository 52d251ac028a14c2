"""Lies about the content: a body that was changed after it had been signed.

The changed body is well formed and written in the same layout, so that the signature alone tells.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from telnyx_mock.forgeries.forgery import Forgery, Group, Original
from telnyx_mock.request import Request
from telnyx_mock.severity import Severity
from telnyx_mock.wire import encode

__all__ = ["BODY_FORGERIES"]

_PHONE_NUMBER = re.compile(r"\+[0-9]{7,15}")
_LAST_DIGIT = re.compile(r"[0-9](?=[^0-9]*\Z)")


def _changed(original: Original) -> Request:
    """A digit is another one: of a phone number if there is one, else of the first text."""
    body = copy.deepcopy(dict(original.webhook.body))
    places = list(_texts_with_digits(body))
    numbers = [place for place in places if _PHONE_NUMBER.fullmatch(place[0][place[1]])]
    for holder, key in (numbers or places)[:1]:
        holder[key] = _LAST_DIGIT.sub(lambda digit: str((int(digit[0]) + 1) % 10), holder[key])
    if not places:
        body["forged"] = "1"
    return replace(original.request(), body=encode(original.webhook.event, body))


def _texts_with_digits(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Where in *holder* a text with a digit is: the object or list that holds it, and its key."""
    members = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for key, value in members:
        if isinstance(value, dict | list):
            yield from _texts_with_digits(value)
        elif isinstance(value, str) and _LAST_DIGIT.search(value):
            yield holder, key


BODY_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "body-changed",
        Group.BODY,
        "does not verify the body that it acts on: anyone on the way can change who called",
        Severity.ERROR,
        _changed,
    ),
)
"""The forgeries of the body, in the order in which they are tried."""
