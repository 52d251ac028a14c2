"""Tells a watch of each delivery with the story up to it, which outlives an app that ends its process."""

from __future__ import annotations

from collections.abc import Callable

from telnyx_mock.contract.watched import Watch, Watched
from telnyx_mock.delivery import Recorder
from telnyx_mock.delivery.delivery import described
from telnyx_mock.payload.request import Request


class WatchedCalls(Watched):
    """A recorder that tells *watch* of each request; behind its first line comes what ``story`` returns."""

    def __init__(self, recorder: Recorder | None, watch: Watch) -> None:
        super().__init__(recorder, watch)
        self.story: Callable[[], str] = str

    def named(self, request: Request, id_: str) -> str:
        """Return what the watch calls *request*, and the story up to it."""
        where = f" (delivery {id_} of the journal)" if id_ else ""
        return f"{described(request)}{where}\n{self.story()}"
