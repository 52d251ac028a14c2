"""Refuses a command whose parameters Telnyx refuses, with the documented status, code and body.

The error of each kind is an example in the responses of Telnyx's OpenAPI document (Call Control,
``UnprocessableEntityResponse``; for the form of a request, ``BadRequestResponse``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from telnyx_mock.fake_api.answers import ApiAnswer, answer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.operations.problems import Problem, problems
from telnyx_mock.operations.table import table


def refusal(command: Command, body: bytes) -> ApiAnswer | None:
    """Return the answer to *command*, whose body is *body*, if its parameters are wrong; else None."""
    found = table().find(command.method, command.path)
    if found is None:
        return None
    decoded: Any = None
    is_json = "json" in command.headers.get("content-type", "json") and found[0].sends != "binary"
    if is_json and body:
        try:
            decoded = json.loads(body)
        except (ValueError, RecursionError):
            return _answer(400, [_malformed("/")], command)
    wrong = list(problems(table(), found[0], command.query, decoded))
    if not is_json:  # a form, or a file
        wrong = [each for each in wrong if each.place == "query"]
    if malformed := [_malformed(_source(each)) for each in wrong if each.what == "kind"]:
        return _answer(400, malformed, command)
    return _answer(422, [_error(each) for each in wrong], command) if wrong else None


def _answer(status: int, errors: Sequence[dict[str, Any]], command: Command) -> ApiAnswer:
    return answer(status, {"errors": list(errors)}, to=command.method)


def _error(problem: Problem) -> dict[str, Any]:
    source = _source(problem)
    if problem.what == "missing":
        return {
            "code": "10004",
            "title": "Missing required parameter",
            "detail": f"The '{problem.where[-1]}' parameter is required and cannot be blank.",
            "source": source,
        }
    allowed = ", ".join(sorted(map(str, problem.allowed)))
    return {
        "code": "10032",
        "title": "Invalid enumerated value",
        "detail": f"The value must be one of: {allowed}.",
        "source": source,
    }


def _malformed(source: dict[str, str] | str) -> dict[str, Any]:
    return {
        "code": "10015",
        "title": "Bad Request",
        "detail": "The request failed because it was not well-formed.",
        "source": {"pointer": source} if isinstance(source, str) else source,
    }


def _source(problem: Problem) -> dict[str, str]:
    if problem.place == "query":
        return {"parameter": problem.where[0]}
    return {"pointer": "/" + "/".join(problem.where)}
