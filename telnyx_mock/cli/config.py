"""What is set beforehand for ``telnyx-mock check``: in pyproject.toml, and in the environment.

The settings are the options of the command, by the same names, and what an option allows, a
setting does. An option goes before the environment, that before the file, that before the default.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.schema.json_values import Json

__all__ = ["ConfiguredCommand", "schema", "settings"]

TABLE = "telnyx-mock"
FILE = "pyproject.toml"
PREFIX = "TELNYX_MOCK_"
DRY_RUN = "dry-run"
"""What is only ever asked for: set beforehand, it would let every run pass without a judgement."""


class ConfiguredCommand(click.Command):
    """A command whose arguments and options may be set beforehand."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raises UsageError for a setting that will not do, in one sentence that says where it is."""
        if not {*ctx.help_option_names} & {*args}:
            ctx.default_map = {**_from_file(self, ctx), **_from_environment(self, ctx)}
        return super().parse_args(ctx, args)


def settings(command: click.Command) -> dict[str, click.Parameter]:
    """What can be set for *command*, by name: that of the argument, or of the option in full."""
    named: dict[str, click.Parameter] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            named[str(parameter.name)] = parameter
        else:
            named[max(parameter.opts, key=len).removeprefix("--")] = parameter
    named.pop(DRY_RUN, None)
    return named


def _from_file(command: click.Command, context: click.Context) -> dict[str, Any]:
    """The settings of the nearest pyproject.toml that has a table for them."""
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
            raise UsageError(f"{name} in {where} takes {_kind(parameter)}, not {value!r}.")
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
        except (OSError, ValueError) as error:
            raise UsageError(f"{os.path.relpath(file)} cannot be read: {error}.") from None
        table = _table_in(document.get("tool"), os.path.relpath(file))
        if table is not None:
            yield from ((file, name, value) for name, value in table.items())
            return


def _table_in(tools: object, where: str) -> Mapping[str, object] | None:
    """Our table among the *tools* of the file *where*; None where it has none."""
    if not isinstance(tools, Mapping):
        return None
    if TABLE not in tools:
        near = difflib.get_close_matches(TABLE, map(str, tools), n=1, cutoff=0.85)
        if near:
            raise UsageError(
                f"There is no tool {near[0]!r} to set in {where}; write [tool.{TABLE}]."
            )
        return None
    table = tools[TABLE]
    if not isinstance(table, Mapping):
        raise UsageError(f"{TABLE} in [tool] of {where} is a table, [tool.{TABLE}], not {table!r}.")
    return table


def _no_dry_run(what: str) -> UsageError:
    return UsageError(
        f"{what} would let every run end without a judgement; ask for it with --{DRY_RUN} alone."
    )


def _from(folder: Path, parameter: click.Parameter, value: Any) -> Any:
    """*value*, where it names a file, as it is seen from *folder*, in which the settings are."""
    if isinstance(parameter.type, click.Path):
        return str(folder / value)
    if parameter.name == "key" and value.startswith("file:"):
        return f"file:{folder / value.removeprefix('file:')}"
    return value


def _from_environment(command: click.Command, context: click.Context) -> dict[str, Any]:
    """The settings in the environment. What is empty there is not set."""
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
            # A header holds blanks, and the rest of what can be repeated does not.
            several = text.splitlines() if name == "header" else text.split()
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
    """The JSON Schema of a pyproject.toml with settings for *command*: draft 7, for editors."""
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
    if isinstance(parameter.type, (click.IntRange, click.FloatRange)) and (
        parameter.type.min is not None
    ):
        kind["minimum"] = parameter.type.min
    if _is_list(parameter):
        kind = {"type": "array", "items": kind}
    return {"description": about or "What is checked: an address, or an app to import.", **kind}
