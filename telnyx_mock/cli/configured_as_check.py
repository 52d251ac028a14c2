"""A command that takes from the settings of ``check`` what means the same to it, such as the receiver."""

from __future__ import annotations

from typing import Any

import click

from telnyx_mock.cli.check import command as check
from telnyx_mock.cli.config import ConfiguredCommand, presets

_OF_CHECK = frozenset(
    ["only", "exclude", "severity", "examples", "report", "html", "junit", "sarif", "code_quality"]
)
"""The settings that are about the rules and the reports of ``check``, although others have options of these names."""


class ConfiguredAsCheck(ConfiguredCommand):
    """A command whose settings are those of ``check``, but for those about its rules and reports."""

    def preset(self, context: click.Context) -> dict[str, Any]:
        """Return what is set in advance. Raises UsageError for an invalid setting of ``check``."""
        found = presets(check, context)
        return {name: value for name, value in found.items() if name not in _OF_CHECK}
