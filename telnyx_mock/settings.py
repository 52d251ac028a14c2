"""Every setting of a contract run, declared once.

The command line, ``pyproject.toml``, the environment and pytest's settings all read this declaration.
It needs nothing but the standard library, since pytest reads it whenever it starts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from telnyx_mock.errors import UsageError

__all__ = ["SUCCESSES", "Option", "Settings", "options"]

SUCCESSES = ("200", "2xx")
"""Answers that may count as success: some pages of Telnyx name 200 alone, others any 2xx."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """How one setting is written outside of Python.

    *name* is that of the option (``max-requests``), *field* that of the setting (``max_requests``).
    *kind* is ``str``, ``int``, ``float`` or ``bool``; with *many*, the option may be repeated. A number is *least* or more, a
    text one of *choices*, where these are given. An option that *judges* decides verdicts.
    """

    name: str
    field: str
    kind: type
    many: bool
    default: Any
    about: str
    metavar: str
    least: float | None
    choices: tuple[str, ...]
    judges: bool

    def read(self, text: str, where: str) -> Any:
        """The value that *text* stands for. Raises UsageError, naming *where* it was written."""
        if self.choices and text not in self.choices:
            raise UsageError(f"{where} wants {' or '.join(self.choices)}, not {text!r}.")
        if self.kind is str:
            return text
        try:
            number = self.kind(text)
        except ValueError:
            number = None
        if not self.allows(number):
            what = "a whole number" if self.kind is int else "a number"
            raise UsageError(f"{where} wants {what} from {self.least:g}, not {text!r}.")
        return number

    def allows(self, number: float | None) -> bool:
        """Whether *number* is in range."""
        return number is not None and (self.least or 0) <= number < float("inf")


def _option(
    default: Any,
    about: str,
    *,
    name: str = "",
    metavar: str = "",
    least: float | None = None,
    choices: tuple[str, ...] = (),
    judges: bool = False,
) -> Any:
    """A setting with its *default* and all that an option needs; see Option."""
    extra = {
        "name": name,
        "about": about,
        "metavar": metavar,
        "least": least,
        "choices": choices,
        "judges": judges,
    }
    return dataclasses.field(default=default, metadata=extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a contract run reaches the receiver, what it tries, and how it judges.

    *deadline* is in seconds, *rate* in requests a second. For *max_requests* and *rate*, None stands
    for the usual bound to another machine, and 0 for no bound. If *events* are named, the receiver may
    refuse none of them. With *success* ``2xx``, another 2xx than 200 is worth no warning.
    """

    path: str = _option(
        "/", "Where in the app webhooks go, such as /webhooks; / if not given.", metavar="PATH"
    )
    key: str = _option(
        "", "The private key: env:NAME or file:PATH; a new one if not given.", metavar="REF"
    )
    allow_hosts: tuple[str, ...] = _option(
        (), "Allow requests to this host, besides this machine.", name="allow-host", metavar="HOST"
    )
    headers: tuple[str, ...] = _option(
        (),
        "Add 'X-Env: staging', or 'X-Token: env:NAME' for a secret, to each request.",
        name="header",
        metavar="HEADER",
    )
    ca_bundle: str = _option(
        "", "Certificates (PEM) that an https address is verified with.", metavar="FILE"
    )
    max_requests: int | None = _option(
        None,
        "Requests in all; 10000 to another machine if not given, 0 for no end.",
        metavar="N",
        least=0,
        judges=True,
    )
    rate: float | None = _option(
        None,
        "Requests a second; 20 to another machine if not given, 0 for no bound.",
        metavar="N",
        least=0,
        judges=True,
    )
    forgeries_only: bool = _option(
        False, "Send nothing genuine: for a receiver whose key you do not hold.", judges=True
    )
    events: tuple[str, ...] = _option(
        (),
        "Only these events: 'call.*'; '*' is all in JSON, 'texml.*' all forms.",
        metavar="PATTERN",
    )
    only: tuple[str, ...] = _option(
        (), "Only these rules: accepts-null, 'refuses-*'.", metavar="RULE"
    )
    exclude: tuple[str, ...] = _option((), "All rules but these.", metavar="RULE")
    examples: int = _option(50, "Generated webhooks per event.", metavar="N", least=1)
    seed: int | None = _option(
        None, "Makes the generated webhooks repeatable.", metavar="N", least=0
    )
    deadline: float = _option(
        2.0, "Seconds that an answer may take.", metavar="SECONDS", least=0.001, judges=True
    )
    success: str = _option(
        "200", "Which answers count as success: 200, or any 2xx.", choices=SUCCESSES, judges=True
    )
    probe: str = _option(
        "",
        "Shows the app's work: MODULE:FUNCTION, or an address to read.",
        metavar="WHAT",
        judges=True,
    )
    failover: str = _option(
        "",
        "The receiver at the failover address: as TARGET, or /PATH of the first one.",
        metavar="TARGET",
        judges=True,
    )
    app_with_keys: str = _option(
        "",
        "Makes the app for a list of public keys, to try a key rotation.",
        metavar="MODULE:FUNCTION",
        judges=True,
    )
    strict: bool = _option(False, "Count warnings as errors.")

    def __post_init__(self) -> None:
        """Raises UsageError for a number out of range and for an unknown success."""
        for option in options():
            value = getattr(self, option.field)
            is_number = option.kind in (int, float) and value is not None
            if is_number and not option.allows(value):
                raise UsageError(f"{option.field} must be {option.least:g} or more, not {value!r}.")
            if option.choices and value not in option.choices:
                raise UsageError(
                    f"{option.field} must be {' or '.join(option.choices)}, not {value!r}."
                )

    def words(self, *, judging: bool = False) -> list[str]:
        """The settings that differ from their defaults, as command-line words.

        With *judging*, only the settings that decide verdicts.
        """
        words = []
        for option in options():
            value = getattr(self, option.field)
            if value == option.default or (judging and not option.judges):
                continue
            for each in value if option.many else (value,):
                text = f"{each:g}" if option.kind is float else str(each)
                words += [f"--{option.name}", *([] if option.kind is bool else [text])]
        return words


_KINDS = {"str": str, "int": int, "float": float, "bool": bool, "tuple[str, ...]": str}


def options(*fields: str) -> Iterator[Option]:
    """The options of these *fields* of Settings, in order of declaration; of all if none is named."""
    for field in dataclasses.fields(Settings):
        if fields and field.name not in fields:
            continue
        extra = dict(field.metadata)
        yield Option(
            **{**extra, "name": extra["name"] or field.name.replace("_", "-")},
            field=field.name,
            kind=_KINDS[str(field.type).removesuffix(" | None")],
            many=str(field.type).startswith("tuple"),
            default=field.default,
        )
