"""``telnyx-mock replay``: send a delivery of the journal again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.cli.send import send_once
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import FAILOVER, FOLDER, Folder, RecordedDelivery, Run, recreate
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.loading import is_address


@click.command("replay")
@click.argument("delivery_id", metavar="ID")
@click.argument("target", required=False)
@settings_options(*ACCESS)
@click.option("--same-ids", is_flag=True, help="Keep the ids and times of the first delivery.")
@click.pass_context
def command(
    context: click.Context,
    /,
    delivery_id: str,
    target: str | None,
    same_ids: bool,
    **access: Any,
) -> None:
    """Send a delivery of an earlier run again, and print the answer.

    Each finding names its delivery ID; latest.7 is the seventh delivery of the latest run. The
    delivery is signed anew and has new ids and times; all other bytes are the same. It goes to the
    same receiver as before, or to TARGET. A delivery to a failover app, or to an app that was made
    for one check, needs a TARGET.

    The exit code is 0 if the receiver reacted correctly, and 1 if it did not.
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
    answer = recorded.answer or "no answer"
    echo(f"{recorded.id}, sent for {recorded.about}: {answer} at the time")
    context.exit(send_once(request, pair, target, settings))


def _place(run: Run, recorded: RecordedDelivery, path: str) -> tuple[str, str]:
    """Return the target and the path that *recorded* went to; a given *path* has priority.

    Raises UsageError if the receiver is gone, or if the journal does not name it.
    """
    name, failover = run.target["name"], run.target.get("failover", "")
    is_path = failover.startswith("/")
    if recorded.to == FAILOVER and (is_address(failover) or (is_path and is_address(name))):
        return recorded.url, path
    if recorded.to and not (recorded.to == FAILOVER and (is_path or failover == name != "")):
        what = (
            "the failover app"
            if recorded.to == FAILOVER
            else "an app that was made only for this check"
        )
        raise UsageError(
            f"{recorded.id} went to {what}, which ended with run {run.id}. Name a TARGET, or run the "
            f"check again with the same options: telnyx-mock check ... --only {recorded.about}."
        )
    if not name:
        raise UsageError(f"The journal of run {run.id} does not name the receiver; name a TARGET.")
    if path != "/":
        return name, path
    return name, failover if recorded.to and is_path else run.target["path"] or "/"
