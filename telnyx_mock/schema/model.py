"""What the catalogue is made of: events, their fields, and the conditions on them.

**Presence has four words.** A field is *always* there unless it says otherwise; it is *optional*
(may be absent), *nullable* (may be null) or *conditional*: absent unless its condition holds, and
there whenever it does, unless it is optional as well.

**Paths** in conditions start at the payload (``"direction"``, ``"from.phone_number"``); with a
leading dot they start at the object the field stands in (``".status"``), which inside list items
is the only way to say it.

Facts only: no I/O, no Hypothesis, no keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from telnyx_mock.schema.kinds import Json, Kind, Object

__all__ = [
    "Both",
    "Condition",
    "ContentType",
    "Event",
    "Example",
    "Field",
    "Has",
    "Is",
    "Presence",
    "Status",
]


class Presence(Enum):
    """How a field stands in one concrete webhook."""

    PRESENT = "present"
    NULL = "null"
    ABSENT = "absent"


class Status(Enum):
    """How sure it is that Telnyx sends an event today."""

    CURRENT = "current"
    """In the official SDK or OpenAPI document; sent unless told otherwise."""
    DOCUMENTED = "documented"
    """Described in a guide only; sent unless told otherwise."""
    PARTIAL = "partial"
    """Known by name or with some of its fields; sent only when named."""
    RETIRED = "retired"
    """Gone from today's documents; sent only when named."""

    @property
    def sent_unnamed(self) -> bool:
        """Whether a pattern with a wildcard includes such events."""
        return self in (Status.CURRENT, Status.DOCUMENTED)


class ContentType(Enum):
    """How a webhook is written."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Is:
    """Holds while the field *path* has one of *values* (with *negated*: any other, or none)."""

    path: str
    values: tuple[Json, ...]
    negated: bool = False

    def __str__(self) -> str:
        values = " or ".join(str(value) for value in self.values)
        return f"{self.path.lstrip('.')} is {'not ' if self.negated else ''}{values}"


@dataclass(frozen=True, slots=True)
class Has:
    """Holds while the field *path* is there and not null (with *negated*: while it is not)."""

    path: str
    negated: bool = False

    def __str__(self) -> str:
        return f"there is {'no ' if self.negated else ''}{self.path.lstrip('.')}"


@dataclass(frozen=True, slots=True)
class Both:
    """Holds while both conditions hold."""

    first: Condition
    second: Condition

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"


Condition: TypeAlias = Is | Has | Both


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an object.

    *meaning* is one line of prose. *shown* tells whether the sample shows an optional field, and
    *shown_null* whether it shows a nullable one as null. A *name* may hold another field's value
    in braces: ``"CallCost[{CallSid}]"``.
    """

    name: str
    kind: Kind
    meaning: str = ""
    optional: bool = False
    nullable: bool = False
    when: Condition | None = None
    shown: bool = True
    shown_null: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A payload that Telnyx's documents print, as overrides of our sample.

    Printed samples show every field at once, so some break their own conditions; *breaks* says
    which, and such an example is built with ``strict=False``.
    """

    source: str
    overrides: Mapping[str, Json]
    breaks: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A kind of webhook that Telnyx sends.

    *body* declares everything that is sent, envelope included; *root* is the path to the payload
    inside it. *trigger* says what makes Telnyx send it; *before* and *after* name its usual
    neighbours. *url* is the provider's page. *reply* is what the answer's body is used for, if
    for anything. *note* says where the sources disagree. *signed* is False for the few events
    that carry another signature than Ed25519.
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
