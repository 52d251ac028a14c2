"""Reads what is set on the command line: ``--set payload.direction=outgoing``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import click

from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import find
from telnyx_mock.events.kinds import Choice, Integer, Json, Text
from telnyx_mock.events.sites import descend, sites
from telnyx_mock.paths import full_path
from telnyx_mock.webhook import ABSENT

__all__ = ["override_options", "overrides"]


def override_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a command takes values for a webhook."""
    for option in (
        click.option(
            "--loose",
            is_flag=True,
            help="Allow unknown fields, and values that Telnyx would not send.",
        ),
        click.option("--unset", "absent", metavar="PATH", multiple=True, help="Leave a field out."),
        click.option(
            "--set",
            "assignments",
            metavar="PATH=VALUE",
            multiple=True,
            help="Set a field: --set payload.direction=outgoing. The value is JSON, or else text.",
        ),
    ):
        command = option(command)
    return command


def overrides(event: str, assignments: Iterable[str], absent: Iterable[str]) -> dict[str, Json]:
    """What ``--set`` and ``--unset`` say, as overrides of :func:`telnyx_mock.webhook.webhook`.

    Raises UsageError where there is no ``=`` or no path.
    """
    declared = {site.path: site.kind for site in descend(sites(find(event)))}
    values: dict[str, Json] = {}
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise UsageError(
                f"--set takes PATH=VALUE, such as payload.direction=outgoing, not {assignment!r}."
            )
        kind = declared.get(full_path(find(event), path))
        is_text = isinstance(kind, Text) or (
            isinstance(kind, Choice) and isinstance(kind.values[0], str)
        )
        values[path] = _text_or_null(text) if is_text else _json_or_text(text, kind)
    values |= dict.fromkeys(absent, ABSENT)
    return values


def _text_or_null(text: str) -> Json:
    """A field that holds text takes it as it stands; only ``null`` and a quoted text are JSON."""
    if text == "null":
        return None
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _json_or_text(text, None)
    return text


def _json_or_text(text: str, kind: object) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        if isinstance(kind, Integer):
            raise UsageError(f"{text!r} is no whole number.") from None
        return text
