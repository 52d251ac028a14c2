"""Tells a watch of each delivery with the story up to it, which outlives an app that ends its process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from telnyx_mock.contract.watched import Watch
from telnyx_mock.delivery import Attempt
from telnyx_mock.delivery.delivery import described
from telnyx_mock.payload.request import Request


class Told:
    """A recorder that tells *watch* of each request; behind its first line comes what ``story`` returns."""

    def __init__(self, watch: Watch) -> None:
        self.about = ""
        self.story: Callable[[], str] = str
        self._watch = watch

    def sent(self, request: Request, url: str) -> str:
        """Note that *request* goes out."""
        self._watch.begun(f"{described(request)}\n{self.story()}")
        return ""

    def answered(self, id_: str, attempt: Attempt) -> None:
        """Note that the request was answered or abandoned."""
        self._watch.ended()

    def unsent(self, id_: str) -> None:
        """Note that the request never reached the receiver."""
        self._watch.ended()

    @contextmanager
    def beside(self, to: str, trusted: Sequence[str] | None = None) -> Iterator[None]:
        """Note nothing of other receivers: calls have only one."""
        yield
