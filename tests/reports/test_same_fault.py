"""Findings of one fault are one block, and those of two faults are two."""

from __future__ import annotations

from typing import Any

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.report import PLAIN_RULES
from telnyx_mock.reports.summary import Summary
from tests.reports import pages
from tests.reports.pages import result

INNER = '  File "/shop/store.py", line {line}, in save\n    row[name]\n{error}\n'


def crash(line: int = 7, error: str = "KeyError: 'from'", before: str = "") -> str:
    own = "Traceback (most recent call last):\n" + INNER.format(line=line, error=error)
    library = '  File "/usr/lib/python3.11/json.py", line 9, in loads\n'
    return before + own.replace(f"{error}\n", f"{library}{error}\n")


def finding(rule: str = "accepts-null", traceback: str = "", **more: Any) -> Finding:
    return pages.finding(rule, traceback=traceback, **more)


def faults(*findings: Finding) -> int:
    return len(Summary.of([result(each.rule, each.event, each) for each in findings]).faults)


def forged(*names: str, status: int = 200) -> list[Finding]:
    observed = f"{status} Something"
    return [finding(f"refuses-{name}", status=status, observed=observed) for name in names]


def test_an_exception_at_one_place_is_one_fault() -> None:
    same = finding(traceback=crash(error="KeyError: 'to'"), event="call.hangup")
    assert faults(finding(traceback=crash()), same) == 1
    assert faults(finding(traceback=crash()), finding(traceback=crash(line=8))) == 2
    assert faults(finding(traceback=crash()), finding(traceback=crash(error="TypeError"))) == 2


def test_exceptions_that_the_app_wraps_are_told_apart_by_their_origin() -> None:
    middle = "\nDuring handling of the above exception, another exception occurred:\n\n"
    wrapped = [
        finding(traceback=crash(99, "RuntimeError: failed", crash(line) + middle))
        for line in (7, 8, 8)
    ]
    assert faults(*wrapped) == 2


def test_the_changes_that_end_at_one_place_are_listed() -> None:
    found = [
        finding(traceback=crash(), fields=(f"payload.{name}",), decided=(f"no payload.{name}",))
        for name in ("from", "to", "direction")
    ]
    [fault] = Summary.of([result("accepts-absent", "call.initiated", *found)]).faults
    assert fault.other_changes == ("no payload.to", "no payload.direction")


def test_no_answer_is_the_same_after_any_time() -> None:
    late = [
        finding(status=None, observed=f"no answer (timeout) after {seconds} s", fields=("a",))
        for seconds in (5.0, 5.1)
    ]
    assert faults(*late) == 1


def test_forgeries_that_one_check_would_refuse_are_one_fault() -> None:
    assert faults(*forged("headers-missing", "signature-missing", "signature-empty")) == 1
    assert faults(*forged("timestamp-expired-1h", "timestamp-future-1h", "replay-expired")) == 1
    assert faults(*forged("timestamp-not-a-number", "timestamp-empty", status=500)) == 1
    assert faults(*forged("signature-not-base64", "signature-truncated", status=500)) == 1


def test_forgeries_that_take_different_checks_are_different_faults() -> None:
    names = (
        "headers-missing",
        "signature-random",
        "timestamp-expired-1h",
        "timestamp-missing",
        "timestamp-not-a-number",
        "body-changed",
        "replay-exact",
    )
    assert faults(*forged(*names)) == len(names)
    assert faults(*forged("timestamp-empty"), *forged("timestamp-empty", status=500)) == 2


def test_a_receiver_that_acts_before_it_verifies_has_one_fault() -> None:
    assert faults(*forged("headers-missing", "signature-random", "body-changed", status=401)) == 1


def test_a_receiver_that_verifies_nothing_has_one_fault() -> None:
    names = [rule.removeprefix("refuses-") for rule in sorted(PLAIN_RULES)]
    others = forged("timestamp-expired-1h", "signature-random")
    closed = finding("fails-closed", status=200, observed="200 OK")
    assert faults(*forged(*names), *others, closed) == 1
    assert faults(*others, closed) == 3
