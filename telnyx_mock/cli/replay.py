"""``telnyx-mock replay``: send a delivery of the journal again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.configured_as_check import ConfiguredAsCheck
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.cli.send import learn_forgery, send_once
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import FAILOVER, FOLDER, Folder, RecordedDelivery, recreate
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair


@click.command("replay", cls=ConfiguredAsCheck)
@click.argument("delivery_id", metavar="ID")
@click.argument("target", required=False)
@settings_options(*ACCESS, "rules_from")
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
    """Send a delivery of an earlier run again to TARGET, and print the answer.

    Each finding names its delivery ID; latest.7 is the seventh delivery of the latest run. The
    delivery is signed anew and has new ids and times; all other bytes are the same. Without TARGET,
    it goes where the settings in pyproject.toml and in the environment say, which are those of
    'check'. The journal names no receiver, because somebody else may have written it.

    The exit code is 0 if the receiver reacted correctly, and 1 if it did not.
    """
    name, _, rest = delivery_id.partition(".")
    run = Folder(Path(FOLDER)).run(name)
    recorded = run.delivery(f"{run.id}.{rest}")
    source = context.get_parameter_source("target")
    if target is None or source is not click.core.ParameterSource.COMMANDLINE:
        preset: dict[str, Any] = dict(context.default_map or {})
        target, path = _place(recorded, target or "", str(preset.get("failover") or ""))
        access["path"] = path or access["path"]
    settings = Settings(**access)
    pair = KeyPair.load(settings.key) if settings.key else KeyPair.generate()
    learn_forgery(recorded.request.forgery, settings, pair)
    request = recreate(recorded, pair, SYSTEM_CLOCK.now(), same_ids=same_ids)
    answer = recorded.answer or "no answer"
    echo(f"{recorded.id}, sent for {recorded.about}: {answer} at the time")
    context.exit(send_once(request, pair, target, settings))


def _place(recorded: RecordedDelivery, target: str, failover: str) -> tuple[str, str]:
    """Return where the project's settings send *recorded*: a target, and a path unless it is usual.

    Raises UsageError if they do not say so.
    """
    if recorded.to == FAILOVER and failover:
        if not failover.startswith("/"):
            return failover, "/"
        if target:
            return target, failover
    if recorded.to:
        what = "the failover address" if recorded.to == FAILOVER else "an app made for one check"
        raise UsageError(
            f"{recorded.id} went to {what}, which the settings of this project do not name. Name a "
            f"TARGET, or run the check again: telnyx-mock check ... --only {recorded.about}."
        )
    if not target:
        raise UsageError(
            f"TARGET is missing: name the receiver to which {recorded.id} goes, or set it in "
            "[tool.telnyx-mock]. The journal alone is not trusted to name one."
        )
    return target, ""
