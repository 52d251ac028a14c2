"""How long telnyx-mock waits, and for what: every duration in one object.

Tests pass a shorter :class:`Patience` instead of patching modules. This module imports nothing of
the package.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long telnyx-mock waits. All durations are in seconds."""

    answer: float = 10.0
    """The longest wait for an answer. It is longer than the wait of Telnyx, because a late answer
    tells more than no answer."""

    blocked: float = 45.0
    """The longest time for which an app in this process may block the thread that delivers to it. It is longer than
    :attr:`stuck`, so that a child process is killed before."""

    background_work: float = 5.0
    """The longest wait for work that an app in this process continues after its answer, before its
    effects are read."""

    resident_work: float = 2.0
    """The longest wait for background work to end. Work that takes longer counts as a permanent
    worker, and nothing waits for it."""

    cancelled_work: float = 1.0
    """The longest wait for background work to end after it was cancelled."""

    app_start: float = 30.0
    """The longest wait for an app in this process to start, and to stop."""

    traceback: float = 0.25
    """The longest wait for the exception of an app after its answer 500. Calls of the event loop
    may take this much longer than the timeout of the request."""

    connect_retries: tuple[float, ...] = (0.1, 0.5)
    """The waits between attempts to connect to a server."""

    restart_retries: tuple[float, ...] = (0.1, 0.5, 1.0, 2.0)
    """The waits between attempts to connect to a server that was reached before: it may restart."""

    idle_connection: float = 1.0
    """A connection without a request is closed after this time. Servers close connections after 2 s
    or more."""

    left_over: float = 0.05
    """The longest wait for bytes after the first answer on a connection."""

    busy_retries: tuple[float, ...] = (0.1, 0.5, 2.0)
    """The waits between deliveries of one webhook to a receiver that answers 429."""

    longest_retry_after: float = 5.0
    """The longest ``Retry-After`` that is respected."""

    late_answers: float = 60.0
    """The most time that late answers may take in a whole run. After that, the rest of the run is
    not tried."""

    effect_at_once: float = 0.05
    """An effect within this time counts as immediate, so that no worker of the app causes it."""

    effect: float = 0.75
    """The longest wait for the effect of a webhook, even if a thread of the app causes the
    effect."""

    late_effect: float = 5.0
    """The longest wait for the effect of a webhook if a worker of the app polls for work."""

    idle: float = 1.5
    """After this time without an effect, the receiver counts as idle. It is longer than the usual
    wait of a worker between polls."""

    first_effect: float = 0.5
    """The longest wait for any effect of a family's samples. After that, they count as samples without
    effects. Where the receiver was seen to act, the wait is as long for each of them."""

    until_idle: float = 10.0
    """The longest wait for a receiver to become idle. After that, the receiver counts as acting
    without webhooks."""

    backlog: float = 60.0
    """The longest wait for a worker of the app to finish with the webhooks of the whole run so far, which a run
    makes once. After that, the receiver counts as acting without webhooks."""

    stuck: float = 40.0
    """The longest time for one delivery to an app in a child process. After that, the child is killed. It
    is longer than any wait for an answer, and for an app to start."""

    silent: float = 120.0
    """The longest time in which a child process makes no delivery and tells no result. After that, it is
    killed. It is longer than any other wait, and long enough to import an app."""

    leaving: float = 3.0
    """The longest wait for a child process to end after its verdict, with the functions that the app has
    registered with atexit and the processes that it has started. After that, they are killed."""

    stopping: float = 3.0
    """The longest wait for a child process to stop after Ctrl-C."""

    poll: float = 0.01
    """The wait between two reads of the effects of a receiver."""

    slow_service: float = 0.3
    """How long a service takes that the receiver calls, to see whether the answer waits for it."""

    longest_slow_service: float = 3.0
    """How long a service takes at most, to see whether the answer is then too late."""

    machine_delay: float = 0.1
    """A wait that ends so much too late shows that this machine is busy."""

    api_latency: float = 0.02
    """How long the fake API takes to answer while two requests race, so that the receiver works on
    both requests at once."""

    probe: float = 10.0
    """The longest wait for a probe to return."""

    background_errors: float = 5.0
    """The longest wait for all background work of the events of one family, to find errors in
    it."""


PATIENCE = Patience()
"""The default durations."""
