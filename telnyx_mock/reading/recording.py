"""Lets the parsers of this process return objects that record, while one webhook is delivered."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from telnyx_mock.reading.compiled import recording_compiled
from telnyx_mock.reading.forms import recording_forms
from telnyx_mock.reading.models import Models
from telnyx_mock.reading.patched import patched
from telnyx_mock.reading.recorded_object import recorded
from telnyx_mock.reading.recorder import Recorder, is_for_a_model

OLD_SDK = "telnyx.telnyx_object"
"""A module of the official SDK before version 4, whose objects are no models and are not recorded."""


@contextmanager
def recording(recorder: Recorder, models: Models | None = None) -> Iterator[None]:
    """Record what the app reads of the webhook of *recorder*, in the ``with`` block.

    All that parses another text is left alone. At the end, each parser is as it was; what the app has
    kept of the webhook stays, and records nothing any more. If *models* are given, the caller restores
    them.
    """
    with ExitStack() as stack:
        stack.callback(setattr, recorder, "closed", True)
        if recorder.form:
            stack.enter_context(recording_forms(recorder))
        else:
            stack.enter_context(_json(recorder))
            stack.enter_context(recording_compiled(recorder))
            if models is None:
                models = Models()
                stack.callback(models.restore)
            stack.enter_context(models.recording(recorder))
        yield


@contextmanager
def _json(recorder: Recorder) -> Iterator[None]:
    """Change the one method by which ``json.loads`` and all that is built on it parse a text."""
    decode = json.JSONDecoder.decode

    def recording_decode(self: json.JSONDecoder, text: str, *rest: Any) -> Any:
        value = decode(self, text, *rest)
        if not recorder.is_body(text):
            return value
        for_a_model = is_for_a_model()
        recorder.parsed = recorder.parsed or not (for_a_model and OLD_SDK in sys.modules)
        return value if for_a_model else recorded(value, recorder)

    with patched(json.JSONDecoder, "decode", recording_decode):
        yield
