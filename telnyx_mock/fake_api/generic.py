"""Answers any operation of the API in the shape of the official SDK, without knowing what it does."""

from __future__ import annotations

from typing import Any

from telnyx_mock.fake_api.answers import ApiAnswer, answer
from telnyx_mock.fake_api.api_errors import body_of_error
from telnyx_mock.fake_api.command import Command
from telnyx_mock.operations.example import Examples
from telnyx_mock.operations.table import Operation, table

_PAGES = ("page[number]", "page_number", "page", "Page")
"""The names of the parameter that asks for a page."""


def generic(command: Command) -> ApiAnswer | None:
    """Return an answer to *command* in the documented shape, with example values and new ids.

    A list has one entry, on one page. Return None if the API has no such operation.
    """
    found = table().find(command.method, command.path)
    if found is None:
        return None
    operation, _ = found
    if operation.answers is None:
        return answer(204, None, to=command.method)
    if operation.answers == "binary":
        return ApiAnswer(200, (("content-type", "application/octet-stream"),), b"")
    if operation.answers == "text":
        return ApiAnswer(200, (("content-type", "text/plain; charset=utf-8"),), b"")
    return answer(200, _body(operation, command), to=command.method)


def stateless(command: Command) -> ApiAnswer:
    """Return the generic answer to *command*, or 404 if the API has no such operation."""
    return generic(command) or answer(404, body_of_error(404, command), to=command.method)


def _body(operation: Operation, command: Command) -> Any:
    assert isinstance(operation.answers, int)
    body = Examples(table().kinds, command.at).make(operation.answers)
    if any(command.query.get(name, "1") not in ("", "0", "1") for name in _PAGES):
        return _without_entries(body)
    return body


def _without_entries(body: Any) -> Any:
    """Return *body* as a page after the last."""
    if isinstance(body, list):
        return []
    if isinstance(body, dict):
        return {name: [] if isinstance(value, list) else value for name, value in body.items()}
    return body
