"""An event: what Telnyx sends on one occasion, and the facts known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Object


class Status(Enum):
    """How certain it is that Telnyx sends an event today."""

    CURRENT = "current"
    """Described in the official SDK or in the OpenAPI document."""
    DOCUMENTED = "documented"
    """Described only in a guide, or in an older OpenAPI document while requests still ask for it."""
    PARTIAL = "partial"
    """Only the name or some of the fields are known; sent only if it is named."""
    RETIRED = "retired"
    """No longer in Telnyx's documents; sent only if it is named."""

    @property
    def sent_unnamed(self) -> bool:
        """Whether a wildcard pattern includes events of this status without naming them."""
        return self in (Status.CURRENT, Status.DOCUMENTED)


class ContentType(Enum):
    """The content type of a webhook."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Example:
    """A payload printed in Telnyx's documents, written as overrides of our sample.

    A printed sample shows every field at once, so it may break the conditions of its fields.
    *breaks* lists the broken conditions; such an example is built with ``strict=False``.
    """

    source: str
    overrides: Mapping[str, Json]
    breaks: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A kind of webhook that Telnyx sends.

    *body* declares everything that is sent, envelope included; *root* is the path to the payload
    inside the body. *trigger* says what makes Telnyx send the event. *before* and *after* name the
    events that usually precede and follow it. *url* is Telnyx's page about it. *reply* says how
    Telnyx uses the body of the receiver's answer, if it uses it. *note* says where the sources
    disagree. *signed* is False for the few events whose signature is not Ed25519. *pretty* is True
    if captures show an indented body. *products* are the kinds of message that the event is about, if
    it is about messages: ``sms``, ``mms``, ``rcs``, ``whatsapp``.
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
    products: tuple[str, ...] = ()
    examples: Mapping[str, Example] = field(default_factory=dict)

    @property
    def sent_unnamed(self) -> bool:
        """Whether a wildcard pattern includes the event, although it does not name it."""
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
        """The path from the top of the body to the payload; empty if the body is the payload."""
        return ".".join(self.root)

    def payload_in(self, body: Json) -> Json:
        """Return the payload inside *body*, or None if *body* has no payload."""
        for name in self.root:
            body = body.get(name) if isinstance(body, dict) else None
        return body
