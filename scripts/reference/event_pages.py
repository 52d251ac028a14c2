"""Writes a page for each family of events in the catalogue, and the index of these pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from click.testing import CliRunner

from scripts.reference.markdown import prose, table
from telnyx_mock.catalogue.registry import all_events, families, family, find, introduction
from telnyx_mock.cli.sample import command as sample
from telnyx_mock.schema.describe import STATUSES, Line, lines, signature
from telnyx_mock.schema.event import ContentType, Event, Status
from telnyx_mock.schema.kind_wording import value_words


def events_index() -> Iterator[str]:
    yield "# Events\n"
    yield "The webhooks that Telnyx sends, by family. `telnyx-mock explain EVENT` prints one of them on a"
    yield "terminal, `telnyx-mock schema EVENT` writes its JSON Schema, and `telnyx-mock events --json`"
    yield "writes the list for tools.\n"
    yield from table(
        ("family", "what", "events"),
        ((f"[{name}]({name}.md)", intro(name)[0], str(len(family(name)))) for name in families()),
    )
    yield "## How to read the pages\n"
    yield "**Field** is a path that starts at the payload. `webhook(...)`, `telnyx_mock.send(...)` and"
    yield "`--set` take the same paths.\n"
    yield "**Present** says when the field is there: *always*; *optional*, if it may be absent; or *while*"
    yield "a condition holds on other fields of the payload or of the same list item. *May be null* is"
    yield "added where it applies.\n"
    yield "**From** says who decides the value: *Telnyx*; *the caller* or sender, an untrusted person; or"
    yield "*the app*, if the value is one that the app gave in a command, or that its owner set in the portal.\n"
    yield "**Status** says how certain it is that Telnyx sends an event today:\n"
    yield from (f"- *{status.value}*: {meaning}." for status, meaning in STATUSES.items())
    yield "\nPhone numbers in samples come from ranges reserved for fiction, so no test can ring a person.\n"
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
        yield "Telnyx sends the fields as a form: one line of percent-encoded names and values, joined by"
        yield "`&`. Every value in a form is text; the types below say how to read the text.\n"
    yield from table(
        ("event", "when", "status"),
        ((link(event, name), prose(event.trigger), event.status.value) for event in events),
    )
    shared, _ = Counter(map(envelope, events)).most_common(1)[0]
    if shared:
        alone = all(envelope(event) == shared for event in events)
        yield "## The envelope\n"
        which = "Every event" if alone else "Every event without an envelope of its own"
        yield f"{which} comes in this envelope:\n"
        yield from table(FIELD_HEADING, shared)
    for event in events:
        yield from event_section(event, shared)


FIELD_HEADING = ("field", "type", "present", "from", "meaning")


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
        yield "Telnyx publishes nothing about the payload.\n"
    if envelope(event) != shared and envelope(event):
        yield "The event has an envelope of its own:\n"
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
    """Return the rows of the fields around the payload, without the name of the event."""
    own_name = f"<br>always `{event.name}`"
    return tuple(
        tuple(cell.removesuffix(own_name) for cell in field_row(line))
        for line in lines(event)
        if not in_payload(line, event)
    )


def field_row(line: Line, event: Event | None = None) -> tuple[str, ...]:
    """Return the field as a row of a table. If *event* is given, the path starts at the payload."""
    root = "".join(f"{name}." for name in event.root) if event else ""
    values = value_words(line.field.kind, lambda value: f"`{value}`")
    meaning = prose(line.field.meaning)
    return (
        f"`{line.path.removeprefix(root)}`",
        line.type_words,
        line.presence_words,
        line.origin_words,
        "<br>".join(text for text in (meaning, values) if text),
    )


def intro(name: str) -> list[str]:
    """Return the introduction of a family. The sources are a separate paragraph."""
    paragraphs = [" ".join(text.split()) for text in introduction(name).strip().split("\n\n")]
    what, _, sources = re.sub(" (?=Sources?: )", "\n", paragraphs[0], count=1).partition("\n")
    return [prose(text) for text in (what, *paragraphs[1:], sources) if text]


def link(event: Event, page: str = "") -> str:
    """Return a link to *event* from the page of a family, or from the index."""
    place = "" if event.family == page else f"{event.family}.md"
    return f"[`{event.name}`]({place}#{event.name.lower().replace('.', '')})"
