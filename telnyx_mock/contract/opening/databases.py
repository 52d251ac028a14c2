"""Tells which databases an app in this process uses that do not look like those of a test."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

_VARIABLE = re.compile(r"(?:.*_)?DATABASE_UR[LI]|DB_UR[LI]")
"""The variables in which apps usually find the address of their database."""

_MEMORY = (":memory:", "mode=memory")


def warning(chosen: Collection[str]) -> str:
    """Return a sentence about the first database that is not a test's; empty if there is none.

    The app is imported already. *chosen* are the variables that the user set for this run.
    """
    for name, where, instead in (*_in_environment(chosen), *_in_django(chosen)):
        if not _is_for_tests(name):
            return (
                f"The app may write into the database {name} ({where}), which is not a test's by its "
                f"name. To give it another, or to confirm this one, add {instead}"
            )
    return ""


def _in_environment(chosen: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the databases that variables name, without user names and passwords."""
    for variable in sorted(os.environ):
        if variable in chosen or not _VARIABLE.fullmatch(variable) or not os.environ[variable]:
            continue
        try:
            parts = urlsplit(os.environ[variable])
            name = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
        except ValueError:
            continue
        name += f"?{parts.query}" if any(mark in parts.query for mark in _MEMORY) else ""
        yield name, variable, f"--env {variable}=..."


def _in_django(chosen: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the databases in the settings of Django, if the app has loaded them."""
    conf: Any = sys.modules.get("django.conf")
    variable = "DJANGO_SETTINGS_MODULE"
    if conf is None or not conf.settings.configured or variable in chosen:
        return
    for alias, database in conf.settings.DATABASES.items():
        engine, name = str(database.get("ENGINE", "")), str(database.get("NAME", ""))
        if name and not engine.endswith(".dummy"):
            yield name, f"{alias} in Django's DATABASES", f"--env {variable}=..."


def _is_for_tests(name: str) -> bool:
    path = name.rpartition("://")[2]
    if not path or path == "/" or any(mark in name for mark in _MEMORY):
        return True
    in_temporary_folder = tempfile.gettempdir() in path
    return "test" in name.lower() or in_temporary_folder
