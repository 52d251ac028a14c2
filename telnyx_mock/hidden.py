"""Hides the secrets of a run: what others wrote may repeat them, and output must not.

Whoever reads a secret registers it here. All that leaves passes through here: ``visible`` calls it
for what is shown, and the JSON report, the results and the journal call it themselves. Whoever cuts
a text must call it first, because half a secret is no longer recognised.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from typing import Any

HIDDEN = "[hidden]"
"""The text that replaces a secret."""

LEAST = 6
"""The fewest characters of a secret: a shorter text occurs by chance, also in our own words."""

_LEAST_LINE = 16
"""The fewest characters of a line that is hidden alone, where a secret has several lines."""

_PREFIX = 10
"""How many characters of each form are looked for first, which is fast: many forms share them."""

_API_KEY = "TELNYX_API_KEY"

_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the 32 bytes of an Ed25519 private key in DER (RFC 8410)."""


class Secrets:
    """Secrets, and each way in which an app may write them."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._folded: tuple[str, ...] = ()
        self._lowered: tuple[bytes, ...] = ()
        self._text = re.compile("(?!)")
        self._bytes = re.compile(b"(?!)")
        self._api_key = ""
        self._lock = threading.Lock()

    def add(self, *texts: str) -> None:
        """Hide *texts* from now on: as they are, encoded, quoted, and in any case."""
        found = {form for text in texts for form in _forms(text) if len(form) >= LEAST}
        with self._lock:
            if not found <= self._forms:
                self._forms |= found
                self._prepare()

    def _prepare(self) -> None:
        # A long form may begin with a short one.
        ordered = sorted(self._forms, key=len, reverse=True)
        encoded = [_encoded(form) for form in ordered]
        self._text = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)
        self._bytes = re.compile(b"|".join(map(re.escape, encoded)), re.IGNORECASE)
        self._folded = tuple({form.casefold()[:_PREFIX] for form in ordered})
        self._lowered = tuple({form.lower()[:_PREFIX] for form in encoded})

    def in_text(self, text: str) -> str:
        """Return *text* without secrets."""
        self._look_at_environment()
        folded = text.casefold() if self._folded else ""
        if any(prefix in folded for prefix in self._folded):
            return self._text.sub(HIDDEN, text)
        return text

    def in_bytes(self, content: bytes) -> bytes:
        """Return *content* without secrets."""
        self._look_at_environment()
        lowered = content.lower() if self._lowered else b""
        if any(prefix in lowered for prefix in self._lowered):
            return self._bytes.sub(HIDDEN.encode(), content)
        return content

    def _look_at_environment(self) -> None:
        """Learn the API key, which only the receiver reads."""
        key = os.environ.get(_API_KEY, "")
        if key != self._api_key:
            self.add(key)
            self._api_key = key


SECRETS = Secrets()
"""The secrets of this process. A process may run several times; a secret stays one."""


def hide(secret: str) -> None:
    """Hide *secret* in all output from now on, if it has at least LEAST characters."""
    SECRETS.add(secret.strip())


def hide_key(seed: bytes, public: bytes) -> None:
    """Hide the Ed25519 private key *seed*, alone, before its *public* key, and in PKCS #8."""
    import base64

    contents = (seed, seed + public, _PKCS8 + seed)
    SECRETS.add(
        *(base64.b64encode(content).decode("ascii") for content in contents),
        *(content.hex() for content in contents),
        repr(seed)[2:-1],
    )


def without_secrets(text: str) -> str:
    """Return *text* with ``[hidden]`` in place of each secret."""
    return SECRETS.in_text(text)


def bytes_without_secrets(content: bytes) -> bytes:
    """Return *content* with ``[hidden]`` in place of each secret."""
    return SECRETS.in_bytes(content)


def json_without_secrets(value: Any) -> Any:
    """Return the JSON *value* with ``[hidden]`` in place of each secret in its texts and names."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, list | tuple):
        return [json_without_secrets(item) for item in value]
    if isinstance(value, dict):
        return {
            without_secrets(str(name)): json_without_secrets(item) for name, item in value.items()
        }
    return value


def beginning(content: bytes, most: int, errors: str = "replace") -> str:
    """Return the first *most* characters of *content*, decoded, without secrets."""
    return without_secrets(content.decode("utf-8", errors))[:most]


def _forms(secret: str) -> Iterator[str]:
    """Yield the texts in which an app or a report may write *secret*, some of them twice."""
    import json

    for form in _plain_forms(secret):
        yield form
        yield json.dumps(form, ensure_ascii=False)[1:-1]


def _plain_forms(secret: str) -> Iterator[str]:
    import base64  # here, for a pytest run without secrets starts without them
    import html
    import json
    from urllib.parse import quote, quote_plus

    lines = [line.strip() for line in secret.splitlines()]
    long_lines = (line for line in lines if len(line) >= _LEAST_LINE and line[:5] != "-----")
    for text in (secret, *long_lines):
        content = _encoded(text)
        code, url_code = base64.b64encode(content), base64.urlsafe_b64encode(content)
        yield from (text, text.rstrip("="), text.replace("+", "-").replace("/", "_").rstrip("="))
        yield from (repr(text)[1:-1], ascii(text)[1:-1], json.dumps(text)[1:-1])
        yield from (html.escape(text), html.escape(text).replace("&#x27;", "&#39;"))
        yield from (quote(content), quote(content, safe=""), quote_plus(content))
        yield from (code.decode().rstrip("="), url_code.decode().rstrip("="), content.hex())


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
