"""Writes docs/reference from the code: every event, check, forgery, command and setting.

``make docs`` runs it, and a test compares what is checked in with what it would write.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from click.testing import CliRunner

import telnyx_mock.cli
from telnyx_mock.attacks.forgeries import FORGERIES, Group
from telnyx_mock.attacks.forgeries.official_sdk import OFFICIAL_SDK
from telnyx_mock.attacks.malformed import MALFORMED
from telnyx_mock.catalogue.registry import all_events, families, family, find, introduction
from telnyx_mock.cli.check import command as check_command
from telnyx_mock.cli.config import schema
from telnyx_mock.cli.sample import command as sample
from telnyx_mock.contract.failure_modes import FAILURE_MODES
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.schema.describe import STATUSES, Line, lines, signature
from telnyx_mock.schema.model import ContentType, Event, Status
from telnyx_mock.schema.wording import value_words

MOST_CHECKS = 6
"""How many checks of one failure mode are named."""

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def pages() -> dict[str, str]:
    """Every page by its path below docs/reference."""
    written = {
        "index.md": index(),
        "events/index.md": events_index(),
        **{f"events/{name}.md": family_page(name) for name in families()},
        "checks.md": checks(),
        "failure-modes.md": failure_modes(),
        "forgeries.md": forgeries(),
        "malformed.md": malformed(),
        "cli.md": command_line(),
        "config.schema.json": json.dumps(schema(check_command), indent=2).splitlines(),
    }
    return {
        path: re.sub("\n{3,}", "\n\n", "\n".join(text)).rstrip() + "\n"
        for path, text in written.items()
    }


def index() -> Iterator[str]:
    count = len(list(all_events()))
    yield "# Reference\n"
    yield from (
        f"- [Events](events/index.md): the {count} webhooks that Telnyx sends, field by field.",
        f"- [Checks](checks.md): the {len(CONTRACT)} rules of the receiver contract.",
        f"- [Failure modes](failure-modes.md): {len(FAILURE_MODES)} ways in which receivers break, "
        "and what finds them.",
        f"- [Forgeries](forgeries.md): {len(FORGERIES)} ways to lie to a receiver.",
        f"- [Malformed requests](malformed.md): {len(MALFORMED)}, all of them rightly signed.",
        "- [Command line](cli.md): every command, option and exit code.",
        "- [Settings](config.schema.json): those of `check` in pyproject.toml, as JSON Schema.\n",
        "These pages are made from the code by `make docs`.",
    )


# Events


def events_index() -> Iterator[str]:
    yield "# Events\n"
    yield "What Telnyx sends, by family. `telnyx-mock explain EVENT` prints the same on a terminal,"
    yield "`telnyx-mock schema EVENT` writes it as JSON Schema, and `telnyx-mock events --json` is for"
    yield "tools.\n"
    yield from table(
        ("family", "what", "events"),
        ((f"[{name}]({name}.md)", intro(name)[0], str(len(family(name)))) for name in families()),
    )
    yield "## How to read the pages\n"
    yield "**Present** says when a field is there: *always*; *optional*, it may be absent; *while* a"
    yield "condition holds, which speaks of other fields of the payload, or of the same list item."
    yield "*May be null* is said apart. Paths start at the payload, and are what"
    yield "`webhook(...)`, `telnyx_mock.send(...)` and `--set` take.\n"
    yield "**Status** says how sure it is that Telnyx sends an event today:\n"
    yield from (f"- *{status.value}*: {meaning}." for status, meaning in STATUSES.items())
    yield "\nNumbers in samples are from ranges kept for fiction, so that no test can ring a person.\n"
    yield "## All events\n"
    by_name = sorted(all_events(), key=lambda event: event.name)
    yield from table(
        ("event", "family", "status"),
        ((link(event), event.family, event.status.value) for event in by_name),
    )


def family_page(name: str) -> Iterator[str]:
    events = family(name)
    first, *more = intro(name)
    yield f"# {first.removesuffix('.')}\n"
    yield from (f"{text}\n" for text in more)
    yield f"Family `{name}`; [all families and how to read this](index.md).\n"
    if events[0].content_type is ContentType.FORM:
        yield "Fields are sent as a form: one line, names and values percent-encoded, joined by `&`."
        yield "All values are text there; the types below say what the text can be read as.\n"
    yield from table(
        ("event", "when", "status"),
        ((link(event, name), prose(event.trigger), event.status.value) for event in events),
    )
    shared, _ = Counter(map(envelope, events)).most_common(1)[0]
    if shared:
        alone = all(envelope(event) == shared for event in events)
        yield "## The envelope\n"
        yield f"{'Every event' if alone else 'Unless it says otherwise, an event'} comes in this:\n"
        yield from table(FIELD_HEADING, shared)
    for event in events:
        yield from event_section(event, shared)


FIELD_HEADING = ("field", "type", "present", "meaning")


def event_section(event: Event, shared: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    yield f"## {event.name}\n"
    yield f"{prose(event.trigger)}\n"
    yield from facts(event)
    yield f"\n```{'json' if event.content_type is ContentType.JSON else 'text'}"
    yield CliRunner().invoke(sample, [event.name]).output.rstrip()
    yield "```\n"
    fields = [field_row(line, event) for line in lines(event) if in_payload(line, event)]
    if fields:
        yield from table(FIELD_HEADING, fields)
    else:
        yield "Nothing is published of its payload.\n"
    if envelope(event) != shared and envelope(event):
        yield "It has an envelope of its own:\n"
        yield from table(FIELD_HEADING, envelope(event))


def facts(event: Event) -> Iterator[str]:
    for label, names in (("Before it", event.before), ("After it", event.after)):
        if names:
            yield f"- {label}: {', '.join(link(find(name), event.family) for name in names)}"
    if event.url:
        operation = f"operation `{event.operation}`" if event.operation else "where it is described"
        yield f"- Telnyx's page: [{operation}]({event.url})"
    if event.status is not Status.CURRENT:
        yield f"- Status: {event.status.value} ({STATUSES[event.status]})"
    for label, text in (
        ("Signature", signature(event)),
        ("Reply", event.reply),
        ("Note", event.note),
    ):
        if text:
            yield f"- {label}: {prose(text)}"


def in_payload(line: Line, event: Event) -> bool:
    return not event.root or line.path.startswith(".".join((*event.root, "")))


def envelope(event: Event) -> tuple[tuple[str, ...], ...]:
    """The rows of what is around the payload; the event's own name is left out of them."""
    own_name = f"<br>always `{event.name}`"
    return tuple(
        tuple(cell.removesuffix(own_name) for cell in field_row(line))
        for line in lines(event)
        if not in_payload(line, event)
    )


