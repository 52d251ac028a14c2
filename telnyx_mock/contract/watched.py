"""Tells a watch of each delivery of a run before it goes out, and when it has ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from telnyx_mock.delivery import Attempt, Recorder
from telnyx_mock.delivery.delivery import described
from telnyx_mock.payload.request import Request


class Watch(Protocol):
    """Knows which delivery is under way, whatever becomes of this process."""

    def begun(self, what: str) -> None:
        """Note that a delivery goes out; *what* names it."""
        ...

    def ended(self) -> None:
        """Note that the delivery was answered or given up."""
        ...


class Watched:
    """A recorder that tells a *watch* of each request, and passes it on to *recorder*, if any."""

    def __init__(self, recorder: Recorder | None, watch: Watch) -> None:
        self.about = ""
        self._recorder = recorder
        self._watch = watch

    def sent(self, request: Request, url: str) -> str:
        """Note that *request* goes out, and return its id in the journal, or ""."""
        id_ = ""
        if self._recorder is not None:
            self._recorder.about = self.about
            id_ = self._recorder.sent(request, url)
        self._watch.begun(self.named(request, id_))
        return id_

    def named(self, request: Request, id_: str) -> str:
        """Return what the watch calls *request*, which has this id in the journal, if any."""
        where = f", as delivery {id_} of the journal" if id_ else ""
        return f"{described(request)} (for the rule {self.about}{where})"

    def answered(self, id_: str, attempt: Attempt) -> None:
        """Note that the request was answered or abandoned."""
        self._watch.ended()
        if self._recorder is not None:
            self._recorder.answered(id_, attempt)

    def unsent(self, id_: str) -> None:
        """Note that the request never reached the receiver."""
        self._watch.ended()
        if self._recorder is not None:
            self._recorder.unsent(id_)

    @contextmanager
    def beside(self, to: str, trusted: Sequence[str] | None = None) -> Iterator[None]:
        """Let the recorder note where the requests in the ``with`` block go."""
        if self._recorder is None:
            yield
            return
        with self._recorder.beside(to, trusted):
            yield
