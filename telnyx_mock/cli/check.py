"""``telnyx-mock check``: the contract against a receiver, and a verdict."""

from __future__ import annotations

import importlib.util
import math
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

import click

from telnyx_mock.catalogue.registry import EVERYTHING, select
from telnyx_mock.cli.bounds import Bounds, bounds_options
from telnyx_mock.cli.collect import run_contract
from telnyx_mock.cli.command_line import again
from telnyx_mock.cli.config import ConfiguredCommand
from telnyx_mock.cli.exits import Exit, exit_for
from telnyx_mock.cli.number import Number, Whole
from telnyx_mock.cli.plan import show_plan
from telnyx_mock.cli.progress import Progress
from telnyx_mock.cli.target import Target, plugin_options, target_options
from telnyx_mock.contract.engine.settings import SUCCESSES, Settings
from telnyx_mock.contract.rules.registry import chosen
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import FOLDER, Folder
from telnyx_mock.reports.files import prepare, write
from telnyx_mock.reports.html import html_report
from telnyx_mock.reports.json_report import json_report
from telnyx_mock.reports.run import Run
from telnyx_mock.reports.summary import Summary
from telnyx_mock.reports.terminal import terminal_report
from telnyx_mock.signing.keys import KeyPair

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


def _seconds(
    context: click.Context, parameter: click.Parameter, value: float | None
) -> float | None:
    if value is not None and not (value >= 0.001 and math.isfinite(value)):
        raise click.BadParameter(f"{value} is no time to wait; give seconds, such as 2.")
    return value


def _reports(files: Mapping[str, Path | None]) -> dict[str, Path]:
    """The *files* that are asked for, by option. Raises UsageError where two are one."""
    asked = {option: file for option, file in files.items() if file is not None}
    first: dict[str, str] = {}
    for option, file in asked.items():
        other = first.setdefault(os.path.realpath(file), option)
        if other != option:
            raise UsageError(f"{other} and {option} both name {file}; give each a file of its own.")
    return asked


@click.command("check", cls=ConfiguredCommand)
@click.argument("target")
@target_options
@bounds_options
@click.option(
    "--events",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Only these: 'call.*'; '*' is all in JSON, 'texml.*' all forms.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="CHECK",
    help="Only these checks: accepts-null, 'refuses-*'.",
)
@click.option(
    "--examples",
    type=Whole(min=1),
    metavar="N",
    help="Generated webhooks per event; 50 if not given.",
)
@click.option("--seed", type=Whole(min=0), metavar="N", help="Makes what is generated repeatable.")
@click.option(
    "--deadline",
    type=Number(),
    metavar="SECONDS",
    callback=_seconds,
    help="Seconds to answer in; 2 if not given.",
)
@click.option(
    "--success",
    type=click.Choice(SUCCESSES),
    help="Which answer counts as success: 200, or any 2xx; 200 if not given.",
)
@click.option(
    "--probe",
    metavar="WHAT",
    help="Shows the app's work: MODULE:FUNCTION, or an address to read back.",
)
@click.option(
    "--failover",
    metavar="TARGET",
    help="The receiver at the failover address: as TARGET, or /PATH of the first one.",
)
@click.option(
    "--app-with-keys",
    metavar="MODULE:FUNCTION",
    help="Makes the app for a list of public keys, to try whether they can be changed.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print findings and the verdict, and no more.")
