"""Makes text of the receiver safe to show: no invisible characters, and no more than a line."""

from __future__ import annotations

import re

from telnyx_mock.contract.engine.finding import Finding

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Characters that are invisible, or that change the order in which other characters are shown."""

LONGEST = 160
"""The largest number of characters of an answer in one line."""


def visible(text: str) -> str:
    """Return *text* with escapes for invisible characters, except for tabs and line feeds."""
    return _INVISIBLE.sub(_code, text)


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


def _code(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
