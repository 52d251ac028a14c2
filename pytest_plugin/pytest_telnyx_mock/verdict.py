"""From how a check ended to what pytest makes of it, and to what its report carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pytest_telnyx_mock.options import OPTIONS

if TYPE_CHECKING:
    from pytest_telnyx_mock.options import Options
    from telnyx_mock.contract.engine.campaign import Campaign
    from telnyx_mock.contract.reproduce.target import Target

__all__ = ["RESULT", "TROUBLE", "give_up", "judge"]

RESULT = pytest.StashKey[dict[str, Any]]()
"""Where an item of the contract keeps its result, as JSON."""

TROUBLE = pytest.StashKey[str]()
"""Where an item, or the session for all of them, keeps why nothing could be sent."""


def judge(request: pytest.FixtureRequest, campaign: Campaign, check: str, subject: str) -> None:
    """Run one check of the contract in the test of *request*, which ends as the check does.

    Warnings and advice pass, unless the run is strict: then warnings fail.
    """
    __tracebackhide__ = True
    from telnyx_mock.contract.engine.finding import FindingFailure
    from telnyx_mock.contract.rules.registry import CONTRACT
    from telnyx_mock.errors import TelnyxMockError
    from telnyx_mock.severity import Outcome, Severity

    try:
        result = campaign.run(CONTRACT[check], subject)
        in_process = campaign.emulator.receiver.in_process
    except TelnyxMockError as error:
        give_up(request, error)
    result = _target(request.config.stash[OPTIONS]).named_in(result, in_process=in_process)
    request.node.stash[RESULT] = result.to_json()
    failing = {Severity.ERROR}
    if request.config.stash[OPTIONS].strict:
        failing.add(Severity.WARNING)
    findings = tuple(finding for finding in result.findings if finding.severity in failing)
    if findings:
        raise FindingFailure(findings)
    if result.outcome is Outcome.INCONCLUSIVE:
        pytest.fail(f"inconclusive: {result.note}", pytrace=False)
    if result.outcome is Outcome.SKIPPED:
        pytest.skip(result.note)


def _target(options: Options) -> Target:
    """The receiver as the options name it; where a fixture gives it, it is for the user to name."""
    from telnyx_mock.contract.reproduce.command import TARGET
    from telnyx_mock.contract.reproduce.target import Target

    return Target(
        options.target or TARGET,
        None if options.path == "/" else options.path,
        options.key or None,
        options.allow_hosts,
        options.headers,
        options.ca_bundle,
        options.events,
        _judged_by(options),
    )


def _judged_by(options: Options) -> tuple[str, ...]:
    """What the command line says beside the receiver, for a check to come to the same again."""
    told = {
        "--deadline": "" if options.deadline == 2 else f"{options.deadline:g}",
        "--probe": options.probe,
        "--failover": options.failover,
        "--app-with-keys": options.app_with_keys,
        "--success": "" if options.success == "200" else options.success,
        "--max-requests": "" if options.max_requests is None else str(options.max_requests),
        "--rate": "" if options.rate is None else f"{options.rate:g}",
    }
    words = [word for name, text in told.items() if text for word in (name, text)]
    return (*words, *(["--forgeries-only"] if options.forgeries_only else []))


def give_up(request: pytest.FixtureRequest, error: Exception) -> NoReturn:
    """Fail the test with one sentence, for there is no receiver that could be judged.

    The contract stops there: it would say the same of every check.
    """
    __tracebackhide__ = True
    request.node.stash[TROUBLE] = str(error)
    if "telnyx_check" in request.fixturenames:
        request.session.shouldfail = str(error)
    raise pytest.fail.Exception(f"{type(error).__name__}: {error}", pytrace=False) from None