def field_row(line: Line, event: Event | None = None) -> tuple[str, ...]:
    """The field as a row of a table; with *event*, its path starts at the payload."""
    root = "".join(f"{name}." for name in event.root) if event else ""
    values = value_words(line.field.kind, lambda value: f"`{value}`")
    meaning = prose(line.field.meaning)
    return (
        f"`{line.path.removeprefix(root)}`",
        line.type_words,
        line.presence_words,
        "<br>".join(text for text in (meaning, values) if text),
    )


def intro(name: str) -> list[str]:
    """The paragraphs that introduce a family; where a line names sources too, these come apart."""
    paragraphs = [" ".join(text.split()) for text in introduction(name).strip().split("\n\n")]
    what, _, sources = re.sub(" (?=Sources?: )", "\n", paragraphs[0], count=1).partition("\n")
    return [prose(text) for text in (what, *paragraphs[1:], sources) if text]


def link(event: Event, page: str = "") -> str:
    """A link to *event* from the page of a family, or from the index."""
    place = "" if event.family == page else f"{event.family}.md"
    return f"[`{event.name}`]({place}#{event.name.lower().replace('.', '')})"


# The other pages


def checks() -> Iterator[str]:
    yield "# Checks\n"
    yield "The receiver contract: what `telnyx-mock check` and"
    yield "`pytest --pyargs pytest_telnyx_mock.contract` hold a receiver to. An *error* fails the run;"
    yield "a *warning* does with `--strict`; *advice* never does.\n"
    yield from table(
        ("check", "a receiver", "severity", "tried for"),
        (
            (f"[{id_}](#{id_})", prose(check.title), check.severity.value, check.scope.value)
            for id_, check in CONTRACT.items()
        ),
    )
    for id_, check in CONTRACT.items():
        yield f"## {id_}\n"
        yield f"A receiver **{prose(check.title)}**.\n"
        yield f"- Why: {prose(check.why)}"
        yield f"- Severity: {check.severity.value}; tried for {check.scope.value}"
        if check.source:
            yield f"- Source: <{check.source}>"
        yield f"- Fix: {prose(check.fix)}\n"


