"""Writes the options of ``telnyx-mock send`` that send a request with the same content."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.conditions import look_up
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kinds import Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime
from telnyx_mock.schema.validate import problems
from telnyx_mock.visible import visible_json


def _simultaneous(webhook: Webhook, decided: Mapping[str, Json]) -> dict[str, Json]:
    """The times in *webhook* that equal a *decided* time. The command must keep them equal."""
    known = {value for value in decided.values() if isinstance(value, GeneratedTime)}
    times = (
        (short_path(webhook.event, node.path), look_up(node.path, webhook.body, {}))
        for node in descendants(field_tree(webhook.event))
        if isinstance(node.kind, Timestamp)
    )
    return {path: time for path, time in times if time in known}


def send_options(request: Request) -> list[str] | None:
    """Return the options that send the content of *request*, or None if that is impossible."""
    webhook = request.webhook
    if webhook is None:
        return None
    words = []
    decided = webhook.decisions()
    for path, value in {**_simultaneous(webhook, decided), **decided}.items():
        if value is ABSENT:
            words += ["--unset", shlex.quote(path)]
        else:
            words += ["--set", shlex.quote(f"{path}={visible_json(value)}")]
    if request.forgery is not None:
        words += ["--forge", request.forgery]
    elif request.malformed is not None:
        words += ["--malform", request.malformed]
    elif request.draft is None:
        return None
    else:
        draft = request.draft
        words += ["--layout", draft.layout] if draft.layout is not None else []
        words += ["--header-case", draft.header_case] if draft.header_case != "lower" else []
        words += ["--charset"] if draft.charset else []
        words += ["--reverse-headers"] if draft.reverse_headers else []
    if next(problems(webhook.event, webhook.body), None) is not None:
        words.append("--loose")
    return words
