"""The receiver refuses what Telnyx did not send: every forgery.

A receiver may accept the same signed content in another spelling, but it must never fail. A refusal
counts only if the receiver accepts the genuine baseline of the forgery, and if the receiver sends
no command to the Telnyx API because of the forgery. A receiver that refuses every genuine webhook
may still accept a forgery, or fail at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain

from telnyx_mock.attacks.forgeries import FORGERIES, Expected, Forgery, Group, forge
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.attack import attack_with
from telnyx_mock.contract.engine.confirmation import confirmed
from telnyx_mock.contract.engine.failure import is_failure
from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.fixes import RAW_BYTES
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.sign import sign

EXPECTED = {
    Expected.REFUSED: "4xx, and no effect",
    Expected.SURVIVED: "any answer below 500",
    Expected.IGNORED: "any answer below 500, and no effect",
}
TITLES = {
    Expected.REFUSED: ("refuses", "refuses {}"),
    Expected.SURVIVED: ("survives", "accepts or refuses {}, and does not fail"),
    Expected.IGNORED: ("ignores", "has no effect because of {}, and does not fail"),
}
"""How the id of a rule begins, and how its title begins."""

VERIFY = (
    "Before anything else, verify the signature of every request over timestamp|body with the "
    "account's public key. If the verification fails for any cause, answer 401 or 403."
)
CHECK_TIME = (
    "Then refuse a request whose telnyx-timestamp differs from your clock by more than 300 s in "
    "either direction. Read it as whole seconds since 1970 in ASCII digits."
)
REFUSE_MALFORMED = "Treat a header that is wrong, missing or malformed as a failed verification: answer 401 or 403."
VERIFY_FIRST = f"Verify the raw bytes before anything parses them. {REFUSE_MALFORMED}"

PLAIN_FORGERIES = (
    "headers-missing",
    "signature-missing",
    "signature-by-another-key",
    "body-changed",
)
"""The plainest forgeries are tried first, and for each family: one handler may not verify.

