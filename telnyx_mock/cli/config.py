"""Reads the settings of ``check``, which others share, from pyproject.toml and the environment.

The settings have the names of the command's options, and allow the same values. The command line
overrides the environment, the environment overrides the file, and the file overrides the default.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.schema.json_values import Json

TABLE = "telnyx-mock"
FILE = "pyproject.toml"
PREFIX = "TELNYX_MOCK_"
DRY_RUN = "dry-run"
"""The option that cannot be set in advance, because every run would then pass without a verdict."""

OF_THE_MOMENT = ("last-failed", "watch", "write-baseline")
"""The options that cannot be set in advance either, because they are about one moment."""

_SECRET = ("key", "header", "env")
"""The settings whose values may be secrets, at least by mistake."""

_SHOWN = 100
"""The most characters of a wrong value that an error shows."""


class ConfiguredCommand(click.Command):
    """A command whose arguments and options can be set in advance."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*. Raises UsageError for an invalid setting, and says where it is."""
        if not ({*ctx.help_option_names} & {*args} or ctx.resilient_parsing):
            ctx.default_map = self.preset(ctx)
        return super().parse_args(ctx, args)

    def preset(self, context: click.Context) -> dict[str, Any]:
        """Return what is set in advance. Raises UsageError for an invalid setting, and says where it is."""
        return presets(self, context)


def presets(command: click.Command, context: click.Context) -> dict[str, Any]:
    """Return the settings of *command* that are set in advance, by the names of its parameters.

    Raises UsageError for an invalid setting, and says where it is.
    """
    return {**_from_file(command, context), **_from_environment(command, context)}


def find_modules_beside_settings() -> None:
    """Let the modules that the settings of a folder above name be found, after those of this folder.

    It is so for each command, because one prints what another is to repeat. Only 'check' says
    what is wrong with the file.
    """
    with contextlib.suppress(UsageError):
        first = next(_table(), None)
        here, beside = Path.cwd(), first and first[0].parent
        if beside not in (None, here) and str(beside) not in sys.path:
            sys.path[:0] = [str(here), str(beside)]


def settings(command: click.Command) -> dict[str, click.Parameter]:
    """Return the settings of *command* by name: the argument's name, or the option's full name."""
    named: dict[str, click.Parameter] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            named[str(parameter.name)] = parameter
        else:
            named[max(parameter.opts, key=len).removeprefix("--")] = parameter
    named.pop(DRY_RUN, None)
    for name in OF_THE_MOMENT:
        named.pop(name, None)
    return named


def _from_file(command: click.Command, context: click.Context) -> dict[str, Any]:
    """Return the settings of the nearest pyproject.toml that has a table for them."""
    known = settings(command)
    values = {}
    for file, name, value in _table():
        where = f"[tool.{TABLE}] of {os.path.relpath(file)}"
        if name == DRY_RUN:
            raise _no_dry_run(f"{name} in {where}")
        if name not in known:
            raise unknown("setting", name, known, where=f"in {where}")
        parameter = known[name]
        if not _fits(parameter, value):
            raise UsageError(
                f"{name} in {where} must be {_kind(parameter)}{_instead(name, value)}."
            )
        value = _from(file.parent, parameter, value)
        values[str(parameter.name)] = _converted(parameter, context, value, f"{name} in {where}")
    return values


def _table() -> Iterator[tuple[Path, str, object]]:
    here = Path.cwd()
    for file in (folder / FILE for folder in (here, *here.parents)):
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except RecursionError:
            raise UsageError(f"{os.path.relpath(file)} is nested too deeply.") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"{os.path.relpath(file)} cannot be read: {error}.") from None
        table = _table_in(document.get("tool"), os.path.relpath(file))
        if table is not None:
            yield from ((file, name, value) for name, value in table.items())
            return


def _table_in(tools: object, where: str) -> Mapping[str, object] | None:
    """Return our table among the *tools* of the file *where*; None if the file has none."""
    if not isinstance(tools, Mapping):
        return None
    if TABLE not in tools:
        near = difflib.get_close_matches(TABLE, map(str, tools), n=1, cutoff=0.85)
        if near:
            raise UsageError(
                f"Nothing reads the table {near[0]!r} in {where}; write [tool.{TABLE}]."
            )
        return None
    table = tools[TABLE]
    if not isinstance(table, Mapping):
        raise UsageError(f"{TABLE} in [tool] of {where} must be a table, [tool.{TABLE}].")
    return table


