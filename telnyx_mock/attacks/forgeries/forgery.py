"""What a forgery is: how it is made, what a receiver must do with it, and how much that matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.request import Request
from telnyx_mock.severity import Severity

__all__ = ["Expected", "Forgery", "Group"]


class Group(Enum):
    """What a forgery falsifies. The name of the forgery begins with it."""

    HEADERS = "headers"
    """Both of Telnyx's headers are missing."""
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    BODY = "body"
    REPLAY = "replay"
    """The request was delivered before, and somebody else sends it again."""


class Expected(Enum):
    """What a receiver must do with a forgery."""

    REFUSED = "refused"
    """Answer 4xx, and have no effect."""
    SURVIVED = "survived"
    """Answer below 500. It may accept the request: Telnyx did sign this content."""
    IGNORED = "ignored"
    """Answer below 500, and have no effect."""


@dataclass(frozen=True, slots=True)
class Forgery:
    """A way to alter a genuine request.

    *reason* completes the sentence "A receiver that does not do what is *expected* ...". *make*
    turns an original into the forgery. *needs_key* tells that only a holder of Telnyx's key can
    make it, *in_process_only* that HTTP cannot carry it; *severity* is then below an error.
    *plainer* names another forgery: a receiver that fails at that one fails at this one as well.
    *after_original* tells that the genuine request must be delivered just before it.
    """

    name: str
    reason: str
    make: Callable[[Original], Request]
    severity: Severity = Severity.ERROR
    expected: Expected = Expected.REFUSED
    needs_key: bool = False
    in_process_only: bool = False
    plainer: str = ""
    after_original: bool = False

    @property
    def group(self) -> Group:
        """What the forgery falsifies."""
        return Group(self.name.partition("-")[0])

    @property
    def must_be_refused(self) -> bool:
        """Whether accepting the forgery is an error."""
        return self.expected is Expected.REFUSED and self.severity is Severity.ERROR

    @property
    def failing(self) -> Severity:
        """How much it matters if the receiver fails instead of answering."""
        return Severity.ADVICE if self.needs_key or self.in_process_only else Severity.ERROR

    def allows(self, status: int | None) -> bool:
        """Whether a receiver may answer with *status* (None: no answer)."""
        if status is None:
            return False
        return 400 <= status < 500 or (self.expected is not Expected.REFUSED and status < 500)
