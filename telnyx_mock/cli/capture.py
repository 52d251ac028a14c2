"""``telnyx-mock capture``: samples for tests, out of what Telnyx really sent."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import TextIO

import click

from telnyx_mock.catalogue.registry import find
from telnyx_mock.cli.exits import Exit
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.captures import Scrubber, as_sample, captured_in
from telnyx_mock.schema.validate import problems

__all__ = ["command"]

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("capture")
@click.argument(
    "recording", metavar="FILE", type=click.File(encoding="utf-8-sig", errors="replace")
)
@click.option("--out", type=FOLDER, default="captured", help="Write them here, not in captured/.")
@click.pass_context
def command(context: click.Context, recording: TextIO, out: Path) -> None:
    """Make samples for tests of the webhooks in FILE (- for standard input).

    FILE is what recorded real deliveries: JSON lines, bodies of TeXML forms, a HAR, or the answer
    of Telnyx's /v2/webhook_deliveries. Numbers, ids, names, texts and addresses are replaced, the
    same by the same; look through the samples all the same before you share them. 'telnyx-mock
    send' takes one in place of an event's name, and telnyx_mock.load_webhook() in a test.

    What the catalogue does not expect is told as a warning, and so are lines without a webhook. An
    event that it does not know, and a form that does not tell which event it is, make no sample,
    and the exit code 3.
    """
    scrubber, found = Scrubber(), captured_in(recording.read())
    unknown = len(found.untold)
    for sentence in found.untold:
        click.echo(f"warning: {sentence}", err=True)
    if not found.webhooks:
        raise UsageError(
            "There is no webhook in it: nothing that has a data.event_type, and no form that tells "
            "which TeXML event it is."
        )
    if found.idle:
        click.echo(f"warning: There is no webhook in {_lines(found.idle)}.", err=True)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {out} cannot be made: {error.strerror}.") from None
    for captured in found.webhooks:
        try:
            event = find(captured.event)
        except UsageError as problem:
            unknown += 1
            click.echo(f"warning: {problem}", err=True)
            continue
        body = scrubber.scrub(event, captured.body)
        written = json.dumps(as_sample(event, body), indent=2, ensure_ascii=False)
        names = (out / f"{event.name}-{number}.json" for number in count(1))
        try:
            file = next(name for name in names if not name.exists())
            file.write_bytes((written + "\n").encode(errors="backslashreplace"))
        except OSError as error:
            raise UsageError(
                f"No sample can be written into the folder {out}: {error.strerror}; name another "
                "with --out."
            ) from None
        click.echo(str(file))
        for unexpected in problems(event, body):
            click.echo(f"warning: {file.name}: {unexpected}", err=True)
    context.exit(Exit.INCONCLUSIVE if unknown else Exit.CLEAN)


def _lines(numbers: list[int]) -> str:
    """*numbers* in words, runs of them as such: lines 2 and 5-9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    several = len(numbers) > 1
    return f"line{'s' if several else ''} {', '.join(words)}"
