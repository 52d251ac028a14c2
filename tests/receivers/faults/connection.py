"""It does not end its answers where they say that they end"""

from __future__ import annotations

from telnyx_mock.severity import Severity
from tests.hostile.server import Asked, answer
from tests.receivers.behind_socket import BehindSocket
from tests.receivers.fault import breaks


@breaks("sends-nothing-after-answers", severity=Severity.WARNING)
class SaysTooSmallALength(BehindSocket):
    """It sends more bytes of a body than its Content-Length says."""

    def answer(self, asked: Asked, status: int) -> bytes:
        return answer(status) + b"OK"
