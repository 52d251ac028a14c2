"""``telnyx-mock explain``: print the facts about an event, a rule, a kind of fault or an invariant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import click

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.cli.completion import complete_explained
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.loaded_rules import loaded_rules
from telnyx_mock.cli.options import settings_options
from telnyx_mock.cli.table import print_table
from telnyx_mock.contract.calls.invariants import INVARIANTS, Invariant
from telnyx_mock.contract.engine.reason import NAMED
from telnyx_mock.contract.engine.rule import Rule, Scope
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.explained import fix_as_code, fix_in_words, known_by
from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.kinds import KINDS
from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.reports.terminal import wrapped
from telnyx_mock.schema.describe import STATUSES, Line, lines, signature
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.kind_wording import value_words

LABEL = 15
"""The columns for the label of a fact."""


@click.command("explain")
@click.argument("name", required=False, shell_complete=complete_explained)
@settings_options("rules_from")
@click.pass_context
def command(context: click.Context, name: str | None, rules_from: tuple[str, ...]) -> None:
    """Explain an event, a rule, a fault or an invariant; without NAME, list all but the events.

    For an event, this prints what triggers it, which events come before and after, and each field.
    For a rule, this prints its reason, and how to fix a finding. Rules of your own are those of
    --rules-from, or of the settings of 'check', and those of installed packages. For a fault that a report names, this prints who can
    do what harm, by which rules the fault is known, and the fix as code. For an invariant of 'calls', it prints
    the reason and the fix.
    """
    rules = loaded_rules(context, rules_from)
    if name is None:
        rows = [(rule.id, rule.severity.value, rule.title) for rule in rules.values()]
        print_table(("rule", "severity", "a receiver"), rows)
        echo("")
        print_table(("fault", "what is wrong"), [(kind.id, kind.title) for kind in KINDS.values()])
        echo("")
        sentences = [(each.id, each.severity.value, each.title) for each in INVARIANTS.values()]
        print_table(("invariant of calls", "severity", "a receiver"), sentences)
        return
    if name in KINDS:
        _print_kind(KINDS[name])
        return
    if name in rules:
        _print_rule(rules[name])
        return
    if name in INVARIANTS:
        _print_invariant(INVARIANTS[name])
        return
    found = _event(name, rules)
    echo(click.style(found.name, bold=True), colours=True)
    for line in (*wrapped(found.trigger, "  ", "  "), "", *_facts(found)):
        echo(line)
    root = ".".join(found.root)
    inside = [line for line in lines(found) if not root or line.path.startswith(f"{root}.")]
    around = [line for line in lines(found) if line not in inside]
    _print_fields(f"Payload, in {root}" if root else "Fields", inside, len(found.root))
    _print_fields("Envelope", around, 0)


def _event(name: str, rules: Iterable[str]) -> Event:
    try:
        return find(name)
    except UsageError:
        known = {*rules, *KINDS, *INVARIANTS, *(event.name for event in all_events())}
        raise unknown("event, rule, fault or invariant", name, known) from None


def _print_rule(rule: Rule) -> None:
    facts = {
        "Rule": f"A receiver {rule.title}.",
        "Why": rule.why,
        "Fix": rule.fix,
        "Severity": rule.severity.value,
        "Tried for": _tried_for(rule),
        "Source": rule.source,
    }
    _print_facts(rule.id, facts)


def _tried_for(rule: Rule) -> str:
    """Return for what *rule* is tried; a rule of the user's names its events."""
    names = [event.name for event in all_events() if rule.applies(event)]
    if rule.id in CONTRACT or rule.scope is not Scope.EVENT or len(names) == len([*all_events()]):
        return rule.scope.value
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _print_kind(kind: FaultKind) -> None:
    facts = {
        "Fault": kind.title,
        "Harm": kind.harm,
        "Who": kind.who.value,
        "Known by": known_by(kind),
        "Fix": fix_in_words(kind),
    }
    _print_facts(kind.id, facts)
    if text := fix_as_code(kind):
        echo("")
        for line in text.splitlines():
            echo(click.style(f"    {line}".rstrip(), fg="green"), colours=True)


def _print_invariant(invariant: Invariant) -> None:
    facts = {
        "Invariant": f"In every call, a receiver {invariant.title}.",
        "Why": invariant.why,
        "Fix": invariant.fix,
        "Severity": invariant.severity.value,
    }
    _print_facts(invariant.id, facts)


def _print_facts(heading: str, facts: Mapping[str, str]) -> None:
    echo(click.style(heading, bold=True), colours=True)
    for label, text in facts.items():
        for line in wrapped(text, f"  {label:{LABEL}}", " " * (LABEL + 2)):
            echo(line)


def _facts(event: Event) -> Iterator[str]:
    facts = {
        "Family": event.family,
        "Operation": event.operation or "",
        "Status": f"{event.status.value} ({STATUSES[event.status]})",
        "Content type": event.content_type.value,
        "Signature": signature(event),
        "Before it": ", ".join(event.before),
        "After it": ", ".join(event.after),
        "Reply": event.reply,
        "Note": event.note,
        "Documentation": event.url,
    }
    for label, text in facts.items():
        if text:
            yield from wrapped(text, f"  {label:{LABEL}}", " " * (LABEL + 2))


def _print_fields(heading: str, fields: Iterable[Line], outermost: int) -> None:
    for number, line in enumerate(fields):
        if number == 0:
            echo(f"\n{click.style(heading, bold=True)}", colours=True)
        margin = "  " * (line.depth - outermost + 1)
        name = line.field.name
        origin = f"; from {line.origin_words}" if line.origin_words else ""
        text = f"{name}  {line.type_words}, {line.presence_words}{origin}"
        first, *more = wrapped(text, margin, f"{margin}    ")
        styled = click.style(name, bold=True)
        echo(margin + styled + first.removeprefix(margin + name), colours=True)
        for text in (line.field.meaning, value_words(line.field.kind)):
            more += wrapped(text.replace("``", ""), f"{margin}    ", f"{margin}    ")
        for rest in more:
            echo(rest)
