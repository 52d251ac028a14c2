"""How a finding is seen again: the command that sends the like of its delivery.

The command is told from the bytes that went out, so whatever a check did to them is in it, or
there is none.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from telnyx_mock.draft import HEADER_CASES, Draft
from telnyx_mock.events.identity import Moment
from telnyx_mock.events.kinds import Json, Timestamp
from telnyx_mock.events.sites import descend, sites
from telnyx_mock.events.validity import problems
from telnyx_mock.events.walk import look_up
from telnyx_mock.paths import short_path
from telnyx_mock.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
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
    order = [name.lower() for name, _ in request.headers]
    reverse = order.index(SIGNATURE_HEADER) < order.index(TIMESTAMP_HEADER)
    return Draft(request.webhook, None if usual else layout, case, charset, reverse)


def _layout(webhook: Webhook, body: bytes) -> str | None:
    names = (usual_layout(webhook.event), *layouts(webhook.event))
    return next((each for each in names if encode(webhook.event, webhook.body, each) == body), None)


def _simultaneous(webhook: Webhook, decided: Mapping[str, Json]) -> dict[str, Json]:
    """The times in *webhook* that are the same as any that was *decided*, and must stay so."""
    known = {value for value in decided.values() if isinstance(value, Moment)}
    times = (
        (short_path(webhook.event, site.path), look_up(site.path, webhook.body, {}))
        for site in descend(sites(webhook.event))
        if isinstance(site.kind, Timestamp)
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
        draft = written(request)
        if draft is None:
            return ""
        words += ["--layout", draft.layout] if draft.layout is not None else []
        words += ["--header-case", draft.header_case] if draft.header_case != "lower" else []
        words += ["--charset"] if draft.charset else []
        words += ["--reverse-headers"] if draft.reverse_headers else []
    if next(problems(request.webhook.event, request.webhook.body), None) is not None:
        words.append("--loose")
    return " ".join(words)
