"""Keeps what an app reads of the one webhook under way, with the place in the app's own code."""

from __future__ import annotations

import functools
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import parse_qs

from telnyx_mock.reading.read import Manner, Read
from telnyx_mock.schema.json_values import Json
from telnyx_mock.transports.own_code import is_library, shown_path

_ROOM = f"{Path(__file__).parent}/"
_OURS = f"{Path(__file__).parents[1]}/"

MODEL_MAKERS = ("telnyx", "pydantic", "pydantic_core", "fastapi")
"""Packages that make a model of all members; what the app reads of the model counts instead."""


class Recorder:
    """Records which members of a webhook with this *body* the app reads, until it is *closed*.

    *text* is the body as text, *form* the fields of a form (empty for JSON), and *content* what the
    JSON says. *parsed* says whether the app parsed the body in a way that can be recorded.
    """

    def __init__(self, body: bytes, *, is_form: bool) -> None:
        self.text = body.decode("utf-8", "replace").strip()
        self.form = parse_qs(self.text, keep_blank_values=True) if is_form else {}
        self.content: Json = None if is_form else json.loads(body)
        self.parsed = False
        self.closed = False
        self._reads: dict[tuple[str, Manner, str, int, bool], None] = {}
        self._whole: tuple[int, int] | None = None
        self._nested = threading.local()

    @property
    def reads(self) -> tuple[Read, ...]:
        """The reads so far, each once, in order."""
        return tuple(
            Read(member, manner, f"{shown_path(file)}:{line}", found)
            for member, manner, file, line, found in self._reads
        )

    def is_body(self, text: str) -> bool:
        """Whether *text* is the body of the webhook, which the app parses."""
        if self.closed or text.strip() != self.text:
            return False
        caller = _parsing()
        return caller is not None and not caller.f_code.co_filename.startswith(_OURS)

    @property
    def is_nested(self) -> bool:
        """Whether a method that records has called another."""
        return getattr(self._nested, "on", False)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Record nothing of this thread in the ``with`` block: one read has been noted already."""
        before, self._nested.on = self.is_nested, True
        try:
            yield
        finally:
            self._nested.on = before

    def note(self, member: str, manner: Manner, *, found: bool = True) -> None:
        """Note that the app reads *member*, unless a package that makes models does, or our own code."""
        if self.closed or self.is_nested:
            return
        caller = _caller()
        if caller is None or _is_not_of_app(caller.f_code.co_filename):
            return
        here = id(caller), caller.f_lasti
        if manner is Manner.ALL:
            self._whole = here
        elif here == self._whole:  # dict(payload) asks for all names, and then for each member
            return
        own = _of_app(caller)
        if own is not None:
            self._reads[member, manner, own.f_code.co_filename, own.f_lineno, found] = None


def is_for_a_model() -> bool:
    """Whether a package that makes models parses the body itself, as the official SDK does."""
    caller = _parsing()
    return caller is not None and _is_not_of_app(caller.f_code.co_filename)


def _parsing() -> FrameType | None:
    """Return the frame that asked the standard library to parse JSON."""
    caller = _caller()
    while caller is not None and "/json/" in caller.f_code.co_filename:
        caller = caller.f_back
    return caller


def _caller() -> FrameType | None:
    """Return the frame that called into this room."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(_ROOM):
        frame = frame.f_back
    return frame


def _of_app(frame: FrameType | None) -> FrameType | None:
    """Return the first frame of the app's own code, from *frame* outwards; None if there is none."""
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = None if frame.f_code.co_filename.startswith(_OURS) else frame.f_back
    return frame


@functools.cache
def _is_not_of_app(file: str) -> bool:
    """Whether *file* is ours, or of a package that makes models."""
    if file.startswith(_OURS):
        return True
    return is_library(file) and any(f"/{name}/" in file for name in MODEL_MAKERS)
