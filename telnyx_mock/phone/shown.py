"""Turns lines and telephones into what the page shows: texts, verdicts, and JSON when one is opened.

What others wrote has no secrets and nothing invisible any more; the page escapes it where it puts it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from telnyx_mock.delivery import Attempt, Delivery, policy_for
from telnyx_mock.hidden import beginning
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.phone.log import Line
from telnyx_mock.phone.places import Chat, Telephone
from telnyx_mock.simulator.said import Said
from telnyx_mock.transports.receiver import NoAnswerReason
from telnyx_mock.visible import visible, visible_json, visible_line

_SHOWN = 20_000
"""The most characters of an answer that are shown."""

Section = dict[str, str]
"""A part of an opened line: its title and its text."""


def shown_telephone(telephone: Telephone) -> dict[str, Any]:
    """Return what the page shows of *telephone*."""
    leg = telephone.leg
    return {
        "number": telephone.number,
        "direction": leg.direction,
        "own": visible_line(telephone.own),
        "other": visible_line(leg.to if leg.direction == "incoming" else leg.from_),
        "state": leg.state,
        "gathers": leg.gather is not None,
        "records": bool(leg.recordings),
        "cause": visible_line(telephone.cause),
        "talk": [[heard, visible(text)] for heard, text in list(telephone.talk)],
    }


def shown_chat(chat: Chat) -> dict[str, Any]:
    """Return what the page shows of *chat*."""
    return {
        "number": chat.number,
        "own": visible_line(chat.own),
        "other": visible_line(chat.to),
        "reachable": chat.is_reachable,
        "talk": [[heard, visible(text)] for heard, text in list(chat.talk)],
    }


def shown_line(line: Line) -> dict[str, Any]:
    """Return what the page shows of *line* in its list.

    ``level`` is ``error``, ``warning``, ``pending`` or empty, and ``verdict`` says why.
    """
    entry, about = line.entry, line.about
    level, verdict = "", ""
    if entry.kind == "note":
        level = "warning"
        entry = replace(entry, text=f"{entry.text}{entry.detail}", detail="")
    elif isinstance(about, Webhook):
        level, verdict = "pending", "waits for the answer"
    elif isinstance(about, Delivery):
        level, verdict = _of_delivery(about)
    elif isinstance(about, Said):
        level, verdict = _of_command(about)
    detail = "" if isinstance(about, Delivery) else entry.detail.removeprefix(": ").strip()
    return {
        "number": line.number,
        "at": f"{line.at:.2f} s",
        "kind": entry.kind,
        "who": visible_line(entry.number),
        "text": visible_line(entry.text),
        "detail": visible_line("" if level == "error" and entry.kind == "command" else detail),
        "level": level,
        "verdict": visible_line(verdict),
        "opens": about is not None,
        "resends": isinstance(about, Delivery),
    }


def opened_line(line: Line) -> list[Section]:
    """Return what the page shows of *line* when it is opened."""
    about = line.about
    if isinstance(about, Webhook):
        return [_section("Webhook", visible_json(about.body, indent=2))]
    if isinstance(about, Delivery):
        webhook = about.webhook
        parts = [] if webhook is None else [("Webhook", visible_json(webhook.body, indent=2))]
        many = len(about.attempts) > 1
        for number, attempt in enumerate(about.attempts, 1):
            parts.append((f"Answer {number}" if many else "Answer", _answer(attempt)))
            if attempt.crash or attempt.logged:
                parts.append(("Traceback", str(attempt.crash or attempt.logged).strip()))
        parts += [("Refused here", str(call)) for call in about.blocked]
        return [_section(*part) for part in parts]
    if isinstance(about, Said):
        command, answer = about.command, about.answer
        parts = [("Command", f"{command.method} {command.path}")]
        if command.query:
            parts.append(("Query", visible_json(command.query, indent=2)))
        parts.append(("Parameters", visible_json(command.parameters, indent=2)))
        parts.append(("Answer", f"{answer.status}\n{_pretty(answer.body)}"))
        return [_section(*part) for part in parts]
    return []


def _of_delivery(delivery: Delivery) -> tuple[str, str]:
    webhook = delivery.webhook
    deadline = policy_for(webhook.event).deadline if webhook else 0.0
    took = f"{delivery.elapsed * 1000:.0f} ms"
    late = [
        attempt
        for attempt in delivery.attempts
        if attempt.elapsed > deadline or attempt.no_answer is NoAnswerReason.TIMEOUT
    ]
    if late:
        after = max(attempt.elapsed for attempt in late)
        verdict = f"answered late: Telnyx waits {deadline:g} s, and this took {after:.1f} s"
        return "error", verdict if delivery.accepted else f"{verdict}; {delivery.answer()}"
    number = len(delivery.attempts)
    if not delivery.accepted:
        tried = f" at each of {number} attempts" if number > 1 else ""
        return "error", f"not accepted{tried}: {delivery.answer()}"
    if delivery.blocked:
        return "warning", f"{delivery.answer()}, but a call of the app was refused here"
    if number > 1:
        first = delivery.attempts[0].answer()
        return "warning", f"accepted at attempt {number}; first: {first}"
    return "", f"{delivery.answer()} in {took}"


def _of_command(said: Said) -> tuple[str, str]:
    if said.is_accepted:
        return "", ""
    if said.command.is_repeat and said.status < 300:
        return "warning", ""  # the line itself says why
    try:
        problem = json.loads(said.answer.body)["errors"][0]
        why = f": {problem.get('title')}" if problem.get("title") else ""
    except (ValueError, LookupError, TypeError, AttributeError):
        why = ""
    return "error", f"refused with {said.status}{why}"


def _answer(attempt: Attempt) -> str:
    first = f"{attempt.answer()} in {attempt.elapsed * 1000:.0f} ms"
    body = b"" if attempt.response is None else attempt.response.body
    return f"{first}\n{_pretty(body)}".strip()


def _pretty(body: bytes) -> str:
    """Return *body* as indented JSON if it is JSON, or else its beginning."""
    try:
        text = visible_json(json.loads(body), indent=2)
    except (ValueError, RecursionError):
        text = beginning(body, _SHOWN)
    return text[:_SHOWN]


def _section(title: str, text: str) -> Section:
    return {"title": title, "text": visible(text)}
