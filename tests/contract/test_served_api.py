"""The effects of a receiver in another process are judged if the fake API is served to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock.contract import run
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.api_server import ApiServer
from telnyx_mock.patience import Patience
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.loopback_server import HOST
from telnyx_mock.transports.server_process import ServerProcess, free_port
from tests.receivers.elsewhere import BEFORE_IT_VERIFIES, TWICE

pytestmark = pytest.mark.slow  # they start processes

ROOT = Path(__file__).parents[2]
ONCE, VERIFIES = "idempotent-when-redelivered", "refuses-headers-missing"
KEY = KeyPair.generate()
HASTY = Patience(effect=0.3, late_effect=0.5, idle=0.3, first_effect=0.2)
"""The receiver here acts before it answers."""


@contextmanager
def elsewhere(fault: str, api: int) -> Iterator[str]:
    """The address of a receiver with this *fault* in a process of its own; *api* is where it sends commands."""
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "TELNYX_PUBLIC_KEY": KEY.public_key,
        "TELNYX_BASE_URL": f"http://{HOST}:{api}/v2",
    }
    words = ["python", "-m", "tests.receivers.elsewhere", fault]
    server = ServerProcess(words, port, environment, cwd=ROOT)
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture(scope="module")
def judged() -> Callable[..., dict[str, Result]]:
    """Judge a receiver with a fault, and return the result of each rule."""

    def judge(fault: str, *, serves: bool, calls: bool = True) -> dict[str, Result]:
        api = free_port()
        with elsewhere(fault, api if calls else free_port()) as address:
            report = run(
                address,
                api=api if serves else None,
                key=KEY,
                events=["call.initiated"],
                patience=HASTY,
                only=[ONCE, VERIFIES, "commands-known-calls"],
            )
        return {each.rule: each for each in report.results}

    return judge


@pytest.mark.parametrize(("fault", "rule"), [(TWICE, ONCE), (BEFORE_IT_VERIFIES, VERIFIES)])
def test_a_fault_that_only_commands_show_is_found(judged: Any, fault: str, rule: str) -> None:
    results = judged(fault, serves=True)
    assert [each.rule for each in results.values() if each.outcome is not Outcome.PASSED] == [rule]
    [finding] = results[rule].findings
    assert "the receiver sent the command speak" in finding.message


def test_a_correct_receiver_passes(judged: Any) -> None:
    assert {each.outcome for each in judged("", serves=True).values()} == {Outcome.PASSED}


def test_without_the_api_no_command_is_judged(judged: Any) -> None:
    results = judged(TWICE, serves=False)
    assert results[ONCE].why is Why.EFFECTS_UNSEEN
    assert results["commands-known-calls"].why is Why.NEEDS_COMMANDS
    assert "--api PORT" in results[ONCE].note


def test_a_receiver_that_never_calls_the_api_is_said_to_be_so(judged: Any) -> None:
    result = judged(TWICE, serves=True, calls=False)[ONCE]
    assert result.why is Why.API_NOT_CALLED
    assert "TELNYX_BASE_URL=http://127.0.0.1:" in result.note


def test_a_port_that_is_taken_is_one_sentence() -> None:
    server = ApiServer()
    try:
        with pytest.raises(UsageError, match=f"cannot listen on port {server.port}"):
            run("http://127.0.0.1:9/", api=server.port, key=KEY)
    finally:
        server.close()
