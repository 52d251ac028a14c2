"""A command: one call of the receiver to the Telnyx REST API, for a test to inspect.

The value of the Authorization header is masked at once, so that no report can print an API key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from telnyx_mock.hidden import HIDDEN
from telnyx_mock.schema.json_values import texts_in

_SHORT_NAMES = {("POST", "calls"): "dial", ("POST", "messages"): "messages.send"}
_CALL = re.compile(r"/v\d+/calls/(?P<id>[^/]+)(?:/actions/(?P<action>[^/]+))?/?")
_CHARGED = re.compile(r"/v\d+/number_lookup/.+")
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]*")


@dataclass(frozen=True, slots=True)
class Command:
    """One call to the Telnyx API.

    *path* is as sent (``/v2/calls/v3%3Aabc/actions/answer``). *parameters* is the decoded JSON
    object of the body; it is empty if the body is no JSON object. If the query has a name twice,
    *query* holds the last value. The names of *headers* are in lower case. *at* is in Unix seconds.
    If it *is_repeat*, Telnyx ignores it: an earlier command for the same call has the same ``command_id``.
    """

    method: str
    path: str
    parameters: Mapping[str, Any]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: float
    is_repeat: bool = False

    @classmethod
    def read(
        cls, method: str, url: str, headers: Mapping[str, str], body: bytes, at: float
    ) -> Command:
        """Return the command in an HTTP request to *url*. The request arrived *at* this Unix time."""
        parts = urlsplit(url)
        seen = {name.lower(): value for name, value in headers.items()}
        if "authorization" in seen:
            seen["authorization"] = HIDDEN
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method.upper(), parts.path, _parameters(body), query, seen, at)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def name(self) -> str:
        """The short name of the command, derived from its method and path.

        A call control command has the name of its action: ``answer``, ``speak``. ``POST /v2/calls``
        is ``dial``, ``POST /v2/messages`` is ``messages.send``. Any other name consists of the
        words of the path (without version and ids), followed by the action or the method:
        ``conferences.join``, ``conferences.post``, ``calls.get``.
        """
        if (call := _CALL.fullmatch(self.path)) and call["action"]:
            return call["action"]
        path, _, action = self.path.partition("/actions/")
        words = [word for word in path.split("/") if _WORD.fullmatch(word)]
        resource = ".".join(words)
        if short := _SHORT_NAMES.get((self.method, resource)):
            return short
        return f"{resource}.{action.strip('/') or self.method.lower()}"

    @property
    def call_control_id(self) -> str | None:
        """The id of the call in the path; None for a command that is not about one call."""
        call = _CALL.fullmatch(self.path)
        return unquote(call["id"]) if call else None

    @property
    def call(self) -> str | None:
        """The id of the call that the command is for: in the path, or in the body as for a conference."""
        value = self.call_control_id or self.parameters.get("call_control_id")
        return value if isinstance(value, str) else None

    @property
    def conference(self) -> str | None:
        """The id of the conference that the command is for, as in ``conferences.join``."""
        parts = self.path.split("/")  # "", the version, the collection, the id, "actions"
        return parts[3] if len(parts) > 4 and parts[2] == "conferences" else None

    def texts(self) -> Iterator[str]:
        """Yield all texts in which the command may name a call, a message or another resource."""
        yield from (unquote(part) for part in self.path.split("/"))
        yield from self.query.values()
        yield from texts_in(self.parameters)

    @property
    def is_read(self) -> bool:
        """Whether the command only reads, by its method."""
        return self.method in ("GET", "HEAD")

    @property
    def is_effect(self) -> bool:
        """Whether the command changes something or costs money, as a number look-up by GET does."""
        return not self.is_read or bool(_CHARGED.fullmatch(self.path))

    @property
    def command_id(self) -> str | None:
        """The ``command_id`` of the body.

        Telnyx ignores a command that repeats this id within 60 s.
        """
        value = self.parameters.get("command_id")
        return value if isinstance(value, str) else None


def _parameters(body: bytes) -> Mapping[str, Any]:
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}
