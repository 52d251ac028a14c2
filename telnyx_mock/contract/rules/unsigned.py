"""The receiver bears with what anyone can send: other methods, huge bodies, compressed ones."""

from __future__ import annotations

import gzip
import shlex
from collections.abc import Iterator
from dataclasses import replace

from telnyx_mock.attacks.original import FALSE_SIGNATURE
from telnyx_mock.contract.engine.attack import attack
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import NoAnswerReason

__all__ = ["RULES"]

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")

NOT_IMPLEMENTED = 501
"""The answer of plain servers to a method that they do not know (RFC 9110, section 15.6.2)."""

SIZES = {"1.5 MiB": 3 << 19, "3 MiB": 3 << 20}
"""Beyond the limits of common frameworks: aiohttp has 1 MiB, Django 2.5 MiB."""


def _require_refusal(context: Context, *headers: tuple[bytes, bytes]) -> None:
    """Make sure that a small POST with these *headers* is refused, so that others can be judged.

    Raises NotSelected if it is not, which other checks find.
    """
    request = Request(((b"content-type", b"application/json"), *headers), b"{}")
    if not context.sender.send(request).refused:
        how = "with a false signature" if headers else "without a signature"
        raise Skipped(Why.SMALL_POST_ACCEPTED, how=how)


def _methods(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _require_refusal(context)
    problems: set[str] = set()
    for method in METHODS:
        delivery, effects = attack(context, Request((), b"", method=method))
        status = delivery.status
        if effects:
            problem = f"had an effect: the receiver sent the command {' and '.join(effects)}"
        elif status is None:
            problem = "got no answer"
        elif status >= 500 and status != NOT_IMPLEMENTED:
            problem = f"made the receiver fail with {status}"
        else:
            continue
        if problem not in problems:
            problems.add(problem)
            yield check.finding(delivery, problem, "405, or any answer below 500, and no effect")


def _large(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    _require_refusal(context)
    for words, size in SIZES.items():
        headers = ((b"content-type", b"application/json"),)
        delivery, effects = attack(context, Request(headers, b"0" * size))
        if not effects and delivery.attempts[-1].no_answer == NoAnswerReason.CLOSED:
            continue  # it hung up while the body was on its way, which refuses it
        problem = _problem(delivery, effects)
        if not problem:
            continue
        subject = f"An unsigned body of {words}"
        expected = "413, or another 4xx, and no effect"
        finding = check.finding(delivery, problem, expected, subject=subject)
        curl = (
            rf"head -c {size} /dev/zero | tr '\0' 0 | curl -sS -i "
            "-H 'content-type: application/json' --data-binary @- "
            f"{shlex.quote(delivery.attempts[-1].url)}"
        )
        # The journal keeps only the beginning of such a body.
        yield replace(finding, curl=curl, replay="")
        return


def _compressed(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    timestamp = str(int(context.emulator.clock.now())).encode("ascii")
    signed = (
        (TIMESTAMP_HEADER, timestamp),
        (SIGNATURE_HEADER, FALSE_SIGNATURE),
    )
    _require_refusal(context, *signed)
    headers = ((b"content-type", b"application/json"), (b"content-encoding", b"gzip"), *signed)
    packed = gzip.compress(b"{}", mtime=0)
    bodies = {
        "A gzipped body": packed,
        "A gzipped body that is cut off": packed[:-4],
        "A body that only claims to be gzipped": b"{}",
    }
    for words, body in bodies.items():
        delivery, effects = attack(context, Request(headers, body))
        problem = _problem(delivery, effects)
        if problem:
            subject = f"{words}, with a false signature,"
            expected = "401, 415, or another 4xx, and no effect"
            yield check.finding(delivery, problem, expected, subject=subject)
            return


def _problem(delivery: Delivery, effects: tuple[str, ...]) -> str:
    """What the receiver did wrong by a *delivery* that has to be refused; empty if nothing."""
    status = delivery.status
    if effects:
        return f"had an effect: the receiver sent the command {' and '.join(effects)}"
    if status is None:
        return "got no answer"
    if status >= 500:
        return f"made the receiver fail with {status}"
    return f"was accepted with {status}" if status < 300 else ""


RULES: tuple[Rule, ...] = (
    Rule(
        "survives-methods",
        "does not fail at methods other than POST",
        Severity.ERROR,
        Scope.RUN,
        "Scanners, health checks and browsers send GET, HEAD, OPTIONS and PUT to every address; a "
        "failure there is noise in your alarms.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6",
        "Route POST alone to the handler, and let the framework answer 405 to the rest.",
        _methods,
    ),
    Rule(
        "survives-large",
        "refuses large bodies without failing",
        Severity.ERROR,
        Scope.RUN,
        "Anyone can send megabytes to a public address.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.14",
        "Set a limit to the size of a body in the server or the framework, and let it answer 413.",
        _large,
    ),
    Rule(
        "survives-compressed",
        "refuses compressed bodies without failing",
        Severity.ERROR,
        Scope.RUN,
        "Anyone can say that a body is compressed; what unpacks it before the signature is verified "
        "fails at one that is not, and can be made to fill the memory by one that is.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16",
        "Verify the bytes as they came, and do not unpack them; or answer 415 to a content coding.",
        _compressed,
    ),
)
