"""Recognises that an app fails for lack of its configuration: a variable, a host, a table, a mark.

That is no fault of the app: it has them where it usually runs. The traceback shows it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

_FROM_ENVIRON = re.compile(
    r'File "(?:<frozen os>|[^"]*\bos\.py)", line \d+, in __getitem__\n'
    r"(?:[ \t]+.*\n)*KeyError: '(?P<name>\w+)'"
)
_FROM_LIBRARY = re.compile(
    r"(?:UndefinedValueError: (?P<decouple>\w+) not found"
    r"|Config '(?P<starlette>\w+)' is missing"
    r"|(?:EnvError|EnvValidationError|ImproperlyConfigured): "
    r"(?:Environment variable \"|Set the )(?P<environs>\w+))"
)
_FROM_PYDANTIC = re.compile(r"^(?P<name>\w+)\n  Field required", re.MULTILINE)
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_IS_MISSING = re.compile(
    r"missing|required|must be set|unset|environment|please set"
    r"|not (?:been )?(?:set|found|defined|provided|configured)",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"OperationalError\)?:? (?:no such table: (?P<sqlite>[\w.]+))"
    r'|relation "(?P<postgres>[\w.]+)" does not exist'
    r"|Table '(?P<mysql>[\w.]+)' doesn't exist"
)
_NO_HOST = re.compile(
    r"(?:Invalid URL|InvalidURL:?|InvalidUrl\w*:|unknown url type:) ['\"]?None\b"
    r"|host=['\"]none['\"]"
)
_NO_PROTOCOL = re.compile(r"UnsupportedProtocol: Request URL is missing")
OTHER_LOOP = re.compile(r"(attached|bound) to a different (event )?loop")
NO_DATABASE = re.compile(r"Database access not allowed, use the .django_db. mark")
OTHER_HOST = re.compile(r"DisallowedHost: Invalid HTTP_HOST header: '(?P<host>[^']+)'")
_NO_COMMITS = re.compile(
    r"uses the database in another thread, outside the transaction of this test"
)
_CONSTANT = re.compile(r"f['\"]\{(?:(?:self|settings|config)\.\w+|[A-Z][A-Z0-9_]*)\}")


def missing_configuration(traceback: str) -> str:
    """Return what is missing, with the option that mends it; empty if *traceback* shows no such thing.

    *traceback* is as Python prints it. The answer begins with a small letter and has no full stop.
    """
    return next(filter(None, (look(traceback) for look in _LOOKS)), "")


def _variable(traceback: str) -> str:
    found = _FROM_ENVIRON.search(traceback) or _FROM_LIBRARY.search(traceback)
    if found is not None:
        return _unset(next(filter(None, found.groups())))
    if "pydantic_settings" in traceback:
        fields = _FROM_PYDANTIC.findall(traceback)
        if fields:
            return _unset(*(name.upper() for name in fields))
    said = _exception(traceback)
    names = [name for name in _VARIABLE.findall(said) if name not in os.environ]
    return _unset(*names[:3]) if names and _IS_MISSING.search(said) else ""


def _improper(traceback: str) -> str:
    """Django says with this exception that a setting is missing or wrong."""
    said = _exception(traceback)
    name, _, why = said.partition(": ")
    if not name.endswith("ImproperlyConfigured"):
        return ""
    return f"{why.strip().rstrip('.') or name}; set what is missing with --env NAME=VALUE"


def _table(traceback: str) -> str:
    found = _TABLE.search(traceback)
    if found is None:
        return ""
    name = next(filter(None, found.groups()))
    return f"there is no table {name}; make it with --setup MODULE:FUNCTION"


def _host(traceback: str) -> str:
    no_host = _NO_HOST.search(_exception(traceback))
    if not no_host and not (_NO_PROTOCOL.search(traceback) and _CONSTANT.search(traceback)):
        return ""
    return "the host of an address is None; set the variable that names it with --env NAME=VALUE"


def _test(traceback: str) -> str:
    """What the tests must do, which run the app where it does not usually run."""
    said = _exception(traceback)
    if NO_DATABASE.search(said) or _NO_COMMITS.search(said):
        mark = "pytestmark = pytest.mark.django_db(transaction=True)"
        return f"the mark django_db, with true commits; write {mark}"
    if OTHER_LOOP.search(said):
        return (
            "an engine or a client of this event loop, because the app has one of another loop; let "
            "the app make it in its lifespan"
        )
    return ""


def _own_host(traceback: str) -> str:
    """Django serves only the hosts that its settings name."""
    if not OTHER_HOST.search(_exception(traceback)):
        return ""
    return (
        "Django does not serve the host of the address; name one of ALLOWED_HOSTS with --host HOST"
    )


_LOOKS: tuple[Callable[[str], str], ...] = (_variable, _improper, _table, _host, _own_host, _test)


def _unset(*names: str) -> str:
    if len(names) == 1:
        return f"the variable {names[0]} is not set; set it with --env {names[0]}=VALUE"
    return f"the variables {', '.join(names)} are not set; set each with --env NAME=VALUE"


def _exception(traceback: str) -> str:
    """Return the last exception of *traceback* with its message."""
    lines = traceback.rpartition("Traceback (most recent call last):\n")[2].splitlines()
    start = next((n for n, line in enumerate(lines) if line and not line.startswith(" ")), 0)
    return "\n".join(lines[start:])
