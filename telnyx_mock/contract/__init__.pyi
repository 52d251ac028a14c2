"""The public names of the contract; ``lazy_loader`` reads them at run time."""

from .calls.calls_report import CallsReport as CallsReport
from .calls.invariants import Invariant as Invariant
from .calls.invariants import Violation as Violation
from .calls.run_calls import run_calls as run_calls
from .engine.finding import Cause as Cause
from .engine.finding import Finding as Finding
from .engine.reason import Reason as Reason
from .engine.reason import Why as Why
from .engine.result import Result as Result
from .engine.rule import Rule as Rule
from .report import Report as Report
from .run_contract import run as run
