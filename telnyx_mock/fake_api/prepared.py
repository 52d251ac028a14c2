"""An answer that a test prepared for the calls of one method to one path, and for which of them."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.command import Command

Status = int | Literal["reset"] | None
"""The status of an answer; None if none arrives in time, and ``"reset"`` if the connection is reset."""


class Prepared:
    """An answer for calls of *method* to *path*; see :meth:`telnyx_mock.fake_api.FakeApi.answer_with`.

    Raises UsageError for what cannot be.
    """

    def __init__(
        self,
        method: str,
        path: str,
        status: Status = 200,
        body: Any = None,
        *,
        after: int = 0,
        times: float = math.inf,
        share: float = 1.0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        require_path(path)
        if not re.fullmatch(r"[A-Za-z]+", method):
            raise UsageError(f"{method!r} is not an HTTP method; write POST, GET and so on.")
        require_status(status)
        if after < 0:
            raise UsageError(f"An answer cannot begin after {after!r} calls; give 0 or more.")
        if times < 1:
            raise UsageError(f"An answer cannot be given {times!r} times; give 1 or more.")
        if not 0 < share <= 1:
            raise UsageError(
                f"An answer cannot be given to a share of {share!r}; 0.1 is every tenth call, and 1 "
                "every call."
            )
        self.method = method.upper()
        self.path = path
        self.status = status
        self.body = body
        self.headers = dict(headers or {})
        self._after = after
        self._left = times
        self._share = share
        # Always the same, so that a test that fails fails again.
        self._random = random.Random(f"{self.method} {path} {share}")  # noqa: S311

    def takes(self, command: Command) -> bool:
        """Whether *command* gets this answer. Each call counts, so ask once for each."""
        if self.method != command.method or not fnmatchcase(command.path, self.path):
            return False
        if self._after:
            self._after -= 1
            return False
        if self._left <= 0 or self._random.random() >= self._share:
            return False
        self._left -= 1
        return True


def require_path(path: str) -> None:
    """Raise UsageError if *path* does not start with a slash."""
    if not path.startswith("/"):
        raise UsageError(
            f"The path {path!r} does not start with a slash; write it as /v2/messages."
        )


def require_status(status: Status) -> None:
    """Raise UsageError if *status* is not that of a final answer, or of none."""
    if status is None or status == "reset":
        return
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise UsageError(
            f"{status!r} is not the status of a final answer; choose one from 200 to 599, None for "
            "no answer in time, or 'reset' for a connection that is reset."
        )
