"""The receiver does not fail at what anyone can send: junk, other methods, large or compressed bodies."""

from __future__ import annotations

import gzip
import shlex
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from telnyx_mock.attacks.forgeries import FORGERIES, Expected
from telnyx_mock.attacks.junk import junk
from telnyx_mock.attacks.original import FALSE_SIGNATURE, Original
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.attack import attack
from telnyx_mock.contract.engine.confirmation import confirmed, steady
from telnyx_mock.contract.engine.failure import is_failure
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.refuses import finding_about, unproven_refusal
from telnyx_mock.delivery import Delivery
from telnyx_mock.delivery.delivery import crash_places
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import NoAnswerReason

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")

NOT_IMPLEMENTED = 501
"""The status that plain servers answer if they do not know a method (RFC 9110, section 15.6.2)."""

SIZES = {"1.5 MiB": 3 << 19, "3 MiB": 3 << 20}
"""These sizes exceed the limits of common frameworks: 1 MiB in aiohttp, 2.5 MiB in Django."""

JSON_TYPE = (b"content-type", b"application/json")


JUNK = FORGERIES["headers-missing"]
"""Junk is judged like this forgery: a request without a signature."""

JUNK_EVENT = replace(JUNK, expected=Expected.IGNORED)
"""Junk that looks like an event may be acknowledged: the rules for forgeries judge that."""


