"""How long the harness waits, and for what: every duration in one object.

Tests pass a shorter :class:`Patience` instead of patching modules. This module imports nothing of
the package.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PATIENCE", "Patience"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the harness waits. All durations are in seconds."""

    answer: float = 10.0
    """For an answer. Longer than Telnyx waits: a late answer says more than none."""

    background_work: float = 5.0
    """For work that an app in process continues after its answer, before its effects are read."""

    resident_work: float = 2.0
    """For background work to end; then it counts as a worker that stays, and nothing waits for it."""

    cancelled_work: float = 1.0
    """For background work to end after it was cancelled."""

    app_start: float = 30.0
    """For an app in process to start, and for it to stop."""

    traceback: float = 0.25
    """For an exception to leave an app after its answer of 500, and for a call of its event loop."""

    connect_retries: tuple[float, ...] = (0.1, 0.5)
    """Between the tries to connect to a server."""

    idle_connection: float = 1.0
    """Without a request, after which a connection is closed. Servers close theirs after 2 s or more;
    a request that meets such a close could be neither sent again nor judged."""

    busy_retries: tuple[float, ...] = (0.1, 0.5, 2.0)
    """Between deliveries of one webhook to a receiver that answers 429."""

    longest_retry_after: float = 5.0
    """The longest ``Retry-After`` that is respected."""

    late_answers: float = 60.0
    """For late answers in a whole run; then the rest of the run is not tried."""

    effect_at_once: float = 0.05
    """For the effect of a webhook that no worker of the app causes."""

    effect: float = 0.75
    """For the effect of a webhook, even where a thread of the app brings it about."""

    late_effect: float = 5.0
    """For the effect of a webhook where a worker of the app polls for work."""

    idle: float = 1.5
    """Time without an effect after which the receiver counts as idle. Longer than workers wait
    between polls."""

    first_effect: float = 0.5
    """For any effect of all samples together, before the receiver counts as one without effects."""

    until_idle: float = 10.0
    """For a receiver to become idle; then it counts as one that acts without webhooks."""

    poll: float = 0.01
    """Between two looks at the effects of a receiver."""

    api_latency: float = 0.02
    """For an answer of the fake API in a race, so that the receiver works on both requests at once."""

    probe: float = 10.0
    """For a probe to return."""

    background_errors: float = 5.0
    """For all background work of the events of one family, while looking for errors in it."""


PATIENCE = Patience()
"""The durations of an ordinary run."""
