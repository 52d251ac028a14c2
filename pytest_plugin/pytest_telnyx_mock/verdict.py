"""Turns the end of a check into the outcome of a pytest test, and into data on its report."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pytest_telnyx_mock.known import aside, entries_of, is_known
from pytest_telnyx_mock.options import OPTIONS
from telnyx_mock.settings import options
from telnyx_mock.visible import visible

if TYPE_CHECKING:  # the core loads when a test asks for it
    from telnyx_mock.contract.engine.result import Result
    from telnyx_mock.contract.engine.rule_runner import Runner

RESULT = pytest.StashKey[dict[str, Any]]()
"""The place where a contract test keeps its result, as JSON."""

PROBLEM = pytest.StashKey[str]()
"""The place where a test keeps the reason why no request could be sent."""


def judge(request: pytest.FixtureRequest, runner: Runner, rule: str, subject: str) -> None:
    """Try one rule of the contract in the test of *request*; the test ends as the check ends.

    Warnings and advice pass. If the settings are strict, warnings fail. A check that fails only by
    known faults is expected to fail.
    """
    __tracebackhide__ = True
    from telnyx_mock.contract.engine.finding import FindingFailure
    from telnyx_mock.contract.engine.result import Outcome
    from telnyx_mock.errors import TelnyxMockError
    from telnyx_mock.severity import Severity

    try:
        known = entries_of(request, runner.rules)
        runner.is_known = partial(is_known, request, known)
        result = runner.run(runner.rules[rule], subject)
    except TelnyxMockError as error:
        give_up(request, error)
    if not request.config.stash[OPTIONS].target:
        result = _with_pytest_command(result, request)
    found = aside(request, known, result)
    [result] = found.results
    request.node.stash[RESULT] = result.to_json()
    failing = {Severity.ERROR}
    if request.config.stash[OPTIONS].settings.strict:
        failing.add(Severity.WARNING)
    findings = tuple(finding for finding in result.findings if finding.severity in failing)
    if findings:
        raise FindingFailure(findings, found.notes)
    if result.outcome is Outcome.KNOWN:
        pytest.xfail(visible(f"known: {'; '.join(map(str, found.known))}"))
    if result.outcome is Outcome.INCONCLUSIVE:
        pytest.fail(visible(f"inconclusive: {in_pytest(result.note)}"), pytrace=False)
    if result.outcome is Outcome.SKIPPED:
        pytest.skip(visible(in_pytest(result.note)))


def _with_pytest_command(result: Result, request: pytest.FixtureRequest) -> Result:
    """Return *result* with the command that runs this test, for only a fixture makes the receiver."""
    place, node = [], request.node.nodeid
    if request.module.__name__.startswith("pytest_telnyx_mock."):
        place, node = ["--pyargs"], f"{request.module.__name__}::{request.node.name}"
    command = shlex.join(["pytest", *place, node])
    findings = tuple(replace(each, reproduce=command, replay="") for each in result.findings)
    return replace(result, findings=findings)


def in_pytest(sentence: str) -> str:
    """Return *sentence* with the options of the command line as those of pytest."""
    if "--telnyx-" in sentence:
        return sentence
    names = "|".join(option.name for option in options())
    return re.sub(rf"(?<![\w-])--({names})(?![\w-])", r"--telnyx-\1", sentence)


def give_up(request: pytest.FixtureRequest, error: Exception) -> NoReturn:
    """Fail the test with one sentence, because there is no receiver to judge.

    The contract stops there, because every other check would fail with the same sentence.
    """
    __tracebackhide__ = True
    sentence = in_pytest(str(error))
    request.node.stash[PROBLEM] = sentence
    if "telnyx_rule" in request.fixturenames:
        request.session.shouldfail = sentence
    raise pytest.fail.Exception(f"{type(error).__name__}: {sentence}", pytrace=False) from None
