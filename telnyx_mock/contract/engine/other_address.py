"""Tells an address that is not meant for Telnyx's webhooks, before anybody judges it.

A receiver that refuses every genuine webhook may have a fault: it verifies the wrong bytes, say. So
an address counts as another one only if its code mentions nothing of Telnyx, or if no code serves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.reason import Blocked, Inconclusive
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent, UsageError
from telnyx_mock.schema.event import ContentType
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.routes import PostRoute, post_routes

NAMED = 8
"""The largest number of routes that the sentence lists."""

NO_POST = 405
LIKELY = ("telnyx", "hook", "callback", "voice", "call", "sms", "message", "event", "inbound")
"""Parts of paths to which webhooks usually go."""


def require_webhook_address(receiver: Receiver, baseline: Baseline) -> bool:
    """Raise UsageError if *receiver* is evidently not the address for Telnyx's webhooks.

    Return whether its code reads anything of a request, as far as that is known.
    """
    routes = post_routes(receiver) if receiver.in_process else ()
    if not routes or baseline.settings.forgeries_only:
        return True
    path = urlsplit(receiver.url).path
    own = [route for route in routes if route.fits(path)]
    if any(route.is_for_telnyx for route in own):
        return True
    others = [route for route in routes if route not in own]
    with suppress(Inconclusive, BudgetSpent):
        what = _served(baseline, own, others) if own else _unserved(baseline)
        if what:
            raise other_address(receiver, what, others)
    return not own or not all(route.reads_nothing for route in own)


def code_names(receiver: Receiver, event: str) -> bool:
    """Whether the code at the address of *receiver*, as far as it is known, names *event*."""
    return any(route.names(event) for route in own_routes(receiver))


def own_routes(receiver: Receiver) -> list[PostRoute]:
    """Return the routes that lead to the address of *receiver*; empty if they are not known."""
    path = urlsplit(receiver.url).path
    routes = post_routes(receiver) if receiver.in_process else ()
    return [route for route in routes if route.fits(path)]


def other_address(receiver: Receiver, what: str, others: Sequence[PostRoute] = ()) -> UsageError:
    """Return the error about *receiver*: *what* says what its address does."""
    return UsageError(
        f"POST {urlsplit(receiver.url).path} {what}, so it does not look like the address for "
        f"Telnyx webhooks. Give the path of that address with --path{_listed(others)}."
    )


def serves_nothing(refused: Delivery) -> str:
    """Say that nothing serves the address that *refused* each genuine webhook."""
    return f"serves nothing: every genuine webhook is answered {refused.answer()}"


def _unserved(baseline: Baseline) -> str:
    """Say that no route leads to the address; empty if something answers there all the same."""
    refused = baseline.uniform_rejection()
    return serves_nothing(refused) if refused and refused.status in (404, NO_POST) else ""


def _served(baseline: Baseline, own: Sequence[PostRoute], others: Sequence[PostRoute]) -> str:
    """Say that the code at the address is for something else; empty if that is not sure."""
    samples = _samples(baseline)
    statuses = {each.status for each in samples}
    status = next(iter(statuses)) or 0
    has_better = any(route.is_for_telnyx for route in others)
    if len(statuses) > 1:
        return ""
    if all(each.accepted for each in samples):
        unused = has_better and all(route.reads_nothing for route in own)
        return "accepts every webhook and reads nothing of it" if unused else ""
    answer = samples[0].answer()
    if 300 <= status < 500:
        return (
            f"answers {answer} to every genuine webhook, and its code mentions nothing that "
            "Telnyx sends"
        )
    if status >= 500 and has_better:
        return (
            f"fails with {status} at every genuine webhook, and its code mentions nothing that "
            "Telnyx sends"
        )
    return ""


def _samples(baseline: Baseline) -> list[Delivery]:
    json_events = [each for each in baseline.events if each.content_type is ContentType.JSON]
    samples: list[Delivery] = []
    for event in json_events or baseline.events:
        with suppress(Blocked):
            samples.append(baseline.sample_of(event))
        if len({each.status for each in samples}) > 1:
            break
    if not samples:
        baseline.sample_of(baseline.events[0])
    return samples


def _listed(routes: Sequence[PostRoute]) -> str:
    """Name the *routes* that look like the address for webhooks, or else all; empty without any."""
    for_telnyx = [route.path for route in routes if route.is_for_telnyx]
    by_name = [route.path for route in routes if any(each in route.path for each in LIKELY)]
    paths = for_telnyx or by_name or [route.path for route in routes]
    if not paths:
        return ""
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    look = "look like it" if for_telnyx or by_name else "accept POST"
    return f"; the app's routes that {look}: {', '.join(paths[:NAMED])}{more}"
