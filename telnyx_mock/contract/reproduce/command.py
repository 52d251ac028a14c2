"""How a finding is seen again: the command that sends the like of its delivery.

The command is told from the bytes that went out, so whatever a check did to them is in it, or
there is none.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import ABSENT, Webhook, decisions
from telnyx_mock.schema.conditions import look_up
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime
from telnyx_mock.schema.validate import problems

__all__ = ["TARGET", "repeat"]

TARGET = "TARGET"
"""What stands for the receiver in a command until it is known how that is named."""


def _simultaneous(webhook: Webhook, decided: Mapping[str, Json]) -> dict[str, Json]:
    """The times in *webhook* that are the same as any that was *decided*, and must stay so."""
    known = {value for value in decided.values() if isinstance(value, GeneratedTime)}
    times = (
        (short_path(webhook.event, node.path), look_up(node.path, webhook.body, {}))
        for node in descendants(field_tree(webhook.event))
        if isinstance(node.kind, Timestamp)
    )
    return {path: time for path, time in times if time in known}


def repeat(request: Request) -> str:
    """The command that sends the like of *request* to TARGET; empty where there is none."""
    if request.webhook is None:
        return ""
    words = ["telnyx-mock", "send", request.event, TARGET]
    decided = decisions(request.webhook)
    for path, value in {**_simultaneous(request.webhook, decided), **decided}.items():
        if value is ABSENT:
            words += ["--unset", shlex.quote(path)]
        else:
            words += ["--set", shlex.quote(f"{path}={json.dumps(value, ensure_ascii=False)}")]
    if request.forgery is not None:
        words += ["--forge", request.forgery]
    elif request.malformed is not None:
        words += ["--malform", request.malformed]
    else:
        draft = request.draft
        if draft is None:
            return ""
        words += ["--layout", draft.layout] if draft.layout is not None else []
        words += ["--header-case", draft.header_case] if draft.header_case != "lower" else []
        words += ["--charset"] if draft.charset else []
        words += ["--reverse-headers"] if draft.reverse_headers else []
    if next(problems(request.webhook.event, request.webhook.body), None) is not None:
        words.append("--loose")
    return " ".join(words)
