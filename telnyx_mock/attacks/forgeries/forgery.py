"""A forgery: how it is made, what a receiver must do with it, and how much a failure matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.request import Request
from telnyx_mock.severity import Severity


class Group(Enum):
    """The part of a request that a forgery falsifies. The forgery's name begins with it."""

    HEADERS = "headers"
    """Both of Telnyx's headers are missing."""
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    BODY = "body"
    REPLAY = "replay"
    """A genuine request was delivered before, and somebody else sends it again."""


class Expected(Enum):
    """What a receiver must do with a forgery."""

    REFUSED = "refused"
    """Answer 4xx, and have no effect."""
    SURVIVED = "survived"
    """Answer below 500. The receiver may accept the request, because Telnyx signed this content."""
    IGNORED = "ignored"
    """Answer below 500, and have no effect."""


@dataclass(frozen=True, slots=True)
class Forgery:
    """A way to alter a genuine request.

    *reason* completes the sentence "A receiver that does not do what is *expected* ...". *make*
    turns an original into the forgery. With *needs_key*, only a holder of Telnyx's key can make the
    forgery. With *in_process_only*, HTTP cannot carry it. In both cases, *severity* is below an
    error. *plainer* names a simpler forgery: a receiver that fails at the simpler one also fails at
    this one. With *after_original*, the genuine request must be delivered just before the forgery.

    >>> from telnyx_mock import Emulator, Forgery
    >>> swapped = Forgery(
    ...     "body-swapped-here", "reads no body", lambda original: original.signed_over(b"", b"{}")
    ... )
    >>> Emulator().request("call.hangup", forge=swapped).body
    b'{}'
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
        """The part of the request that the forgery falsifies."""
        return Group(self.name.partition("-")[0])

    @property
    def must_be_refused(self) -> bool:
        """Whether accepting the forgery is an error."""
        return self.expected is Expected.REFUSED and self.severity is Severity.ERROR

    @property
    def failing(self) -> Severity:
        """How severe it is if the receiver fails instead of answering."""
        return Severity.ADVICE if self.needs_key or self.in_process_only else Severity.ERROR

    def allows(self, status: int | None) -> bool:
        """Return whether a receiver may answer with *status* (None: no answer)."""
        if status is None:
            return False
        return 400 <= status < 500 or (self.expected is not Expected.REFUSED and status < 500)
