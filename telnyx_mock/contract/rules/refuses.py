"""The receiver refuses what Telnyx did not send: forgeries, and junk without a signature.

What Telnyx signed may be accepted in another spelling; failing is never right. A refusal counts
only if the genuine twin of the forgery was accepted, and only if the receiver had no effect on the
Telnyx API while it refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain

from telnyx_mock.attacks.forgeries import FORGERIES, Expected, Forgery, Group, forge
from telnyx_mock.attacks.original import FALSE_SIGNATURE
from telnyx_mock.contract.engine.attack import attack
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.fixes import RAW_BYTES
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.sign import sign

__all__ = ["PLAIN_FORGERIES", "RULES"]

EXPECTED = {
    Expected.REFUSED: "4xx, and no effect",
    Expected.SURVIVED: "any answer below 500",
    Expected.IGNORED: "any answer below 500, and no effect",
}
WORDS = {
    Expected.REFUSED: ("refuses", "refuses {}"),
    Expected.SURVIVED: ("survives", "accepts or refuses {}, and does not fail"),
    Expected.IGNORED: ("ignores", "does nothing at {}, and does not fail"),
}
"""How the id of a rule begins, and its title."""


VERIFY = (
    "Verify every request over timestamp|body with the account's public key before anything else, "
    "and answer 401 or 403 if it fails for whatever reason."
)
TIMELY = (
    "Then take telnyx-timestamp for whole seconds since 1970 in ASCII digits, and refuse what is "
    "more than 300 s from your clock, either way."
)

EACH_EVENT = frozenset({"headers-missing", "signature-by-another-key"})
"""The plainest lies, which are told about each event that is accepted: a handler may not verify."""

EACH_FAMILY = EACH_EVENT | frozenset(
    {
        "signature-missing",
        "signature-empty",
        "signature-not-base64",
        "signature-truncated",
        "signature-of-another-webhook",
        "timestamp-missing",
        "timestamp-not-a-number",
        "timestamp-changed",
        "timestamp-expired-1h",
        "timestamp-expired-10m",
        "timestamp-future-1h",
        "body-changed",
    }
)
"""The plain lies, which are told in each family: an app may verify in some of its handlers only."""


PLAIN_FORGERIES = (
    "headers-missing",
    "signature-missing",
    "signature-by-another-key",
    "body-changed",
)
"""Who accepts all of these looks at no signature, or looks at it after the answer."""


def _wrong(
    check: Check,
    forgery: Forgery,
    delivery: Delivery,
    effects: tuple[str, ...],
    subject: str = "",
) -> Finding | None:
    """The finding that a forged *delivery* makes, where the receiver did not do what is expected."""
    status, rule = delivery.status, check.rule
    severity, why, fix = rule.severity, rule.why, rule.fix
    if effects:
        problem = f"had an effect: the receiver sent the command {' and '.join(effects)}"
        if delivery.refused:
            severity = Severity.ERROR  # whoever acts before it verifies does so for anyone
    elif forgery.allows(status):
        return None
    elif status is None:
        problem, severity = "got no answer", forgery.failing
    elif status >= 500:
        problem, severity = f"made the receiver fail with {status}", forgery.failing
        if forgery.failing is Severity.ERROR:
            why = (
                "Anyone can send this, and make the app fail as often as they like; it also shows "
                "that a malformed request gets past the check of the signature, or into it."
            )
        fix = (
            "Verify the raw bytes before anything parses them, and take whatever is missing or "
            "malformed in a request for a failed verification: answer 401 or 403."
        )
    elif status >= 300:
        problem = f"was answered with the redirect {status}, not refused"
        severity = min(severity, Severity.WARNING, key=_rank)
    else:
        problem = f"was accepted with {status}"
    expected = EXPECTED[forgery.expected]
    alone = not forgery.after_original
    return check.finding(
        delivery,
        problem,
        expected,
        subject=subject,
        severity=severity,
        why=why,
        fix=fix,
        alone=alone,
    )


def _rank(severity: Severity) -> int:
    return [Severity.ADVICE, Severity.WARNING, Severity.ERROR].index(severity)


def _check(forgery: Forgery) -> Rule:
    def look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
        if forgery.in_process_only and not context.emulator.receiver.in_process:
            raise Skipped(Why.HTTP_CANNOT_CARRY, forgery.name)
        context.baseline.require_for_forgery(event)
        if forgery.plainer and context.accepts_forgery(event, forgery.plainer):
            raise Skipped(Why.SIMPLER_FORGERY_ACCEPTED)
        others = _others(context, event) if forgery.name in EACH_EVENT else ()
        tried = [_tried(check, context, each, forgery) for each in (event, *others)]
        found = [finding for finding in tried if finding is not None]
        if found:
            worst = _worst(found)
            if forgery.name in PLAIN_FORGERIES and _is_dropped(context, forgery, worst, found):
                message = worst.message.replace(
                    "was accepted", "was acknowledged without an effect", 1
                )
                worst = replace(worst, message=message, cause=Cause.DROPPED)
            yield worst

    verb, title = WORDS[forgery.expected]
    return Rule(
        f"{verb}-{forgery.name}",
        title.format(forgery.name),
        forgery.severity,
        Scope.FAMILY if forgery.name in EACH_FAMILY else Scope.CONTENT_TYPE,
        f"A receiver that does otherwise {forgery.reason}.",
        MESSAGING_GUIDE,
        _fix(forgery),
        look,
    )


def _is_dropped(
    context: Context, forgery: Forgery, worst: Finding, found: Sequence[Finding]
) -> bool:
    """Whether the *forgery* has no effect, of the *worst* event that was *found* or another."""
    fallen = {finding.event for finding in found}
    try:
        acts = [each for each in chain(*context.acting().values()) if each.name in fallen]
    except Skipped:
        return False
    if not acts or not context.observer.wait_until_idle():
        return False
    acts.sort(key=lambda each: each.name != worst.event)
    send = partial(context.sender.send, sample(acts[0].name), forge=forgery.name)
    _, effects = context.observer.observe_soon(send)
    return not effects


def _others(context: Context, event: Event) -> Iterator[Event]:
    """The other events of *event*'s family whose genuine twins are accepted."""
    for each in context.events:
        if each.family == event.family and each is not event:
            with suppress(Inconclusive):
                context.baseline.require_for_forgery(each)
                yield each


