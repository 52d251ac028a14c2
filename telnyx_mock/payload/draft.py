"""A draft: a webhook before it is signed, and the way to write its bytes and headers.

Strategies draw drafts instead of requests, because a signature needs a key and the time of sending.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telnyx_mock.errors import unknown
from telnyx_mock.payload.webhook import Webhook

HEADER_CASES = ("lower", "title", "upper")
"""The ways to write header names; HTTP treats them as equal (RFC 9110, section 5.1)."""


@dataclass(frozen=True, slots=True)
class Draft:
    r"""A webhook and an allowed way of writing it.

    *layout* is one of the names in :func:`telnyx_mock.payload.layouts.layouts`; None means the
    event's usual layout. *header_case* is one of :data:`HEADER_CASES`. With *charset*, the content
    type names UTF-8. With *reverse_headers*, the headers are in the opposite order; HTTP treats
    both orders as equal (RFC 9110, section 5.3).

    Raises UsageError for an unknown header case.

    >>> from telnyx_mock import Draft, Emulator
    >>> telnyx = Emulator()
    >>> draft = Draft(telnyx.webhook("call.hangup"), layout="indented", header_case="title")
    >>> telnyx.request(draft).body.startswith(b"{\n")
    True
    """

    webhook: Webhook
    layout: str | None = None
    header_case: str = "lower"
    charset: bool = False
    reverse_headers: bool = False

    def __post_init__(self) -> None:
        if self.header_case not in HEADER_CASES:
            raise unknown("header case", self.header_case, HEADER_CASES)

    def __repr__(self) -> str:
        choices = [
            *([f"layout={self.layout!r}"] if self.layout is not None else []),
            *([f"header_case={self.header_case!r}"] if self.header_case != "lower" else []),
            *(["charset=True"] if self.charset else []),
            *(["reverse_headers=True"] if self.reverse_headers else []),
        ]
        return f"<Draft {', '.join([repr(self.webhook), *choices])}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the repr, because Hypothesis and IPython would print each field of the dataclass."""
        printer.text(repr(self))
