"""Collects the text of every reference page, by its path below docs/reference."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from scripts.reference import fault_pages
from scripts.reference.attack_pages import forgeries, malformed
from scripts.reference.command_line_page import command_line
from scripts.reference.event_pages import events_index, family_page
from scripts.reference.failure_modes import FAILURE_MODES
from scripts.reference.invariants_page import invariants
from scripts.reference.python_page import python_interface
from scripts.reference.rule_pages import failure_modes, rules
from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.attacks.malformed import MALFORMED
from telnyx_mock.catalogue.registry import all_events, families
from telnyx_mock.cli.check import command as check_command
from telnyx_mock.cli.config import schema
from telnyx_mock.contract.calls.invariants import INVARIANTS
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.kinds import KINDS

OTHER_PAGES = ("hostile.md", "mutants.md")
"""Pages in the same folder that are made of the tests (``make docs``, ``make mutants``)."""


def pages() -> dict[str, str]:
    """Return every generated page, by its path below docs/reference."""
    written = {
        "index.md": index(),
        "events/index.md": events_index(),
        **{f"events/{name}.md": family_page(name) for name in families()},
        "rules.md": rules(),
        "invariants.md": invariants(),
        "failure-modes.md": failure_modes(),
        "faults/index.md": fault_pages.index(),
        **{f"faults/{kind.id}.md": fault_pages.fault_page(kind) for kind in KINDS.values()},
        "forgeries.md": forgeries(),
        "malformed.md": malformed(),
        "cli.md": command_line(),
        "python.md": python_interface(),
        "config.schema.json": json.dumps(schema(check_command), indent=2).splitlines(),
    }
    return {path: _tidied("\n".join(text)) for path, text in written.items()}


def _tidied(text: str) -> str:
    """Return *text* with at most one blank line in a row, but for code: there they have a meaning."""
    parts = text.split("```")
    prose = (part if at % 2 else re.sub("\n{3,}", "\n\n", part) for at, part in enumerate(parts))
    return "```".join(prose).rstrip() + "\n"


def index() -> Iterator[str]:
    count = len(list(all_events()))
    yield "# Reference\n"
    yield from (
        f"- [Events](events/index.md): the {count} webhooks that Telnyx sends, field by field.",
        f"- [Rules](rules.md): the {len(CONTRACT)} rules of the receiver contract.",
        f"- [Invariants of calls](invariants.md): {len(INVARIANTS)} sentences that hold in every call.",
        f"- [Faults](faults/index.md): the {len(KINDS)} kinds of faults that a report names, with a "
        "receiver that has each, and the corrected code.",
        f"- [Failure modes](failure-modes.md): {len(FAILURE_MODES)} ways in which receivers break, "
        "and the rules that find them.",
        f"- [Forgeries](forgeries.md): {len(FORGERIES)} ways to forge a webhook.",
        f"- [Malformed requests](malformed.md): {len(MALFORMED)} requests that are correctly signed "
        "and make no sense.",
        "- [Faulty receivers](mutants.md): receivers with one fault each, and the rules that find it.",
        "- [Hostile receivers](hostile.md): broken and hostile servers and apps, and what a run says of "
        "each.",
        "- [Python interface](python.md): fixtures, settings of pytest, functions and classes.",
        "- [Command line](cli.md): every command, option and exit code.",
        "- [Settings](config.schema.json): the settings of `check` in pyproject.toml, as JSON Schema.\n",
        "`make docs` writes these pages from the code.",
    )
