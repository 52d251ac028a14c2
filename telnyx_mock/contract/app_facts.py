"""What is known of the app that was judged: its framework, its verifier, and places in its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.schema.json_values import Json


class Framework(Enum):
    """The framework in which a receiver is written. The values are names in reports."""

    FLASK = "flask"
    FASTAPI = "fastapi"
    STARLETTE = "starlette"
    DJANGO = "django"
    AIOHTTP = "aiohttp"
    LAMBDA = "lambda"
    EXPRESS = "express"
    ASGI = "asgi"
    """An ASGI app without a framework that we know."""
    WSGI = "wsgi"
    """A WSGI app without a framework that we know."""
    UNKNOWN = "unknown"


class Verifier(Enum):
    """The package by which a receiver verifies signatures. The values are names in reports."""

    SDK = "telnyx"
    """The official SDK."""
    PYNACL = "pynacl"
    CRYPTOGRAPHY = "cryptography"
    UNKNOWN = "unknown"


class Mention(Enum):
    """What a place in the code of an app mentions. The values are names in reports."""

    HANDLER = "handler"
    """The function that handles requests to the address."""
    TIMESTAMP = "telnyx-timestamp"
    """The header, as a text in any spelling, or as the name of a parameter."""
    SIGNATURE = "telnyx-signature-ed25519"
    EVENT_TYPE = "event_type"
    """The member of that name, as a text or an attribute."""
    UNWRAP = "unwrap"
    """A function of that name, which the code uses."""
    VERIFY = "verify"
    CONSTRUCT_EVENT = "construct_event"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the code of an app that makes a *mention*: a *file*, by its full path, and a *line*.

    *columns* are the first column of the mention, counted in characters from 0, and the column after
    its last; None if it goes beyond the line, or if it is not known.
    """

    mention: Mention
    file: str
    line: int
    columns: tuple[int, int] | None = None

    def to_json(self) -> dict[str, Json]:
        """The place as JSON."""
        return {
            "mention": self.mention.value,
            "file": self.file,
            "line": self.line,
            "columns": None if self.columns is None else list(self.columns),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Place:
        """Return the place in a *row* of :meth:`to_json`. Raises an error if it is no such row."""
        columns = None
        if row["columns"] is not None:
            first, end = map(int, row["columns"])
            columns = first, end
        return cls(Mention(row["mention"]), str(row["file"]), int(row["line"]), columns)


@dataclass(frozen=True, slots=True)
class AppFacts:
    """What is known of the app that was judged.

    *places* are those in the app's own code that a request to the address can reach, in order of file
    and line; those in the file of the handler come first. They are known only of an app in this process.
    """

    framework: Framework = Framework.UNKNOWN
    verifier: Verifier = Verifier.UNKNOWN
    places: tuple[Place, ...] = ()

    def first(self, *mentions: Mention) -> Place | None:
        """Return the first place of the first of *mentions* that has one; None if none has."""
        for mention in mentions:
            for place in self.places:
                if place.mention is mention:
                    return place
        return None

    def to_json(self) -> dict[str, Json]:
        """The facts as JSON."""
        return {
            "framework": self.framework.value,
            "verifier": self.verifier.value,
            "places": [place.to_json() for place in self.places],
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> AppFacts:
        """Return the facts in a *row* of :meth:`to_json`. Raises an error if it is no such row."""
        return cls(
            Framework(row["framework"]),
            Verifier(row["verifier"]),
            tuple(map(Place.from_json, row["places"])),
        )


NOTHING_KNOWN = AppFacts()
"""Of an app about which nothing could be found out, such as one that ended its own process."""
