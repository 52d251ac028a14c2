"""The receiver contract: run its rules against a receiver, and report what breaks them."""

from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.rule import Rule
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.run_contract import run

__all__ = ["Cause", "Finding", "Reason", "Report", "Result", "Rule", "Why", "run"]
