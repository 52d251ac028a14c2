"""The command line, ``telnyx-mock``. One module per command; each loads when it is called.

Exit codes: 0 judged, no error found; 1 errors found; 2 not run (usage, configuration, a guard
rail, nothing to judge); 3 something inconclusive, and no error.
"""

from __future__ import annotations

import importlib
import sys

import click

from telnyx_mock._version import __version__
from telnyx_mock.errors import TelnyxMockError

__all__ = ["main"]

COMMANDS = {
    "check": "telnyx_mock.cli.check",
    "demo": "telnyx_mock.cli.demo",
    "events": "telnyx_mock.cli.events",
    "forgeries": "telnyx_mock.cli.forgeries",
    "keys": "telnyx_mock.cli.keys",
    "sample": "telnyx_mock.cli.sample",
    "send": "telnyx_mock.cli.send",
    "sign": "telnyx_mock.cli.sign",
    "verify": "telnyx_mock.cli.verify",
}
"""Where each command is; the module's ``command`` is the click command."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name]).command
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="telnyx-mock")
def telnyx_mock() -> None:
    """Be Telnyx, for a test: send signed webhooks at a receiver and judge how it behaves."""


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    try:
        code = telnyx_mock.main(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as problem:
        problem.show()
        code = 2
    except TelnyxMockError as problem:
        click.echo(f"telnyx-mock: {problem}", err=True)
        code = 2
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)
