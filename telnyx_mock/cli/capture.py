"""``telnyx-mock capture``: samples for tests, out of what Telnyx really sent."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import TextIO

import click

from telnyx_mock.captures import Scrubber, captured_in
from telnyx_mock.cli.exits import Exit
from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import find
from telnyx_mock.events.validity import problems

__all__ = ["command"]

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("capture")
@click.argument("recording", metavar="FILE", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--out", type=FOLDER, default="captured", help="Write them here, not in captured/.")
@click.pass_context
def command(context: click.Context, recording: TextIO, out: Path) -> None:
    """Make samples for tests of the webhooks in FILE (- for standard input).

    FILE is what recorded real deliveries: JSON lines, a HAR, or the answer of Telnyx's
    /v2/webhook_deliveries. Numbers, ids, names, texts and addresses are replaced, the same by the
    same; look through the samples all the same before you share them. 'telnyx-mock send' takes one
    in place of an event's name, and telnyx_mock.load_webhook() in a test.

    What the catalogue does not expect is told as a warning. Events that it does not know make no
    sample, and the exit code 3; forms are passed over.
    """
    scrubber, unknown = Scrubber(), 0
    webhooks = captured_in(recording.read())
    if not webhooks:
        raise UsageError("There is no webhook in it: nothing that has a data.event_type.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {out} cannot be made: {error.strerror}.") from None
    for captured in webhooks:
        try:
            event = find(captured.event)
        except UsageError as problem:
            unknown += 1
            click.echo(f"warning: {problem}", err=True)
            continue
        body = scrubber.scrub(event, captured.body)
        names = (out / f"{event.name}-{number}.json" for number in count(1))
        file = next(name for name in names if not name.exists())
        file.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        click.echo(str(file))
        for unexpected in problems(event, body):
            click.echo(f"warning: {file.name}: {unexpected}", err=True)
    context.exit(Exit.INCONCLUSIVE if unknown else Exit.CLEAN)
