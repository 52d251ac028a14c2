"""``telnyx-mock capture``: turn recorded deliveries into samples for tests."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import TextIO

import click

from telnyx_mock.catalogue.registry import find
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.captures import Scrubber, as_sample, captured_in
from telnyx_mock.schema.validate import problems

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("capture")
@click.argument(
    "recording", metavar="FILE", type=click.File(encoding="utf-8-sig", errors="replace")
)
@click.option(
    "--out",
    type=FOLDER,
    default="captured",
    help="Write the samples into this folder.",
    show_default=True,
)
@click.pass_context
def command(context: click.Context, recording: TextIO, out: Path) -> None:
    """Turn recorded deliveries into samples for tests.

    FILE holds recorded deliveries (- reads standard input): JSON lines, bodies of TeXML forms, a
    HAR, or the answer of Telnyx's /v2/webhook_deliveries. Each phone number, id, name, text and
    address is replaced by a fake value, which is the same everywhere. Read the samples before you
    share them. 'telnyx-mock send' accepts the file of a sample instead of an event name, and
    telnyx_mock.load_webhook() loads it in a test.

    Warnings name fields and values that the catalogue does not expect, and lines without a webhook.
    The exit code is 3 if a webhook was not written as a sample, because its event is unknown or
    cannot be recognised from the form.
    """
    scrubber, found = Scrubber(), captured_in(recording.read())
    unknown = len(found.unclear)
    for form in found.unclear:
        echo(f"warning: {form}", err=True)
    if not found.webhooks:
        raise UsageError(
            "FILE holds no webhook: no JSON in it has a data.event_type, and no form in it can "
            "be recognised as a TeXML event."
        )
    if found.empty_lines:
        echo(f"warning: There is no webhook in {_lines(found.empty_lines)}.", err=True)
    for captured in found.webhooks:
        try:
            event = find(captured.event)
        except UsageError as problem:
            unknown += 1
            echo(f"warning: {problem}", err=True)
            continue
        body = scrubber.scrub(event, captured.body)
        written = json.dumps(as_sample(event, body), indent=2, ensure_ascii=False)
        file = _write(f"{written}\n", out, event.name)
        echo(str(file))
        for unexpected in problems(event, body):
            echo(f"warning: {file.name}: {unexpected}", err=True)
    context.exit(ExitCode.INCONCLUSIVE if unknown else ExitCode.CLEAN)


def _write(text: str, folder: Path, event: str) -> Path:
    """Write *text* to the first free name in *folder*; create *folder* if it is missing.

    Raises UsageError if the file cannot be written.
    """
    names = (folder / f"{event}-{number}.json" for number in count(1))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = next(name for name in names if not name.exists())
        file.write_bytes(text.encode(errors="backslashreplace"))
    except OSError as error:
        raise UsageError(
            f"The sample cannot be written to {folder}: {error.strerror}. Name another folder "
            "with --out."
        ) from None
    return file


def _lines(numbers: list[int]) -> str:
    """Return the line *numbers* in words, as in ``lines 2, 5-9``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    several = len(numbers) > 1
    return f"line{'s' if several else ''} {', '.join(words)}"
