"""Finds the words by which a receiver explains its answer, if it does."""

from __future__ import annotations

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.visible import visible

LONGEST = 160
"""The largest number of characters of an answer in one line."""


def explanation(finding: Finding) -> str:
    """Return in one line the body by which the receiver explains why it refused or failed.

    Return nothing if the receiver accepted the request, or if the body is a page or says no more than
    the status.
    """
    text = " ".join(finding.answer.split())
    says_more = text.strip('"').lower() not in finding.observed.lower()
    if (finding.status or 0) < 400 or not text or text.startswith("<") or not says_more:
        return ""
    return visible(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
