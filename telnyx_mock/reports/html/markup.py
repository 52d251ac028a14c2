"""HTML by construction: elements are made from text that is always escaped.

Whatever comes from a receiver is text. Only what :func:`tag` and its kind return is markup, so
there is no place where escaping can be forgotten.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TypeAlias

__all__ = ["Child", "Markup", "join", "link", "raw", "tag", "verbatim"]

_VOID = {"circle", "input", "line", "meta", "rect"}

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""What would not be seen, or would change the order in which the rest is seen."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "Markup | str | int | Iterable[Child] | None"


def _written(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, (str, int)):
        return html.escape(_INVISIBLE.sub(_shown, str(child)))
    return "".join(_written(each) for each in child)


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def join(*children: Child) -> Markup:
    """*children* one after the other."""
    return Markup(_written(children))


def tag(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """The element *name*. Attributes end in ``_`` where Python has the word for itself.

    ``True`` writes an attribute without a value; ``False`` and ``None`` leave it out.
    """
    words = [name]
    for attribute, value in attributes.items():
        key = attribute.rstrip("_").replace("_", "-")
        if value is True:
            words.append(key)
        elif value is not None and value is not False:
            words.append(f'{key}="{_written(str(value))}"')
    opening = " ".join(words)
    if name in _VOID:
        return Markup(f"<{opening} />")  # drawn elements would swallow what follows without the /
    return Markup(f"<{opening}>{_written(children)}</{name}>")


def link(address: str) -> Markup:
    """A link to a page on the web; plain text for any other *address*."""
    if not address.startswith("https://"):
        return join(address)
    return tag("a", address, href=address, rel="noreferrer")


def verbatim(command: str) -> Markup:
    """*command* as it is, to be copied: nothing in it is made visible that is not."""
    escaped = html.escape(command).replace("\r", "&#13;")
    return Markup(re.sub("[\x00\ud800-\udfff]", "\ufffd", escaped))


def raw(text: str) -> Markup:
    """*text* of our own, a style sheet or a script, that stands in its element unescaped."""
    if "</" in text or "<!--" in text:
        raise ValueError("this would end the element it stands in")
    return Markup(text)
