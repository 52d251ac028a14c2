"""One test for each check of the contract, and each event or family that it is run for."""

from __future__ import annotations

import pytest

from pytest_telnyx_mock.verdict import judge
from telnyx_mock.contract.engine.campaign import Campaign


def test_contract(
    request: pytest.FixtureRequest,
    telnyx_campaign: Campaign,
    telnyx_check: str,
    telnyx_subject: str,
) -> None:
    """The receiver keeps one rule of the contract."""
    __tracebackhide__ = True
    judge(request, telnyx_campaign, telnyx_check, telnyx_subject)
