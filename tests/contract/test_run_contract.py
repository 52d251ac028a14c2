"""The contract as a library call."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock import contract
from telnyx_mock.contract import Result
from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.journal import Folder
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.environment import receiver_environment
from tests.receivers.correct import Event, Receiver
from tests.receivers.faults import BAD
from tests.receivers.faults.fields import NeedsState

CALL: dict[str, Any] = {"events": ["call.initiated"], "examples": 2, "seed": 1}
FEW: dict[str, Any] = {**CALL, "only": ["accepts-*"], "exclude": ["accepts-generated"]}


def test_a_correct_app_has_no_finding() -> None:
    report = contract.run(Receiver, **FEW)
    assert report.judged
    assert (report.findings, report.inconclusive, report.problem) == ((), (), "")
    assert {result.rule for result in report.results} >= {"accepts-sample", "accepts-null"}
    assert "accepts-generated" not in {result.rule for result in report.results}


@pytest.mark.slow
@pytest.mark.parametrize("by_caller", [False, True])
def test_the_garbage_collector_spares_the_app_only_during_the_run(by_caller: bool) -> None:
    spared = set()

    class Counting(Receiver):
        def act(self, event: Event) -> int:
            spared.add(gc.get_freeze_count() > 0)
            return 200

    gc.unfreeze()  # what the conftest of all tests spares
    if by_caller:
        gc.freeze()
    try:
        assert contract.run(Counting, **FEW).errors == ()
        assert (gc.get_freeze_count() > 0) is by_caller
    finally:
        gc.freeze()
    assert spared == {True}


def test_a_fault_is_found_and_the_command_names_the_target() -> None:
    report = contract.run("tests.receivers.faults.fields:NeedsState()", **FEW)
    assert {finding.rule for finding in report.errors} >= {"accepts-absent"}
    command = report.findings[0].command
    assert command.startswith(
        "telnyx-mock send call.initiated 'tests.receivers.faults.fields:NeedsState()'"
    )


def test_an_app_can_be_given_in_any_way() -> None:
    key = KeyPair.generate()

    @contextmanager
    def managed() -> Iterator[Receiver]:
        yield Receiver()

    with receiver_environment(key.public_key):
        ready = Receiver()
    for target in (managed(), Receiver, ready, AsgiReceiver(ready)):
        assert contract.run(target, key=key, **FEW).errors == ()
    assert contract.run(NeedsState, **FEW).errors


def test_warnings_are_errors_where_the_settings_are_strict() -> None:
    only = {**CALL, "only": ["refuses-timestamp-future-1h"]}
    faulty = BAD["refuses-timestamp-future-1h"].receiver
    mild = contract.run(faulty, **only)
    strict = contract.run(faulty, strict=True, **only)
    assert (len(mild.errors), len(strict.errors)) == (0, 1)


def test_each_result_is_reported_as_it_comes() -> None:
    heard: list[tuple[Result, int]] = []
    report = contract.run(Receiver, on_result=lambda *each: heard.append(each), **FEW)
    assert tuple(result for result, _ in heard) == report.results
    assert {planned for _, planned in heard} == {len(heard)}


def test_a_journal_is_kept_where_a_folder_is_named(tmp_path: Path) -> None:
    report = contract.run(Receiver, journal=tmp_path / "kept", run_id="nightly", **FEW)
    run = Folder(tmp_path / "kept").run("nightly")
    assert report.run_id == "nightly"
    assert run.count() == sum(result.deliveries for result in report.results)


@pytest.mark.parametrize(
    "settings",
    [
        {"events": ["call.intiated"]},
        {"only": ["acepts-null"]},
        {"exclude": ["*"]},
        {"events": ["call.initiated"], "only": ["answers-xml-as-xml"]},
        {"key": "env:NO_SUCH_KEY"},
        {"examples": 0},
        {"probe": 7},
    ],
    ids=str,
)
def test_a_mistake_is_a_usage_error_before_anything_is_sent(settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        contract.run(Receiver, **settings)


def test_a_receiver_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(DeliveryError, match="could not be reached"):
        contract.run("http://127.0.0.1:9/", **FEW)


def test_a_run_that_ends_early_keeps_its_results_and_says_why() -> None:
    class Leaving(AsgiReceiver):
        left = 10

        def send(self, request: Any, *, timeout: float) -> Any:
            self.left -= 1
            if self.left < 0:
                raise DeliveryError("the shop has closed")
            return super().send(request, timeout=timeout)

    report = contract.run(lambda: Leaving(Receiver()), **CALL)
    assert report.problem == "the shop has closed"
    assert report.results


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", "production")
    contract.run(Receiver, **FEW)
    assert os.environ["TELNYX_PUBLIC_KEY"] == "production"


@pytest.mark.slow
def test_no_call_of_the_app_leaves_after_a_run() -> None:
    script = (
        "import httpx, socket; from telnyx_mock import contract\n"
        "contract.run('telnyx_mock.demo.receiver:app', events=['call.initiated'], only=['accepts-*'])\n"
        "assert httpx.post('https://api.telnyx.com/v2/rooms').status_code == 200\n"
        "socket.getaddrinfo('api.telnyx.com', 443)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].startswith("socket.gaierror: [Errno -2] telnyx-mock:")
