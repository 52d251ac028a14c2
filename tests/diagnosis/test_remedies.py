"""The code that verifies, pasted into an app, makes a receiver that keeps the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from telnyx_mock import contract
from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.report import PLAIN_RULES, Report
from telnyx_mock.diagnosis.remedies import Remedy, code
from telnyx_mock.signing.keys import KeyPair
from tests.diagnosis.remedied import (
    IN_PROCESS,
    PATH,
    VERIFIERS,
    check_in_django,
    factory,
    serving,
)

EVENTS = ("call.initiated", "call.hangup")
PLAINEST = ("accepts-sample", *sorted(PLAIN_RULES), "refuses-timestamp-expired-1h")

NOT_IN_THE_CODE = "accepts-key-spelling"
"""Advice: the SDK takes any text for a key, and then refuses everything with it."""

LONGEST = {Framework.ASGI: 23, Framework.WSGI: 23, Framework.AIOHTTP: 21}
"""How many lines the code has that reads the body and answers by itself, or catches what is malformed."""


def verified(framework: Framework, verifier: Verifier) -> str:
    return code(Remedy.VERIFY, framework, verifier)


def checked(target: Any, **settings: Any) -> Report:
    return contract.run(target, path=PATH, events=EVENTS, **settings)


def require_kept(report: Report) -> None:
    """Nothing is found, although each forgery was sent."""
    assert report.complete
    assert {finding.rule for finding in report.findings} <= {NOT_IN_THE_CODE}
    passed = {each.rule for each in report.results if each.outcome is Outcome.PASSED}
    assert passed >= set(PLAINEST)


@pytest.mark.parametrize(
    ("framework", "verifier"),
    [
        *((framework, Verifier.PYNACL) for framework in IN_PROCESS),
        *((Framework.FLASK, verifier) for verifier in (Verifier.SDK, Verifier.CRYPTOGRAPHY)),
    ],
)
def test_the_code_verifies(framework: Framework, verifier: Verifier) -> None:
    require_kept(checked(factory(framework, verified(framework, verifier)), only=PLAINEST))


def test_code_that_does_not_verify_is_found_out() -> None:
    """The tests here can fail."""
    text = verified(Framework.FLASK, Verifier.PYNACL).replace("return False", "return True")
    assert {*PLAIN_RULES} <= {each.rule for each in checked(factory(Framework.FLASK, text)).errors}


@pytest.mark.long
@pytest.mark.parametrize("framework", IN_PROCESS)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_the_code_keeps_the_contract(framework: Framework, verifier: Verifier) -> None:
    require_kept(checked(factory(framework, verified(framework, verifier))))


@pytest.mark.long
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_the_code_keeps_the_contract_in_django(verifier: Verifier, tmp_path: Path) -> None:
    events = [word for event in EVENTS for word in ("--events", event)]
    report = check_in_django(verified(Framework.DJANGO, verifier), tmp_path, *events)
    assert report["findings"] == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("framework", "verifier"),
    [
        *((Framework.AIOHTTP, each) for each in VERIFIERS),
        (Framework.EXPRESS, Verifier.SDK),
        (Framework.EXPRESS, Verifier.UNKNOWN),
    ],
)
def test_the_code_keeps_the_contract_over_http(
    framework: Framework, verifier: Verifier, tmp_path: Path
) -> None:
    key = KeyPair.generate()
    with serving(framework, verified(framework, verifier), tmp_path, key) as address:
        require_kept(checked(address, key=key))


@pytest.mark.parametrize("verifier", Verifier)
def test_nothing_starts_without_the_key(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELNYX_PUBLIC_KEY", raising=False)
    with pytest.raises(KeyError, match="TELNYX_PUBLIC_KEY"):
        factory(Framework.FLASK, verified(Framework.FLASK, verifier))()


@pytest.mark.parametrize("framework", Framework)
@pytest.mark.parametrize("verifier", Verifier)
def test_the_code_is_short(framework: Framework, verifier: Verifier) -> None:
    lines = [line for line in verified(framework, verifier).splitlines() if line]
    assert len(lines) <= LONGEST.get(framework, 18)


@pytest.mark.parametrize("framework", Framework)
@pytest.mark.parametrize("remedy", Remedy)
def test_the_lines_fit_on_a_screen(framework: Framework, remedy: Remedy) -> None:
    for verifier in Verifier:
        text = code(remedy, framework, verifier, member="data.payload.call_quality_stats.inbound")
        assert max(map(len, text.splitlines())) <= 100
