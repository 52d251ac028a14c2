"""How far a run may go at a receiver, as the command line takes it: what, how much, how fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from telnyx_mock.cli.number import Number, Whole
from telnyx_mock.transports.throttle import MAX_REQUESTS, RATE

__all__ = ["Bounds", "bounds_options"]


def bounds_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that sends many requests."""
    for option in (
        click.option(
            "--rate",
            type=Number(min=0),
            metavar="N",
            help=f"Requests a second; {RATE:g} to another machine if not given, 0 for no bound.",
        ),
        click.option(
            "--max-requests",
            type=Whole(min=0),
            metavar="N",
            help=f"Requests in all; {MAX_REQUESTS} to another machine if not given, 0 for no end.",
        ),
        click.option(
            "--forgeries-only",
            is_flag=True,
            help="Send nothing genuine: for a receiver whose key you do not hold.",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a run may go; None where it was not said."""

    max_requests: int | None
    rate: float | None
    forgeries_only: bool

    def options(self) -> list[str]:
        """The options that say so to the pytest plugin."""
        most, rate = self.max_requests, self.rate
        return [
            *([f"--telnyx-max-requests={most}"] if most is not None else []),
            *([f"--telnyx-rate={rate}"] if rate is not None else []),
            *(["--telnyx-forgeries-only"] if self.forgeries_only else []),
        ]
