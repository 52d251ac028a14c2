"""``telnyx-mock replay``: a delivery of the journal, once more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.exits import Exit
from telnyx_mock.cli.once import did_right, send_once
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import FAILOVER, FOLDER, Folder, RecordedDelivery, Run, recreate
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.loading import is_address

__all__ = ["command"]


@click.command("replay")
@click.argument("delivery_id", metavar="ID")
@click.argument("target", required=False)
@settings_options(*ACCESS)
@click.option("--same-ids", is_flag=True, help="Send the ids and times of then, not fresh ones.")
@click.pass_context
def command(
    context: click.Context,
    /,
    delivery_id: str,
    target: str | None,
    same_ids: bool,
    **access: Any,
) -> None:
    """Send the delivery ID of an earlier run again, signed anew, and print the answer.

    ID is told with each finding; latest.7 is the seventh delivery of the latest run. It goes to
    where it went then, unless TARGET says otherwise, and is written in the same bytes but for
    signature, ids and times. A forgery is forged anew. What went to an app that was made for its
    check alone, or to a failover app, needs a TARGET. The exit code is 0 if the receiver did right,
    and 1 if it did not.
    """
    name, _, rest = delivery_id.partition(".")
    run = Folder(Path(FOLDER)).run(name)
    recorded = run.delivery(f"{run.id}.{rest}")
    settings = Settings(**access)
    if target is None:
        target, path = _place(run, recorded, settings.path)
        settings = replace(settings, path=path, key=settings.key or run.target["key"])
    pair = KeyPair.load(settings.key) if settings.key else KeyPair.generate()
    request = recreate(recorded, pair, SYSTEM_CLOCK.now(), same_ids=same_ids)
    click.echo(
        f"{recorded.id}, sent for {recorded.about}: {recorded.answer or 'never answered'} then"
    )
    delivery = send_once(request, pair, target, settings)
    unclear = Exit.INCONCLUSIVE if delivery.blocked else Exit.ERRORS
    context.exit(Exit.CLEAN if did_right(delivery) else unclear)


def _place(run: Run, recorded: RecordedDelivery, path: str) -> tuple[str, str]:
    """The target that *recorded* went to and the path there, which is *path* if that is given.

    Raises UsageError where it cannot be reached again, or nothing says what it was.
    """
    name, failover = run.target["name"], run.target.get("failover", "")
    is_path = failover.startswith("/")
    if recorded.to == FAILOVER and (is_address(failover) or (is_path and is_address(name))):
        return recorded.url, path
    if recorded.to and not (recorded.to == FAILOVER and (is_path or failover == name != "")):
        what = "the failover app" if recorded.to == FAILOVER else "an app made for its check alone"
        raise UsageError(
            f"{recorded.id} went to {what}, which was gone when run {run.id} ended; give a TARGET, or "
            f"repeat the check with the options of then: telnyx-mock check ... --only {recorded.about}."
        )
    if not name:
        raise UsageError(f"Run {run.id} does not say what its receiver was; give a TARGET.")
    if path != "/":
        return name, path
    return name, failover if recorded.to and is_path else run.target["path"] or "/"