A receiver that accepts all of them never verifies, or verifies after its answer.
"""

EACH_EVENT = PLAIN_FORGERIES[0]
"""The forgery that is tried for each accepted event; a thorough run tries all of the plainest."""


def refusal_rule(forgery: Forgery) -> Rule:
    """The rule about one *forgery*."""

    def look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
        if forgery.in_process_only and not context.emulator.receiver.in_process:
            raise Skipped(Why.HTTP_CANNOT_CARRY, forgery.name)
        unproven = unproven_refusal(context, event)
        if forgery.plainer and context.accepts_forgery(event, forgery.plainer):
            raise Skipped(Why.SIMPLER_FORGERY_ACCEPTED)
        if unproven is not None:
            yield _provoked(check, context, event, forgery, unproven)
            return
        each_event = PLAIN_FORGERIES if context.settings.thorough else (EACH_EVENT,)
        others = _other_events(context, event) if forgery.name in each_event else ()
        found: list[Finding] = []
        unclear: Inconclusive | None = None
        for each in (event, *others):
            try:
                found += _try_event(check, context, each, forgery, sure=bool(found))
            except Inconclusive as problem:
                unclear = problem
        if not found and unclear is not None:
            raise unclear
        if not found:
            return
        worst = min(found, key=lambda finding: finding.severity.rank)
        message, cause = worst.message, None
        if forgery.name in PLAIN_FORGERIES and _is_dropped(context, forgery, worst, found):
            message = (
                f"{worst.event} forged as {forgery.name} was answered {worst.observed}, but had "
                "no effect."
            )
            cause = Cause.DROPPED
        yield replace(worst, message=message + _also(worst, found), cause=cause)

    verb, title = TITLES[forgery.expected]
    return Rule(
        f"{verb}-{forgery.name}",
        title.format(forgery.name),
        forgery.severity,
        Scope.FAMILY if forgery.name in PLAIN_FORGERIES else Scope.CONTENT_TYPE,
        f"A receiver that breaks this rule {forgery.reason}.",
        MESSAGING_GUIDE,
        _fix(forgery),
        look,
        judges_refused=True,
    )


def _fix(forgery: Forgery) -> str:
    """Return what to change in a receiver that accepts *forgery*."""
    if forgery.expected is Expected.IGNORED:
        return "Read nothing from the query: only the body is signed."
    if forgery.group is Group.BODY or forgery.name.startswith("signature-over-"):
        return f"{VERIFY} {RAW_BYTES}"
    if forgery.group in (Group.HEADERS, Group.SIGNATURE):
        return VERIFY
    return f"{VERIFY} {CHECK_TIME}"


def unproven_refusal(context: Context, event: Event) -> Inconclusive | None:
    """Return why a refused forgery of *event* proves nothing; None if it proves something.

    Raises Inconclusive if nothing else can be judged either. If the receiver refuses every genuine
    webhook, two things can be: that it accepts a forgery, and that it fails.
    """
    try:
        context.baseline.require_for_forgery(event)
    except Inconclusive as problem:
        if not context.baseline.stands_for_refused(event):
            raise
        return problem
    return None


def _provoked(
    check: Check, context: Context, event: Event, forgery: Forgery, unproven: Inconclusive
) -> Finding:
    """Return the finding if *forgery* is accepted or makes the receiver fail, for anyone.

    Raises *unproven* if it does not.
    """

    def is_wrong(delivery: Delivery) -> bool:
        accepted = delivery.accepted and not forgery.allows(delivery.status)
        return accepted or is_failure(delivery)

    if forgery.failing is not Severity.ERROR or forgery.after_original:
        raise unproven
    send = partial(context.sender.send, sample(event.name), forge=forgery.name)
    delivery = send()
    if not is_wrong(delivery):
        raise unproven
    delivery = confirmed(context, event, delivery, send, is_wrong)
    finding = finding_about(check, forgery, delivery, Effects())
    assert finding is not None
    genuine = context.baseline.sample_of(event).answer()
    return replace(
        finding, message=f"{finding.message} The receiver refuses the genuine webhook ({genuine})."
    )


def _other_events(context: Context, event: Event) -> Iterator[Event]:
    """Yield the other events of the family of *event* whose genuine samples the receiver accepts.

    Of those that the receiver handles alike, a few are enough.
    """
    for each in context.events:
        is_other = each.family == event.family and each is not event
        if is_other and not context.alike.others_stand_for(each):
            with suppress(Inconclusive):
                context.baseline.require_for_forgery(each)
                yield each


def _try_event(
    check: Check, context: Context, event: Event, forgery: Forgery, *, sure: bool
) -> Iterator[Finding]:
    """Send one *forgery* of *event*, and yield the finding about it, if any.

    Unless the rule is already *sure*, a failure is confirmed: another request may have caused it.
    """

    def prepared() -> Callable[[], Delivery]:
        if forgery.after_original:
            return partial(context.sender.send, _after_original(context, event, forgery))
        return partial(context.sender.send, sample(event.name), forge=forgery.name)

    if forgery.expected is Expected.SURVIVED:  # it may have an effect, since it may be accepted
        delivery, effects = prepared()(), Effects()
    else:
        delivery, effects = attack_with(context, prepared())
    if is_failure(delivery) and not effects and not sure:
        delivery = confirmed(context, event, delivery, lambda: prepared()(), is_failure)
    finding = finding_about(check, forgery, delivery, effects)
    if finding is not None:
        yield finding


def _after_original(context: Context, event: Event, forgery: Forgery) -> Request:
    """Deliver a genuine fresh sample; return the *forgery* of it."""
    emulator = context.emulator
    now = emulator.clock.now()
    webhook = sample(event.name).fresh(now)
    context.sender.send(sign(webhook, emulator.key, timestamp=int(now)))
    return forge(forgery.name, webhook, emulator.key, now)


def finding_about(
    check: Check, forgery: Forgery, delivery: Delivery, effects: Effects, subject: str = ""
) -> Finding | None:
    """Return the finding about a forged *delivery*; None if the receiver did what is expected."""
    status, rule = delivery.status, check.rule
    severity, why, fix = rule.severity, rule.why, rule.fix
    if effects:
        problem = f"had an effect: {effects.words()}"
        if delivery.refused:
            severity = Severity.ERROR  # it acts before it verifies, so it acts for anyone
    elif forgery.allows(status):
        return None
    elif status is None:
        problem, severity = "got no answer", forgery.failing
    elif status >= 500:
        problem, severity = f"made the receiver fail with {status}", forgery.failing
        if forgery.failing is Severity.ERROR:
            why = (
                "Anyone can send this request, and so make the app fail at any time. The failure "
                "also shows that a malformed request gets into the code that verifies, or past "
                "it."
            )
        # Junk, which has a subject of its own, gets into a parser, as a changed body does.
        fix = VERIFY_FIRST if subject or forgery.group is Group.BODY else REFUSE_MALFORMED
    elif status >= 300:
        problem = f"was answered with the redirect {status} instead of a refusal"
        severity = max(severity, Severity.WARNING, key=lambda each: each.rank)
    else:
        problem = f"was accepted with {status}"
    return check.finding(
        delivery,
        problem,
        EXPECTED[forgery.expected],
        subject=subject,
        severity=severity,
        why=why,
        fix=fix,
        alone=not forgery.after_original,
    )


def _also(worst: Finding, found: Sequence[Finding]) -> str:
    """A sentence that names the events of the other findings; empty if there are no others."""
    others = [finding.event for finding in found if finding is not worst]
    if not others:
        return ""
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return f" The receiver does not refuse this forgery of {', '.join(others[:3])}{more} either."


def _is_dropped(
    context: Context, forgery: Forgery, worst: Finding, found: Sequence[Finding]
) -> bool:
    """Whether the receiver accepts the *forgery*, but has no effect as for a genuine webhook.

    The event of the *worst* finding is tried if its webhooks have effects; otherwise another event.
    """
    if worst.status is None or worst.status >= 300:
        return False
    accepted = {finding.event for finding in found}
    try:
        acting = [each for each in chain(*context.acting().values()) if each.name in accepted]
    except Skipped:
        return False
    if not acting or not context.observer.wait_until_idle():
        return False
    event = min(acting, key=lambda each: each.name != worst.event)
    send = partial(context.sender.send, sample(event.name), forge=forgery.name)
    _, effects = context.observer.observe_soon(send)
    return not effects


RULES: tuple[Rule, ...] = tuple(map(refusal_rule, FORGERIES.values()))

PLAINEST: tuple[Rule, ...] = tuple(
    rule for rule in RULES if rule.id.removeprefix("refuses-") in PLAIN_FORGERIES
)
"""The rules for the plainest forgeries. They come first, before others can use up a budget."""
