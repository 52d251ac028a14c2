"""An event: what Telnyx sends on one occasion, and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Object

__all__ = ["ContentType", "Event", "Example", "Status"]


class Status(Enum):
    """How sure it is that Telnyx sends an event today."""

    CURRENT = "current"
    """In the official SDK or OpenAPI document."""
    DOCUMENTED = "documented"
    """Described in a guide only."""
    PARTIAL = "partial"
    """Known by name, or with some of its fields; sent only when named."""
    RETIRED = "retired"
    """No longer in the documents; sent only when named."""

    @property
    def sent_unnamed(self) -> bool:
        """Whether a pattern with a wildcard includes events of this status."""
        return self in (Status.CURRENT, Status.DOCUMENTED)


class ContentType(Enum):
    """How a webhook is written."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Example:
    """A payload that Telnyx's documents print, as overrides of our sample.

    Printed samples show every field at once, so some break the conditions of their fields.
    *breaks* says which; the example is then built with ``strict=False``.
    """

    source: str
    overrides: Mapping[str, Json]
    breaks: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A kind of webhook that Telnyx sends.

    *body* declares everything that is sent, envelope included; *root* is the path to the payload
    inside it. *trigger* says what makes Telnyx send it; *before* and *after* name the events that
    usually come before and after it. *url* is the provider's page. *reply* says what Telnyx does
    with the body of the receiver's answer, if anything. *note* says where the sources disagree.
    *signed* is False for the few events that carry another signature than Ed25519. *pretty* is
    True where captures show an indented body.
    """

    name: str
    family: str
    body: Object
    root: tuple[str, ...] = ("data", "payload")
    operation: str | None = None
    status: Status = Status.CURRENT
    content_type: ContentType = ContentType.JSON
    trigger: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    url: str = ""
    reply: str = ""
    note: str = ""
    signed: bool = True
    pretty: bool = False
    examples: Mapping[str, Example] = field(default_factory=dict)

    @property
    def sent_unnamed(self) -> bool:
        """Whether a pattern with a wildcard includes it."""
        return self.signed and self.status.sent_unnamed

    @property
    def payload(self) -> Object:
        """The declaration of the payload, without the envelope."""
        inner = self.body
        for name in self.root:
            kind = next(member.kind for member in inner.fields if member.name == name)
            assert isinstance(kind, Object)
            inner = kind
        return inner

    @property
    def payload_path(self) -> str:
        """The path to the payload from the top of the body; empty where the body is the payload."""
        return ".".join(self.root)

    def payload_in(self, body: Json) -> Json:
        """The payload inside *body*; None where *body* has none."""
        for name in self.root:
            body = body.get(name) if isinstance(body, dict) else None
        return body
