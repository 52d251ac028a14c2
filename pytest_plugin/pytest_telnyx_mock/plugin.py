"""The entry point for pytest: options, the environment of the app under test, and hooks.

The module imports only the standard library and pytest. It loads the core if a test asks for it, or
if an app is named, because the app's environment must be ready before the app is imported.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from pytest_telnyx_mock import catching, coverage, strict_commands
from pytest_telnyx_mock.cases import pytest_generate_tests as pytest_generate_tests
from pytest_telnyx_mock.fixtures import _telnyx_binding as _telnyx_binding
from pytest_telnyx_mock.fixtures import _telnyx_runner as _telnyx_runner
from pytest_telnyx_mock.fixtures import pytest_fixture_setup as pytest_fixture_setup
from pytest_telnyx_mock.fixtures import pytest_runtest_setup as pytest_runtest_setup
from pytest_telnyx_mock.fixtures import telnyx_api as telnyx_api
from pytest_telnyx_mock.fixtures import telnyx_api_server as telnyx_api_server
from pytest_telnyx_mock.fixtures import telnyx_app_with_keys as telnyx_app_with_keys
from pytest_telnyx_mock.fixtures import telnyx_drain as telnyx_drain
from pytest_telnyx_mock.fixtures import telnyx_failover_receiver as telnyx_failover_receiver
from pytest_telnyx_mock.fixtures import telnyx_key as telnyx_key
from pytest_telnyx_mock.fixtures import telnyx_mock as telnyx_mock
from pytest_telnyx_mock.fixtures import telnyx_probe as telnyx_probe
from pytest_telnyx_mock.fixtures import telnyx_receiver as telnyx_receiver
from pytest_telnyx_mock.fixtures import telnyx_server_receiver as telnyx_server_receiver
from pytest_telnyx_mock.key import key_of
from pytest_telnyx_mock.known import read_known
from pytest_telnyx_mock.options import OPTIONS, Options, add_options, read_options
from pytest_telnyx_mock.reporting import pytest_runtest_makereport as pytest_runtest_makereport
from pytest_telnyx_mock.reporting import pytest_terminal_summary as pytest_terminal_summary
from pytest_telnyx_mock.strict_commands import pytest_runtest_call as pytest_runtest_call

MOST_WORKERS = 256
"""The most workers of xdist that may send to a named receiver; a large machine has as many cores."""


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config,
) -> Generator[None]:
    """Set the public key before a conftest can import the app, which may read the key at import."""
    options = read_options(early_config, early_config.known_args_namespace)
    early_config.stash[OPTIONS] = options
    if options.names_app:
        from telnyx_mock.transports.environment import (
            added_variables,
            receiver_environment,
            variables,
            without_key,
        )

        with _usage_errors():
            key = key_of(early_config)
            added = added_variables(options.settings.env)
            if not _starts_workers(early_config):
                added = {**without_key(options.settings.key), **added}
        stack = ExitStack()
        stack.enter_context(receiver_environment(key.public_key))
        stack.enter_context(variables(added))
        early_config.add_cleanup(stack.close)
    return (yield)


def _starts_workers(config: pytest.Config) -> bool:
    """Whether this process starts workers of xdist, which read the same environment as this one."""
    given = config.known_args_namespace
    several = getattr(given, "numprocesses", None) or getattr(given, "tx", None)
    return bool(several) and "PYTEST_XDIST_WORKER" not in os.environ


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", strict_commands.ABOUT)
    options = read_options(config, config.option)
    config.stash[OPTIONS] = options
    settings = options.settings
    if settings.events:
        from telnyx_mock.catalogue.registry import select

        with _usage_errors():
            select(settings.events)
    _bound_workers(config, options)
    selects = settings.only or settings.exclude or settings.severity
    if selects and not settings.rules_from and not _offered():
        from telnyx_mock.contract.rules.registry import chosen

        with _usage_errors():
            chosen(settings.only, settings.exclude, named=settings.rules_with_severity)
    with _usage_errors():
        read_known(config, options.baseline)
    if options.journal:
        from pytest_telnyx_mock.journal import Keeper

        with _usage_errors():
            config.pluginmanager.register(Keeper(config))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what a worker counted to the controller."""
    for part in (coverage, catching):
        part.leave_to_controller(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the controller, add what a worker that has ended counted."""
    for part in (coverage, catching):
        part.take_from_worker(node)


def _bound_workers(config: pytest.Config, options: Options) -> None:
    """Refuse more workers of xdist than a receiver can serve, or than its budget has requests.

    Raises pytest.UsageError.
    """
    workers = len(getattr(config.option, "tx", None) or ())
    if options.target and workers > MOST_WORKERS:
        raise pytest.UsageError(
            f"{workers} workers are too many for {options.target}: at most {MOST_WORKERS} may send to "
            "it at a time. Give a smaller -n."
        )
    if options.settings.api and workers > 1:
        raise pytest.UsageError(
            f"{workers} workers cannot all listen on port {options.settings.api} (telnyx_api). Give no -n, or "
            "let the fixture telnyx_server_receiver start your server: then each worker has its own."
        )
    requests = options.settings.max_requests
    if requests and workers > requests:
        raise pytest.UsageError(
            f"{workers} workers cannot share {requests} requests. Give a smaller -n, or raise "
            "--telnyx-max-requests."
        )


def _offered() -> bool:
    """Whether an installed package offers rules, which may import the app, and so load later."""
    from telnyx_mock.installed import offered

    return bool(offered())


@contextmanager
def _usage_errors() -> Iterator[None]:
    """Let pytest show a usage error as a sentence, and exit with pytest's code for usage errors."""
    from telnyx_mock.errors import UsageError

    try:
        yield
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
