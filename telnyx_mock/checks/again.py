"""How a finding is seen again: the command that sends the like of its delivery.

The command is told from the bytes that went out, so whatever a check did to them is in it, or
there is none.
"""

from __future__ import annotations

import json
import shlex

from telnyx_mock.draft import HEADER_CASES, Draft
from telnyx_mock.events.validity import problems
from telnyx_mock.request import TIMESTAMP_HEADER, Request
from telnyx_mock.webhook import ABSENT, Webhook, decisions
from telnyx_mock.wire import encode, layouts, usual_layout

__all__ = ["TARGET", "repeat", "written"]

TARGET = "TARGET"
"""What stands for the receiver in a command until it is known how that is named."""

_CHARSET = b"charset="


def written(request: Request) -> Draft | None:
    """How the webhook of *request* was written; None where no draft makes such bytes."""
    if request.webhook is None or request.forgery or request.malformed:
        return None
    layout = _layout(request.webhook, request.body)
    if layout is None:
        return None
    names = [name for name, _ in request.headers if name.lower() == TIMESTAMP_HEADER]
    case = next((case for case in HEADER_CASES if names == [getattr(names[0], case)()]), None)
    if case is None:
        return None
    usual = layout == usual_layout(request.webhook.event)
    charset = _CHARSET in (request.header(b"content-type") or b"")
    return Draft(request.webhook, None if usual else layout, case, charset)


def _layout(webhook: Webhook, body: bytes) -> str | None:
    names = (usual_layout(webhook.event), *layouts(webhook.event))
    return next((each for each in names if encode(webhook.event, webhook.body, each) == body), None)


def repeat(request: Request) -> str:
    """The command that sends the like of *request* to TARGET; empty where there is none."""
    if request.webhook is None:
        return ""
    words = ["telnyx-mock", "send", request.event, TARGET]
    for path, value in decisions(request.webhook).items():
        if value is ABSENT:
            words += ["--unset", shlex.quote(path)]
        else:
            words += ["--set", shlex.quote(f"{path}={json.dumps(value, ensure_ascii=False)}")]
    if request.forgery is not None:
        words += ["--forge", request.forgery]
    elif request.malformed is not None:
        words += ["--malform", request.malformed]
    else:
        draft = written(request)
        if draft is None:
            return ""
        words += ["--layout", draft.layout] if draft.layout is not None else []
        words += ["--header-case", draft.header_case] if draft.header_case != "lower" else []
        words += ["--charset"] if draft.charset else []
    if next(problems(request.webhook.event, request.webhook.body), None) is not None:
        words.append("--loose")
    return " ".join(words)
