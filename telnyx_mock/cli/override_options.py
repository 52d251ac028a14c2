"""The options that set fields of a webhook: ``--set payload.direction=outgoing``, ``--unset``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

import click

from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.json_reader import read_json
from telnyx_mock.payload.paths import resolve
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Kind, concrete_kinds
from telnyx_mock.schema.kinds import Choice, Text

_SHOWN = 200
"""The most characters of a wrong value that an error shows."""


def override_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the options --set, --unset and --loose."""
    for option in (
        click.option(
            "--loose",
            is_flag=True,
            help="Allow unknown fields and values that Telnyx never sends.",
        ),
        click.option("--unset", "absent", metavar="PATH", multiple=True, help="Leave out a field."),
        click.option(
            "--set",
            "assignments",
            metavar="PATH=VALUE",
            multiple=True,
            help="Set a field, as in payload.direction=outgoing. VALUE is JSON, or else text.",
        ),
    ):
        command = option(command)
    return command


def overrides(
    event: str, assignments: Iterable[str], absent: Iterable[str], *, loose: bool = False
) -> dict[str, Json]:
    """Return ``--set`` and ``--unset`` as arguments of :func:`telnyx_mock.payload.webhook.webhook`.

    Raises UsageError if ``=`` or the path is missing. Unless *loose*, it also raises UsageError if
    a value starts like JSON but is not valid JSON.
    """
    found = find(event)
    values: dict[str, Json] = {}
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise UsageError(
                f"--set needs PATH=VALUE, as in payload.direction=outgoing, not {assignment!r}."
            )
        place = resolve(found, path)
        is_text = bool(place.nodes) and _is_text(place.nodes[-1].kind)
        try:
            values[path] = _text_or_null(text) if is_text else read_json(text)
        except ValueError as error:
            if text[:1] in ("[", "{") and not loose:
                raise UsageError(
                    f"The value {_cut(text)!r} of {place.short} is not valid JSON: {error}."
                ) from None
            values[path] = text
    return values | dict.fromkeys(absent, ABSENT)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _is_text(kind: Kind) -> bool:
    """Return whether every value of *kind* is a text."""
    return all(
        isinstance(each, Text) or (isinstance(each, Choice) and isinstance(each.values[0], str))
        for each, _ in concrete_kinds(kind)
    )


def _text_or_null(text: str) -> Json:
    """Return the value of a text field: *text*, unless it is ``null`` or a quoted string."""
    if text == "null":
        return None
    if len(text) > 1 and text[0] == text[-1] == '"':
        with contextlib.suppress(ValueError):
            return read_json(text)
    return text