def failure_modes() -> Iterator[str]:
    yield "# Failure modes\n"
    yield "How receivers of Telnyx webhooks break: each of these was seen in a receiver, an SDK or an"
    yield "issue tracker. The checks beside it find it; where none can, or not all of it, it says why.\n"
    rows = []
    for mode in FAILURE_MODES:
        found = [f"[{id_}](checks.md#{id_})" for id_ in mode.checks(CONTRACT)]
        if len(found) > MOST_CHECKS:
            more = f"and {len(found) - MOST_CHECKS + 1} more of `{'`, `'.join(mode.judged_by)}`"
            found[MOST_CHECKS - 1 :] = [more]
        rows.append((str(mode.number), mode.failure, ", ".join(found) or "none", mode.limit))
    yield from table(("", "a receiver that", "is found by", "limits"), rows)


def forgeries() -> Iterator[str]:
    yield "# Forgeries\n"
    yield "What Telnyx would never send. What is *refused* must be answered 4xx, without any effect; what"
    yield "is *survived* may be accepted too, for it is as Telnyx signed it, and *ignored* may be answered"
    yield "in any way, without an effect; none may make a receiver fail. What anyone can send is an *error*"
    yield "to accept; what takes the key is a *warning* or *advice*, and so is what the sources leave open."
    yield "`telnyx-mock send EVENT TARGET --forge NAME` sends one.\n"
    for group in Group:
        members = [forgery for forgery in FORGERIES.values() if forgery.group is group]
        yield f"## {group.value.capitalize()}\n"
        yield from table(
            ("forgery", "expected", "severity", "a receiver that does otherwise"),
            (
                (f"`{one.name}`", one.expected.value, one.severity.value, prose(one.reason))
                for one in members
            ),
        )
    yield "## What the official Python SDK does not refuse\n"
    yield "Version 4.189 refuses all others with a `ValueError`. A receiver that leaves verification to it"
    yield "is right about these too, if it catches more than `ValueError`.\n"
    yield from table(
        ("forgery", "what happens"),
        ((f"`{name}`", prose(says)) for name, says in OFFICIAL_SDK.items()),
    )


def malformed() -> Iterator[str]:
    yield "# Malformed requests\n"
    yield "Rightly signed, and no sense in them. Only a holder of Telnyx's key could send one, so failing"
    yield "at it is worth *advice*; a receiver answers anything below 500, and does answer."
    yield "`telnyx-mock send EVENT TARGET --malform NAME` sends one.\n"
    yield from table(
        ("malformed as", "a receiver that fails"),
        ((f"`{one.name}`", prose(one.reason)) for one in MALFORMED.values()),
    )


def command_line() -> Iterator[str]:
    yield "# Command line\n"
    yield f"{paragraph(telnyx_mock.cli.telnyx_mock.help)}\n"
    _, *more = (telnyx_mock.cli.__doc__ or "").strip().split("\n\n")
    yield from (f"{prose(' '.join(text.split()))}\n" for text in more)
    root = click.Context(telnyx_mock.cli.telnyx_mock, info_name="telnyx-mock")
    yield from command_sections(telnyx_mock.cli.telnyx_mock, root)


def command_sections(group: click.Group, above: click.Context) -> Iterator[str]:
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=above)
        if isinstance(command, click.Group):
            yield from command_sections(command, context)
            continue
        yield f"## {context.command_path}\n"
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"```text\n{context.command_path} {usage}\n```\n"
        yield from (f"{paragraph(text)}\n" for text in (command.help or "").split("\n\n"))
        records = [
            parameter.get_help_record(context)
            for parameter in command.params
            if isinstance(parameter, click.Option)
        ]
        options = [(f"`{record[0]}`", paragraph(record[1])) for record in records if record]
        if options:
            yield from table(("option", "what it does"), options)


# Markdown


def table(heading: tuple[str, ...], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    for row in (heading, ["---"] * len(heading), *rows):
        cells = (cell.replace("|", r"\|") for cell in row)
        yield f"| {' | '.join(cells)} |"
    yield ""


def prose(text: str) -> str:
    """*text* from a docstring or a declaration; what is in double backticks is code."""
    parts = text.split("``")
    for number, part in enumerate(parts):
        parts[number] = f"`{part}`" if number % 2 else re.sub(r"([*<])", r"\\\1", part)
    return "".join(parts)


def paragraph(text: str | None) -> str:
    return prose(" ".join((text or "").split()))


ELSEWHERE = {"mutants.md"}
"""Pages in the same folder that another command writes: ``make mutants``."""


def main() -> None:
    """Write every page, and remove those that are no longer made."""
    expected = pages()
    for path in REFERENCE.glob("**/*.*"):
        if str(path.relative_to(REFERENCE)) not in {*expected, *ELSEWHERE}:
            path.unlink()
    for name, text in expected.items():
        place = REFERENCE / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


if __name__ == "__main__":
    main()
