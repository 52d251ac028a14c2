"""The remedies: what a receiver does once its fault is mended."""

from __future__ import annotations

from enum import Enum


class Remedy(Enum):
    """What a receiver does once its fault is mended."""

    VERIFY = "verify"
    """Verify the signature and the time of each request over its raw bytes, before anything else."""

    READ_OPTIONAL = "read-optional"
    """Read a member that an event has only sometimes."""

    ACKNOWLEDGE_UNKNOWN = "acknowledge-unknown"
    """Answer 200 to events that the app does not use."""

    DEDUPLICATE = "deduplicate"
    """Work once for an event that is delivered twice, but again if the work failed."""

    ANSWER_FIRST = "answer-first"
    """Answer before the work begins."""

    CATCH_API_ERRORS = "catch-api-errors"
    """Ask for another delivery if the Telnyx API fails, unless another attempt is useless."""

    ESCAPE_XML = "escape-xml"
    """Escape what callers decide in a TeXML document, and send it as XML."""

    KEEP_STATE_PER_CALL = "keep-state-per-call"
    """Keep what is known of each call apart, and need no event before another."""
