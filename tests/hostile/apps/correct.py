"""An app that is not hostile at all, so that a case that goes wrong is not the frame's fault."""

from __future__ import annotations

from tests.hostile.case import Topic, app
from tests.receivers.correct import Receiver


@app(Topic.ANSWERS, exit=0, no_other_error=True, quick=True)
class CorrectApp(Receiver):
    """It answers as a correct receiver does."""