@click.option("--report", type=FILE, help="Write JSON here.")
@click.option("--html", type=FILE, help="Write a page for people here: HTML, in one file.")
@click.option("--junit", type=FILE, help="Write JUnit XML here.")
@click.option(
    "--journal/--no-journal",
    default=True,
    help=f"Keep every delivery in {FOLDER}/, for 'runs', 'replay' and 'compare'; it does.",
)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option(
    "-n",
    "--workers",
    type=Whole(min=0),
    metavar="N",
    default=0,
    help="Worker processes (xdist).",
)
@click.option(
    "--use-project-config", is_flag=True, help="Run under this project's pytest settings."
)
@click.option("--dry-run", is_flag=True, help="Print which checks would be tried; send nothing.")
@click.pass_context
def command(
    context: click.Context,
    target: str,
    path: str | None,
    key: str | None,
    hosts: tuple[str, ...],
    headers: tuple[str, ...],
    ca_bundle: str | None,
    max_requests: int | None,
    rate: float | None,
    forgeries_only: bool,
    patterns: tuple[str, ...],
    only: tuple[str, ...],
    examples: int | None,
    seed: int | None,
    deadline: float | None,
    success: str | None,
    probe: str | None,
    failover: str | None,
    app_with_keys: str | None,
    quiet: bool,
    report: Path | None,
    html: Path | None,
    junit: Path | None,
    journal: bool,
    strict: bool,
    workers: int,
    use_project_config: bool,
    dry_run: bool,
) -> None:
    """Run the receiver contract against TARGET and say what is wrong with it.

    TARGET is an address (http://localhost:8000/webhooks) or an app that can be imported from
    here (myapp:app, or myapp:create_app()). An app in process gets its public key in
    TELNYX_PUBLIC_KEY before it is imported; a server in another process needs the key pair of
    'telnyx-mock keys new'.

    Whether a webhook is handled once is seen in the commands that the app sends to Telnyx while
    it is being checked, and in what --probe reads: whatever the function returns is compared.

    TARGET and each option can be set in pyproject.toml, in [tool.telnyx-mock] by the same name,
    or in the environment, as in TELNYX_MOCK_MAX_REQUESTS. What is said here goes first, then the
    environment, then the file.

    Exit code: 0 no error found; 1 errors found; 2 not run; 3 something inconclusive.
    """
    select(patterns or EVERYTHING)
    chosen(only)
    if key is not None:
        KeyPair.load(key)
    if workers and importlib.util.find_spec("xdist") is None:
        raise UsageError("-n needs pytest-xdist; install it with: pip install pytest-xdist")
    reports = _reports({"--report": report, "--html": html, "--junit": junit})
    receiver = Target(target, path, key, hosts, headers, ca_bundle or "")
    bounds = Bounds(max_requests, rate, forgeries_only)
    if dry_run:
        show_plan(receiver, patterns, only, bounds, (failover or "", probe or ""))
        return
    for file in reports.values():
        prepare(file)
    run_id = secrets.token_hex(4)
    if journal:
        try:
            Folder(Path(FOLDER)).begin(run_id)
        except UsageError as problem:  # a run is worth more than its journal
            click.echo(f"telnyx-mock: {problem} The run goes on without it.", err=True)
            journal = False
    seed = secrets.randbelow(2**32) if seed is None else seed
    options = [
        *plugin_options(receiver),
        *bounds.options(),
        *(f"--telnyx-events={pattern}" for pattern in patterns),
        *(f"--telnyx-only={check}" for check in only),
        *([f"--telnyx-examples={examples}"] if examples is not None else []),
        *([f"--telnyx-deadline={deadline}"] if deadline is not None else []),
        *([f"--telnyx-success={success}"] if success is not None else []),
        *([f"--telnyx-probe={probe}"] if probe is not None else []),
        *([f"--telnyx-failover={failover}"] if failover is not None else []),
        *([f"--telnyx-app-with-keys={app_with_keys}"] if app_with_keys is not None else []),
        *([f"--telnyx-journal={run_id}"] if journal else []),
        *(["--telnyx-strict"] if strict else []),
        f"--telnyx-seed={seed}",
    ]
    with Progress() as progress:
        collected = run_contract(
            options,
            heard=progress.heard,
            workers=workers,
            use_project_config=use_project_config,
        )
    results = collected.results
    if results:
        if report is not None:
            write(report, json_report(run_id, target, seed, results))
        if html is not None:
            run = Run(
                run_id,
                target,
                seed,
                ended=time.time(),
                deadline=Settings().deadline if deadline is None else deadline,
                strict=strict,
                command=again(context, seed=seed),
                trouble=tuple(collected.trouble),
            )
            write(html, html_report(run, results))
        if junit is not None:
            write(junit, collected.junit)
        click.echo(terminal_report(Summary.of(results), seed, quiet=quiet))
    code = exit_for(results, strict=strict)
    if collected.trouble:
        sentence = "\n".join(collected.trouble)
        if code is not Exit.ERRORS:
            raise UsageError(sentence)
        click.echo(f"telnyx-mock: {sentence}", err=True)
    elif not results:
        raise UsageError("There was nothing to check: no check applies to these events.")
    context.exit(code)