def _instead(name: str, value: object) -> str:
    """Say in an error what stands in place of a good value; a key may stand where its name belongs."""
    shown = repr(value)
    return "" if name in _SECRET or len(shown) > _SHOWN else f", not {shown}"


def _no_dry_run(what: str) -> UsageError:
    return UsageError(
        f"{what} would let every run end without a verdict; use --{DRY_RUN} only on the "
        "command line."
    )


def _from(folder: Path, parameter: click.Parameter, value: Any) -> Any:
    """Return *value*. If it names a file, resolve it in *folder*, where the settings are."""
    if isinstance(parameter.type, click.Path):
        return str(folder / value)
    if parameter.name == "key" and value.startswith("file:"):
        return f"file:{folder / value.removeprefix('file:')}"
    return value


def _from_environment(command: click.Command, context: click.Context) -> dict[str, Any]:
    """Return the settings in the environment. An empty variable counts as not set."""
    values = {}
    known = {
        PREFIX + name.upper().replace("-", "_"): name for name in (*settings(command), DRY_RUN)
    }
    for variable in os.environ:
        if variable.startswith(PREFIX) and variable not in known:
            raise unknown("setting", variable, known, where="in the environment")
    for variable, name in known.items():
        text = os.environ.get(variable)
        if text and name == DRY_RUN:
            raise _no_dry_run(f"{variable} in the environment")
        if text:
            parameter = settings(command)[name]
            # A header and a value may hold blanks, and the rest of what can be repeated does not.
            several = text.splitlines() if name in ("header", "env") else text.split()
            value = several if _is_list(parameter) else text
            values[str(parameter.name)] = _converted(parameter, context, value, variable)
    return values


def _converted(parameter: click.Parameter, context: click.Context, value: Any, where: str) -> Any:
    try:
        return parameter.process_value(context, value)
    except click.BadParameter as problem:
        raise UsageError(f"{where}: {problem.message.rstrip('.')}.") from None


def _is_list(parameter: click.Parameter) -> bool:
    return bool(parameter.multiple) if isinstance(parameter, click.Option) else False


def _json_type(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return "boolean"
    if isinstance(parameter.type, click.types.IntParamType):
        return "integer"
    return "number" if isinstance(parameter.type, click.types.FloatParamType) else "string"


PYTHON: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
}
WORDS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
}


def _kind(parameter: click.Parameter) -> str:
    return "a list of texts" if _is_list(parameter) else WORDS[_json_type(parameter)]


def _fits(parameter: click.Parameter, value: object) -> bool:
    if _is_list(parameter):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    kind = _json_type(parameter)
    return isinstance(value, PYTHON[kind]) and isinstance(value, bool) == (kind == "boolean")


def schema(command: click.Command) -> dict[str, Json]:
    """Return the JSON Schema (draft 7) of a pyproject.toml with settings for *command*."""
    table: dict[str, Json] = {
        "type": "object",
        "description": f"Settings of telnyx-mock {command.name}.",
        "additionalProperties": False,
        "properties": {
            name: _property(parameter) for name, parameter in sorted(settings(command).items())
        },
    }
    tool = {"type": "object", "properties": {TABLE: table}}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"{FILE} with [tool.{TABLE}]",
        "type": "object",
        "properties": {"tool": tool},
    }


def _property(parameter: click.Parameter) -> dict[str, Json]:
    about = parameter.help if isinstance(parameter, click.Option) else None
    kind: dict[str, Json] = {"type": _json_type(parameter)}
    if isinstance(parameter.type, click.Choice):
        kind["enum"] = list(parameter.type.choices)
    if isinstance(parameter.type, (click.IntRange, click.FloatRange)):
        bounds = {"minimum": parameter.type.min, "maximum": parameter.type.max}
        kind |= {name: bound for name, bound in bounds.items() if bound is not None}
    if _is_list(parameter):
        kind = {"type": "array", "items": kind}
    return {
        "description": about or ("The receiver to check: an address, or an app to import."),
        **kind,
    }
