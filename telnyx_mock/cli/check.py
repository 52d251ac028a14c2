"""``telnyx-mock check``: the contract against a receiver, and a verdict."""

from __future__ import annotations

import secrets
import shlex
from pathlib import Path

import click

from telnyx_mock.checks.finding import Result
from telnyx_mock.cli.collect import run_contract
from telnyx_mock.cli.exits import exit_for
from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import select
from telnyx_mock.reports.json_report import json_report, write_json_report
from telnyx_mock.reports.summary import Summary

__all__ = ["command"]


@click.command("check")
@click.argument("target")
@click.option("--path", default=None, help="Where webhooks go, such as /webhooks.")
@click.option(
    "--events", "patterns", multiple=True, metavar="PATTERN", help="Only these: 'call.*'."
)
@click.option("--examples", type=click.IntRange(min=1), help="Generated webhooks per event.")
@click.option("--seed", type=int, help="Makes what is generated repeatable.")
@click.option(
    "--deadline", type=click.FloatRange(min=0, min_open=True), help="Seconds to answer in."
)
@click.option("--key", metavar="REF", help="The private key: env:NAME or file:PATH.")
@click.option("--allow-host", "hosts", multiple=True, metavar="HOST", help="Allow sending to it.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write JSON here.")
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML here."
)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option(
    "-n", "workers", type=click.IntRange(min=0), default=0, help="Worker processes (xdist)."
)
@click.option(
    "--use-project-config", is_flag=True, help="Run under this project's pytest settings."
)
@click.pass_context
def command(
    context: click.Context,
    target: str,
    path: str | None,
    patterns: tuple[str, ...],
    examples: int | None,
    seed: int | None,
    deadline: float | None,
    key: str | None,
    hosts: tuple[str, ...],
    report: Path | None,
    junit: Path | None,
    strict: bool,
    workers: int,
    use_project_config: bool,
) -> None:
    """Run the receiver contract against TARGET and say what is wrong with it.

    TARGET is an address (http://localhost:8000/webhooks) or an app that can be imported from
    here (myapp:app, or myapp:create_app()). An app in process gets its public key in
    TELNYX_PUBLIC_KEY before it is imported; a server in another process needs the key pair of
    'telnyx-mock keys new'.

    Exit code: 0 no error found; 1 errors found; 2 not run; 3 something inconclusive.
    """
    select(patterns or ("*",))
    where = "--telnyx-url" if "://" in target else "--telnyx-app"
    options = [f"{where}={target}"]
    options += [f"--telnyx-events={pattern}" for pattern in patterns]
    options += [f"--telnyx-allow-host={host}" for host in hosts]
    for option, value in (
        ("--telnyx-path", path),
        ("--telnyx-examples", examples),
        ("--telnyx-seed", seed),
        ("--telnyx-deadline", deadline),
        ("--telnyx-key", key),
        ("--junit-xml", junit),
    ):
        if value is not None:
            options.append(f"{option}={value}")
    if workers and not _has_xdist():
        raise UsageError("-n needs pytest-xdist; install it with: pip install pytest-xdist")

    from rich.console import Console

    from telnyx_mock.cli.present import show

    console = Console(highlight=False)
    with _Progress(console) as progress:
        collected = run_contract(
            options,
            heard=progress.heard,
            workers=workers,
            use_project_config=use_project_config,
        )
    if collected.trouble:
        raise UsageError(collected.trouble[0])
    if report is not None:
        write_json_report(report, json_report(secrets.token_hex(4), target, collected.results))
    if not collected.results:
        raise UsageError("There was nothing to check: no check applies to these events.")
    where = f"{target} --path {shlex.quote(path)}" if path else target
    show(console, where, Summary.of(collected.results))
    context.exit(exit_for(collected.results, strict=strict))


def _has_xdist() -> bool:
    import importlib.util

    return importlib.util.find_spec("xdist") is not None


class _Progress:
    """One line that says what is being checked; nothing where the output is no terminal."""

    def __init__(self, console: object) -> None:
        from rich.console import Console

        assert isinstance(console, Console)
        self.status = console.status("") if console.is_terminal else None
        self.done = 0

    def __enter__(self) -> _Progress:
        if self.status is not None:
            self.status.start()
        return self

    def heard(self, result: Result) -> None:
        self.done += 1
        if self.status is not None:
            self.status.update(f"{self.done} checks done: {result.check} {result.event}")

    def __exit__(self, *exc: object) -> None:
        if self.status is not None:
            self.status.stop()
