"""Every setting of a contract run, declared once.

The command line, ``pyproject.toml``, the environment and pytest's settings all read this
declaration. The module imports only the standard library, because pytest imports it at every start.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from telnyx_mock.errors import UsageError, unknown

SUCCESSES = ("200", "2xx")
"""The values of the setting *success*: some pages of Telnyx count only 200, others any 2xx."""

SEVERITIES = ("error", "warning", "advice")
"""What the setting *severity* can give to a rule."""

PRODUCTS = ("sms", "mms", "rcs", "whatsapp")
"""The products that send messages; the setting *products* selects some of them."""

DEFAULT_PRODUCTS = ("sms", "mms")
"""The products that every number for messages has."""

API_PORT = 12111
"""The usual port of the fake API: the one that the provider's own mock of the API had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """How one setting is written outside of Python.

    *name* is the name of the option (``max-requests``), and *field* is the name of the setting
    (``max_requests``). *kind* is ``str``, ``int``, ``float`` or ``bool``; with *many*, the option
    may be repeated. A number must be at least *least* and at most *most*, and a text must be one of *choices*, if
    these are given. An option that *judges* can change verdicts.
    """

    name: str
    field: str
    kind: type
    many: bool
    default: Any
    about: str
    metavar: str
    least: float | None
    most: float | None
    choices: tuple[str, ...]
    judges: bool

    def read(self, text: str, where: str) -> Any:
        """Return the value of *text*. Raises UsageError that names *where* the text was written."""
        if self.choices and text not in self.choices:
            raise UsageError(f"{where} must be {' or '.join(self.choices)}, not {text!r}.")
        if self.kind is str:
            return text
        try:
            number = self.kind(text)
        except ValueError:
            number = None
        if not self.allows(number):
            what = "a whole number" if self.kind is int else "a number"
            raise UsageError(f"{where} must be {what} {self.bounds}, not {text!r}.")
        return number

    @property
    def bounds(self) -> str:
        """The range of a number, in words."""
        at_most = "" if self.most is None else f" and at most {self.most:g}"
        return f"of at least {self.least or 0:g}{at_most}"

    def allows(self, number: float | None) -> bool:
        """Whether *number* is in range."""
        most = float("inf") if self.most is None else self.most
        return number is not None and (self.least or 0) <= number <= most and number != float("inf")


def _option(
    default: Any,
    about: str,
    *,
    name: str = "",
    metavar: str = "",
    least: float | None = None,
    most: float | None = None,
    choices: tuple[str, ...] = (),
    judges: bool = False,
) -> Any:
    """Return a setting with its *default*, and with the facts of its option; see Option."""
    extra = {
        "name": name,
        "about": about,
        "metavar": metavar,
        "least": least,
        "most": most,
        "choices": choices,
        "judges": judges,
    }
    return dataclasses.field(default=default, metadata=extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a contract run reaches the receiver, what it tries, and how it judges.

    *deadline* is in seconds, *rate* in requests per second. For *max_requests* and *rate*, 0 means
    no limit, and None means the default, which limits only receivers on another machine. If
    *events* are named, the receiver must accept all of them. With *success* ``2xx``, a 2xx other
    than 200 causes no warning.
    """

    path: str = _option(
        "/",
        ("The path in the app to which webhooks go, such as /webhooks. The default is '/'."),
        metavar="PATH",
    )
    host: str = _option(
        "localhost",
        (
            "The host name by which an app in process is addressed, such as one of Django's ALLOWED_HOSTS. The default is localhost."
        ),
        metavar="HOST",
    )
    key: str = _option(
        "",
        ("The private key that signs: env:NAME or file:PATH. If not given, a new key is made."),
        metavar="REF",
    )
    allow_hosts: tuple[str, ...] = _option(
        (),
        (
            "Allow requests to this host, too, by the run and by the app. By default, only this machine is allowed."
        ),
        name="allow-host",
        metavar="HOST",
    )
    headers: tuple[str, ...] = _option(
        (),
        "Add a header to each request: 'X-Env: staging', or 'X-Token: env:NAME' for a secret.",
        name="header",
        metavar="HEADER",
    )
    env: tuple[str, ...] = _option(
        (),
        "Set this variable for the app: NAME=VALUE, or NAME=env:OTHER for a secret.",
        metavar="NAME=VALUE",
    )
    setup: str = _option(
        "",
        "A function that is called once before the app is imported, such as one that makes tables.",
        metavar="MODULE:FUNCTION",
    )
    ca_bundle: str = _option(
        "", "The file of certificates (PEM) that verify an https address.", metavar="FILE"
    )
    max_requests: int | None = _option(
        None,
        "The most requests in total; 0 for no limit. If not given: 10000 to another machine.",
        metavar="N",
        least=0,
        judges=True,
    )
    rate: float | None = _option(
        None,
        "The most requests per second; 0 for no limit. If not given: 20 to another machine.",
        metavar="N",
        least=0,
        judges=True,
    )
    forgeries_only: bool = _option(
        False, "Send only forgeries, for a receiver whose private key you do not have.", judges=True
    )
    events: tuple[str, ...] = _option(
        (),
        "Try only these events: 'call.*'. '*' means all JSON events, 'texml.*' all forms.",
        metavar="PATTERN",
    )
    products: str = _option(
        ",".join(DEFAULT_PRODUCTS),
        "The kinds of message that the receiver must accept: sms,mms,rcs,whatsapp.",
        metavar="LIST",
        judges=True,
    )
    only: tuple[str, ...] = _option(
        (), "Try only these rules, such as accepts-null or 'refuses-*'.", metavar="RULE"
    )
    exclude: tuple[str, ...] = _option((), "Do not try these rules.", metavar="RULE")
    severity: tuple[str, ...] = _option(
        (),
        "Give findings of a rule this severity: error, warning or advice, as in 'accepts-null=warning'.",
        metavar="RULE=SEVERITY",
        judges=True,
    )
    rules_from: tuple[str, ...] = _option(
        (),
        "Try the rules and forgeries in this module of yours, too.",
        metavar="MODULE",
        judges=True,
    )
    examples: int | None = _option(
        None,
        "The number of generated webhooks for each event. If not given: a few, or 50 if --thorough.",
        metavar="N",
        least=1,
        most=10_000,
    )
    thorough: bool = _option(
        False,
        "Try every value for each event, though the receiver accepts it in others of its family.",
    )
    seed: int | None = _option(
        None, "A number that makes the generated webhooks repeatable.", metavar="N", least=0
    )
    deadline: float = _option(
        2.0,
        ("The most seconds that an answer may take."),
        metavar="SECONDS",
        least=0.001,
        judges=True,
    )
    success: str = _option(
        "200", "The answers that count as success: 200, or any 2xx.", choices=SUCCESSES, judges=True
    )
    probe: str = _option(
        "",
        "Where to see the effects of the app: MODULE:FUNCTION, or an address to read.",
        metavar="WHAT",
        judges=True,
    )
    api: int | None = _option(
        None,
        "Serve the fake API at this port of this machine to a receiver in another process, so that its commands are seen.",
        metavar="PORT",
        least=1,
        most=65535,
        judges=True,
    )
    drain: str = _option(
        "",
        "A function that does the work which the app has put into a queue: MODULE:FUNCTION.",
        metavar="MODULE:FUNCTION",
        judges=True,
    )
    failover: str = _option(
        "",
        "The receiver at the failover address: a TARGET, or another /PATH of the first receiver.",
        metavar="TARGET",
        judges=True,
    )
    app_with_keys: str = _option(
        "",
        "The function that makes the app for a list of public keys, to test a key rotation.",
        metavar="MODULE:FUNCTION",
        judges=True,
    )
    no_reads: bool = _option(
        False, "Do not record which members of a webhook the app reads (see --reads)."
    )
    strict: bool = _option(False, "Count warnings as errors.")
    fail_fast: bool = _option(False, "Stop at the first error, and skip the checks that are left.")

    def __post_init__(self) -> None:
        """Raise UsageError for a number out of range, and for an impossible text."""
        if not self.host or not set(self.host).isdisjoint("/@?# \t\r\n"):
            raise UsageError(
                f"The host {self.host!r} is not the name of a host; write it as in example.com."
            )
        for each in self.severity:
            if each.partition("=")[2] not in SEVERITIES:
                raise UsageError(
                    f"severity must be NAME=SEVERITY, with error, warning or advice, not {each!r}."
                )
        if not self.selected_products:
            raise UsageError(f"products must name at least one of {', '.join(PRODUCTS)}.")
        for product in self.selected_products:
            if product not in PRODUCTS:
                raise unknown("product", product, PRODUCTS)
        for option in options():
            value = getattr(self, option.field)
            is_number = option.kind in (int, float) and value is not None
            if is_number and not option.allows(value):
                raise UsageError(f"{option.field} must be a number {option.bounds}, not {value!r}.")
            if option.choices and value not in option.choices:
                raise UsageError(
                    f"{option.field} must be {' or '.join(option.choices)}, not {value!r}."
                )

    @property
    def selected_products(self) -> tuple[str, ...]:
        """The names in *products*."""
        return tuple(name.strip().lower() for name in self.products.split(",") if name.strip())

    @property
    def rules_with_severity(self) -> tuple[str, ...]:
        """The patterns in *severity*."""
        return tuple(each.partition("=")[0] for each in self.severity)

    def severity_of(self, rule: str) -> str | None:
        """Return the severity that the user gave to *rule*, the last one if several; None if none."""
        for each in reversed(self.severity):
            pattern, _, severity = each.partition("=")
            if fnmatchcase(rule, pattern):
                return severity
        return None

    def words(self, *, judging: bool = False) -> list[str]:
        """Return the settings that differ from their defaults, as command-line words.

        With *judging*, return only the settings that can change verdicts.
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
    """Return the options of these *fields* (or all) of Settings, in order of declaration."""
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
