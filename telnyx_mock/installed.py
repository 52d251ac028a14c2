"""Finds the rules and forgeries that installed packages offer as entry points."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from telnyx_mock.errors import UsageError

GROUP = "telnyx_mock.rules"
"""The group of entry points; each names a module, or one rule or forgery in it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a package offers under one *name*."""

    name: str
    _entry: EntryPoint

    def load(self) -> tuple[object, ...]:
        """Import what is offered: all that a module holds, or one object.

        Raises UsageError if that fails.
        """
        try:
            value = self._entry.load()
        except (Exception, SystemExit) as error:
            package = self._entry.dist.name if self._entry.dist else "unknown"
            raise UsageError(
                f"The entry point {self.name} = {self._entry.value} ({GROUP}) of the package "
                f"{package} could not be loaded: {type(error).__name__}: {error}. Mend or uninstall "
                "the package."
            ) from error
        return tuple(vars(value).values()) if isinstance(value, ModuleType) else (value,)


def offered() -> tuple[Offer, ...]:
    """Return what installed packages offer, in the order of the names. Nothing is imported."""
    found = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    return tuple(Offer(entry.name, entry) for entry in found)
