"""Makes the page, which needs no network: its script and style are files of the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from telnyx_mock._version import __version__
from telnyx_mock.phone.switchboard import STATUSES
from telnyx_mock.visible import visible_line


def page(target: str, token: str) -> bytes:
    """Return the page for the app called *target*, with the *token* by which it asks."""
    template = _environment().get_template("phone.html")
    text = template.render(
        target=visible_line(target), token=token, statuses=STATUSES, version=__version__
    )
    return text.encode(errors="backslashreplace")


def _file(name: str, kind: str) -> Callable[[], tuple[str, bytes]]:
    return lambda: (f"{kind}; charset=utf-8", files(__package__).joinpath(name).read_bytes())


FILES: Mapping[str, Callable[[], tuple[str, bytes]]] = {
    "/phone.js": _file("phone.js", "text/javascript"),
    "/phone.css": _file("phone.css", "text/css"),
}
"""The kind and the content of each file of the page, by its path."""


@cache
def _environment() -> Environment:
    """Return the templates. They escape all text, and a misspelt name in a template is an error."""
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