def _tried(check: Check, context: Context, event: Event, forgery: Forgery) -> Finding | None:
    what: Webhook | Request = sample(event.name)
    name: str | None = forgery.name
    if forgery.after_original:
        what, name = _after_original(context, event, forgery), None
    if forgery.expected is Expected.SURVIVED:  # it may act, since it may accept
        return _wrong(check, forgery, context.sender.send(what, forge=name), ())
    return _wrong(check, forgery, *attack(context, what, forge=name))


def _worst(found: Sequence[Finding]) -> Finding:
    """The worst of what was *found* in events of one family; it says in which others."""
    worst = max(found, key=lambda finding: _rank(finding.severity))
    others = [finding.event for finding in found if finding is not worst]
    if not others:
        return worst
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    same = f" The same forgery of {', '.join(others[:3])}{more} is not refused either."
    return replace(worst, message=worst.message + same)


def _fix(forgery: Forgery) -> str:
    """What to do about *forgery*, which follows from what it lies about."""
    if forgery.expected is Expected.IGNORED:
        return "Take nothing from the query: only the body is signed."
    if forgery.group is Group.BODY or forgery.name.startswith("signature-over-"):
        return f"{VERIFY} {RAW_BYTES}"
    if forgery.group in (Group.HEADERS, Group.SIGNATURE):
        return VERIFY
    return f"{VERIFY} {TIMELY}"


def _after_original(context: Context, event: Event, forgery: Forgery) -> Request:
    """The forgery of a fresh sample, which is delivered before it."""
    emulator = context.emulator
    now = emulator.clock.now()
    webhook = sample(event.name).fresh(now)
    context.sender.send(sign(webhook, emulator.key, timestamp=int(now)))
    return forge(forgery.name, webhook, emulator.key, now)


JSON_JUNK: dict[str, bytes] = {
    "an empty body": b"",
    "cut-off JSON": b'{"data": {',
    "an empty object": b"{}",
    "null": b"null",
    "a list": b"[]",
    "a string": b'"call.initiated"',
    "bytes that are not UTF-8": b'{"data": "\xff\xfe"}',
    "JSON nested 2,000 deep": b"[" * 2000 + b"]" * 2000,
}
FORM_JUNK: dict[str, bytes] = {
    "an empty body": b"",
    "percent signs": b"%%%=%zz",
    "bytes that are not UTF-8": b"CallSid=%ff%fe&From=\xff",
    "JSON": b'{"CallSid": "v3:1"}',
}


JUNK = FORGERIES["headers-missing"]
"""Junk is judged like any other request without a signature."""


def _survives_junk(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_for_forgery(event)
    junk = FORM_JUNK if event.content_type is ContentType.FORM else JSON_JUNK
    answers: set[str] = set()
    for description, body in junk.items():
        for signed in (False, True):
            delivery, effects = attack(context, _junk(context, event, body, signed=signed))
            plain = "signature-random" if signed else JUNK.name
            if delivery.accepted and context.accepts_forgery(event, plain):
                continue  # found already: anything gets in that way
            how = "with a false signature" if signed else "without a signature"
            subject = f"A request with {description}, {how},"
            finding = _wrong(check, JUNK, delivery, effects, subject)
            if finding is not None and delivery.answer() not in answers:
                answers.add(delivery.answer())
                yield replace(finding, event=event.name)


def _junk(context: Context, event: Event, body: bytes, *, signed: bool) -> Request:
    genuine = context.emulator.request(sample(event.name))
    if signed:
        request = genuine.with_headers((SIGNATURE_HEADER, FALSE_SIGNATURE))
    else:
        request = genuine.with_headers((SIGNATURE_HEADER, None), (TIMESTAMP_HEADER, None))
    return replace(request, body=body, webhook=None)


RULES: tuple[Rule, ...] = (
    *(_check(forgery) for forgery in FORGERIES.values()),
    Rule(
        "survives-junk",
        "refuses unsigned junk without failing",
        Severity.ERROR,
        Scope.FAMILY,
        "Anyone can send anything to a public address; a failure there is noise in your alarms, "
        "and shows that something runs before the signature is verified.",
        MESSAGING_GUIDE,
        "Verify the raw bytes first, and parse only what is genuine.",
        _survives_junk,
    ),
)
