"""Judges answers to genuine webhooks that differ from the sample: what is not accepted, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from telnyx_mock.contract.engine.confirmation import confirmed, steady
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.fixes import fix_for
from telnyx_mock.contract.engine.minimise import minimal_failures
from telnyx_mock.contract.engine.rule import Check, difference
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.paths import field_names
from telnyx_mock.schema.event import Event


def unaccepted(
    check: Check,
    delivery: Delivery,
    how: str = "",
    fields: tuple[str, ...] = (),
    fix: str = "",
) -> Finding | None:
    """Return the finding about a genuine *delivery*; None if the receiver accepted it.

    *how* says how the webhook differs from the sample, *fields* in which fields. Unless *fix* is
    given, the content of the webhook decides the fix.
    """
    status = delivery.status
    if delivery.accepted:
        return None
    if status is None:
        problem = "got no answer"
    elif status < 400:
        problem = f"was answered with the redirect {status}, which Telnyx may not follow"
    elif status < 500:
        problem = f"was refused with {status}, although it is genuine"
    else:
        problem = f"made the receiver fail with {status}"
    after = delivery.webhook.after if delivery.webhook is not None else ()
    if after:
        problem += f", after {', '.join(after)} of the same call or message"
    fix = fix or fix_for(delivery) or check.rule.fix
    return check.finding(delivery, f"{how} {problem}".strip(), "200", fields=fields, fix=fix)


def finding_if_unaccepted(
    check: Check,
    context: Context,
    event: Event,
    send: Callable[[], Delivery],
    how: str,
    fields: tuple[str, ...] = (),
    fix: str = "",
) -> Finding | None:
    """Call *send*, and return the confirmed finding if the receiver does not accept the webhook.

    *send* sends a genuine webhook that differs from the sample of *event* as *how* says. Raises
    Inconclusive if the failure is not due to this difference: see
    :func:`telnyx_mock.contract.engine.confirmation.confirmed`.
    """
    delivery = send()
    if delivery.accepted:
        return None
    return unaccepted(check, confirmed(context, event, delivery, send), how, fields, fix)


def minimal_findings(
    check: Check,
    context: Context,
    event: Event,
    paths: Iterable[str],
    send: Callable[[frozenset[str]], Delivery],
    described: Callable[[Sequence[str]], str],
    unlikely: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield a finding for each minimal set of *paths* that the receiver rejects if mutated.

    *send* sends the sample of *event* with some of the *paths* mutated, and *described* says how
    that webhook differs from the sample. The *unlikely* paths are tried last. Raises Inconclusive if a mutation is not to blame for its
    failure.
    """
    failed: dict[frozenset[str], Delivery] = {}

    def fails(part: frozenset[str]) -> bool:
        # All paths come first, and mostly pass, so a failure by chance would be looked into in vain.
        failed[part] = send(part) if failed else steady(context, partial(send, part), tries=2)
        return not failed[part].accepted

    for part in minimal_failures(sorted(paths), fails, unlikely):
        names = sorted(part)
        how = described(names)
        delivery = confirmed(context, event, failed[part], partial(send, part))
        finding = unaccepted(check, delivery, how, field_names(names))
        if finding is not None:
            yield finding


def describe(draft: Draft) -> str:
    """Return how *draft* differs from the documented sample; empty if it does not differ."""
    event = draft.webhook.event
    decided = draft.webhook.decisions().items()
    words = [difference(event, path, value) for path, value in decided]
    if draft.layout is not None:
        words.append(f"the layout {draft.layout!r}")
    if draft.header_case != "lower":
        words.append(f"header names in {draft.header_case} case")
    if draft.charset:
        words.append("a charset in its content type")
    if draft.reverse_headers:
        words.append("its headers in reverse order")
    return f"with {', '.join(words)}" if words else ""
