"""The command line, ``telnyx-mock``. Each command has its own module, which loads on demand."""

from __future__ import annotations

import importlib
import logging
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from telnyx_mock._version import __version__
from telnyx_mock.cli.app_output import end
from telnyx_mock.cli.config import find_modules_beside_settings
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.own_fault import own_fault
from telnyx_mock.cli.show import drop_output
from telnyx_mock.errors import Hint, TelnyxMockError, UsageError, unknown
from telnyx_mock.visible import visible_line

__all__ = ["main", "telnyx_mock"]

COMMANDS = (
    "api", "calls", "capture", "check", "compare", "demo", "events", "explain", "forgeries", "keys", "phone",
    "play", "replay", "runs", "sample", "schema", "send", "sign", "verify",
)  # fmt: skip
"""The names of the commands; each module of the same name holds its command as ``command``."""

HINTS = {Hint.LOOSE: "Add --loose to send the value anyway."}
"""What to do about an error, in terms of command-line options."""


class CommandLine(click.Group):
    """The commands. Each loads when it is called, and each error is printed as one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"telnyx_mock.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise unknown("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            drop_output()
            raise click.exceptions.Exit(ExitCode.CLOSED_PIPE) from None

    def main(self, args: Sequence[str] | None = None, *extra: Any, **more: Any) -> NoReturn:
        """Run the command that *args* name, and end the process with its exit code."""
        try:
            code = super().main(args, *extra, **{**more, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as problem:
            echo(problem.format_message(), err=True)
            code = ExitCode.NOT_RUN
        except (click.ClickException, TelnyxMockError) as problem:
            echo(f"telnyx-mock: {visible_line(_sentence(problem))}", err=True)
            code = ExitCode.NOT_RUN
        except (click.Abort, KeyboardInterrupt):
            logging.disable()  # what the app logs now is only due to the interruption
            echo("telnyx-mock: Interrupted.", err=True)
            code = ExitCode.INTERRUPTED
        except Exception as error:
            echo(f"telnyx-mock: {visible_line(own_fault(error))}", err=True)
            code = ExitCode.NOT_RUN
        sys.exit(code or 0)


def _sentence(problem: Exception) -> str:
    if isinstance(problem, UsageError) and problem.hint:
        return f"{problem.problem} {HINTS[problem.hint]}"
    if not isinstance(problem, click.ClickException):
        return str(problem)
    # One word too many may be a key that stands beside its option.
    text = re.sub(
        r"(unexpected extra arguments?) \(.*\)", r"\1.", problem.format_message(), flags=re.DOTALL
    )
    if isinstance(problem, click.NoSuchOption) and not re.fullmatch(
        "-{1,2}[a-z-]{1,30}", problem.option_name
    ):
        text = "There is no such option."
    if isinstance(problem, click.UsageError) and problem.ctx:
        return f"{text} See: {problem.ctx.command_path} --help"
    return text


@click.group(
    "telnyx-mock", cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="telnyx-mock")
@click.pass_context
def telnyx_mock(context: click.Context) -> None:
    """Act as Telnyx in a test: send signed webhooks to a receiver, and judge its reactions."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False
    elif os.environ.get("FORCE_COLOR"):
        context.color = True  # in a pipe too, as logs of CI show colours
    find_modules_beside_settings()


def main() -> NoReturn:
    """Run the command line, and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may lack a character that was sent
            stream.reconfigure(errors="backslashreplace")
    logging.raiseExceptions = False  # an app may log to a stream that is closed by then
    try:
        telnyx_mock.main(prog_name="telnyx-mock")
    except SystemExit:
        end()
        raise
