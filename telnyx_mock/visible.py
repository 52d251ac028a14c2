"""Makes text that others wrote safe to show: hides secrets, escapes what a reader would not see."""

from __future__ import annotations

import json
import re
from typing import Any

from telnyx_mock.hidden import json_without_secrets, without_secrets

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # no width, or a blank that is a letter
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"  # and directions
    "\ud800-\udfff\ufffe\uffff\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"  # halves of pairs, no characters, tags
)
"""Characters that are invisible, that a terminal obeys, or that change the order of the others."""

_COLOUR = re.compile("(\x1b\\[(?:[012]|3[1-6])m)")
"""The codes by which the command line and pytest colour their own words."""


def visible(text: str, *, colours: bool = False) -> str:
    """Return *text* without secrets, and with escapes for what is invisible but tabs and line feeds.

    With *colours*, codes of colours stay. That is only for text which we composed, and whose foreign
    parts are escaped already.
    """
    text = without_secrets(text).replace("\r\n", "\n")
    if not colours:
        return _INVISIBLE.sub(_code, text)
    parts = _COLOUR.split(text)  # every second part is a colour
    return "".join(part if at % 2 else visible(part) for at, part in enumerate(parts))


def visible_line(text: str) -> str:
    """Return *text* in one line, with escapes for invisible characters."""
    text = without_secrets(text).strip("\r\n")
    return visible(re.sub(r"[ \t]*[\r\n][ \t\r\n]*", " ", text).replace("\t", " "))


def visible_json(value: Any, *, indent: int | None = None) -> str:
    r"""Return *value* as JSON, in which ``\u`` escapes stand for invisible characters."""
    text = json.dumps(json_without_secrets(value), indent=indent, ensure_ascii=False)
    return _INVISIBLE.sub(lambda match: json.dumps(match[0])[1:-1], text)


def _code(match: re.Match[str]) -> str:
    number = ord(match[0])
    width = 2 if number < 0x100 else 4 if number < 0x10000 else 8
    return f"\\{'xuU'[width // 4]}{number:0{width}x}"
