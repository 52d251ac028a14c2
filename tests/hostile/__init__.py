"""Hostile receivers. Importing :func:`all_cases` registers none; calling it registers all."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from tests.hostile.case import CASES, Case


def all_cases() -> dict[str, Case]:
    """Import every module in ``servers`` and ``apps``, which registers the cases in it."""
    for room in ("servers", "apps"):
        package = import_module(f"{__name__}.{room}")
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    return CASES
