"""One test for each rule of the contract and each subject on which the rule is tried."""

from __future__ import annotations

import pytest

from pytest_telnyx_mock.verdict import judge
from telnyx_mock.contract.engine.rule_runner import Runner


@pytest.mark.usefixtures("_telnyx_runner")
def test_contract(
    request: pytest.FixtureRequest,
    telnyx_rule: str,
    telnyx_subject: str,
) -> None:
    """The receiver keeps one rule of the contract."""
    __tracebackhide__ = True
    runner: Runner = request.getfixturevalue("_telnyx_runner")
    judge(request, runner, telnyx_rule, telnyx_subject)