def _check_junk(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    unproven = unproven_refusal(context, event)
    emulator = context.emulator
    now = emulator.clock.now()
    original = Original(sample(event.name).fresh(now), emulator.key, now)
    seen: set[object] = set()
    unclear = unproven
    for each in junk(original):
        delivery, effects = attack(context, each.request)
        if unproven is not None and not is_failure(delivery):
            continue
        plain = "signature-random" if each.has_signature else JUNK.name
        if delivery.accepted and context.accepts_forgery(event, plain):
            continue  # another rule reports that the receiver accepts anything
        about = partial(
            finding_about,
            check,
            JUNK_EVENT if each.looks_like_event else JUNK,
            subject=f"A request {each.words}",
        )
        finding = about(delivery, effects)
        kind = crash_places(delivery.crash or delivery.logged or "") or delivery.status
        if finding is None or kind in seen:
            continue
        if is_failure(delivery) and not effects:
            send = partial(context.sender.send, each.request)
            try:
                delivery = confirmed(context, event, delivery, send, is_failure)
            except Inconclusive as problem:
                unclear = problem
                continue
            finding = about(delivery, effects) or finding
        seen.add(kind)
        yield replace(finding, event=event.name)
    if unclear is not None and not seen:
        raise unclear


def _require_refusal(context: Context, *headers: tuple[bytes, bytes]) -> None:
    """Raise Skipped unless the receiver refuses a small POST with these *headers*.

    A receiver that accepts the small POST also accepts other bodies. Another rule reports that.
    """
    send = partial(context.sender.send, Request((JSON_TYPE, *headers), b"{}"))
    if not steady(context, send).refused:
        how = "with a false signature" if headers else "without a signature"
        raise Skipped(Why.SMALL_POST_ACCEPTED, how=how)


def _check_methods(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _require_refusal(context)
    problems: set[str] = set()
    for method in METHODS:
        delivery, effects = attack(context, Request((), b"", method=method))
        status = delivery.status
        is_allowed = status is not None and (status < 500 or status == NOT_IMPLEMENTED)
        problem = "" if is_allowed and not effects else _problem(delivery, effects)
        if problem and problem not in problems:
            problems.add(problem)
            delivery = _confirmed(context, event, delivery)
            subject = f"A request with the method {method}"
            expected = "405, or any answer below 500, and no effect"
            yield check.finding(delivery, problem, expected, subject=subject)


def _check_large(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _require_refusal(context)
    for words, size in SIZES.items():
        delivery, effects = attack(context, Request((JSON_TYPE,), b"0" * size))
        if not effects and delivery.attempts[-1].no_answer == NoAnswerReason.CLOSED:
            continue  # a receiver that hangs up while it reads the body refuses it
        problem = _problem(delivery, effects)
        if not problem:
            continue
        delivery = _confirmed(context, event, delivery)
        subject = f"An unsigned body of {words}"
        expected = "413, or another 4xx, and no effect"
        finding = check.finding(delivery, problem, expected, subject=subject)
        curl = (
            rf"head -c {size} /dev/zero | tr '\0' 0 | curl -sS -i "
            "-H 'content-type: application/json' --data-binary @- "
            f"{shlex.quote(delivery.attempts[-1].url)}"
        )
        # The journal keeps only the beginning of a large body.
        yield replace(finding, curl=curl, replay="")
        return


def _check_compressed(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    timestamp = str(int(context.emulator.clock.now())).encode("ascii")
    signed = ((TIMESTAMP_HEADER, timestamp), (SIGNATURE_HEADER, FALSE_SIGNATURE))
    _require_refusal(context, *signed)
    packed = gzip.compress(b"{}", mtime=0)
    bodies = {
        "A gzipped body": packed,
        "A gzipped body that is cut off": packed[:-4],
        "A body that only claims to be gzipped": b"{}",
    }
    for words, body in bodies.items():
        headers = (JSON_TYPE, (b"content-encoding", b"gzip"), *signed)
        delivery, effects = attack(context, Request(headers, body))
        problem = _problem(delivery, effects)
        if problem:
            delivery = _confirmed(context, event, delivery)
            subject = f"{words}, with a false signature,"
            expected = "401, 415, or another 4xx, and no effect"
            yield check.finding(delivery, problem, expected, subject=subject)
            return


def _confirmed(context: Context, event: Event, delivery: Delivery) -> Delivery:
    """Return *delivery*, or, if it shows a failure, another delivery that confirms the failure."""
    if not is_failure(delivery):
        return delivery
    send = partial(context.sender.send, delivery.request)
    return confirmed(context, event, delivery, send, is_failure)


def _problem(delivery: Delivery, effects: Effects) -> str:
    """Return what is wrong with a *delivery* that must be refused; empty if nothing."""
    status = delivery.status
    if effects:
        return f"had an effect: {effects.words()}"
    if status is None:
        return "got no answer"
    if status >= 500:
        return f"made the receiver fail with {status}"
    return f"was accepted with {status}" if status < 300 else ""


RULES: tuple[Rule, ...] = (
    Rule(
        "survives-junk",
        "refuses junk that anyone can send, and does not fail",
        Severity.ERROR,
        Scope.CONTENT_TYPE,
        "Anyone can send any bytes to a public address. An app that fails at them raises false "
        "alarms, and shows that code runs before the signature is verified.",
        MESSAGING_GUIDE,
        "Verify the raw bytes first, and parse a body only if its signature is right.",
        _check_junk,
        judges_refused=True,
    ),
    Rule(
        "survives-methods",
        "does not fail at methods other than POST",
        Severity.ERROR,
        Scope.RUN,
        "Scanners, health checks and browsers send GET, HEAD, OPTIONS and PUT to every address. "
        "If the receiver fails at them, it raises false alarms.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6",
        "Route only POST to the handler, and let the framework answer 405 to other methods.",
        _check_methods,
    ),
    Rule(
        "survives-large",
        "refuses large bodies and does not fail",
        Severity.ERROR,
        Scope.RUN,
        "Anyone can send megabytes to a public address.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.14",
        (
            "Limit the size of a body in the server or the framework. It must answer 413 to "
            "larger bodies."
        ),
        _check_large,
    ),
    Rule(
        "survives-compressed",
        "refuses compressed bodies and does not fail",
        Severity.ERROR,
        Scope.RUN,
        "Anyone can declare that a body is compressed. If a receiver unpacks the body before it "
        "verifies the signature, it fails at a body that is not compressed. A small body that "
        "unpacks to a huge size uses up its memory.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16",
        (
            "Verify the bytes as they arrived, and do not unpack them. Or answer 415 to every "
            "content coding."
        ),
        _check_compressed,
    ),
)
