"""Findings of one fault are explained by one, and those of two faults by two."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.diagnosis.kinds import KINDS
from tests.reports import pages
from tests.reports.pages import result

INNER = '  File "/shop/store.py", line {line}, in save\n    row[name]\n{error}\n'


def crash(line: int = 7, error: str = "KeyError: 'from'", before: str = "") -> str:
    own = "Traceback (most recent call last):\n" + INNER.format(line=line, error=error)
    library = '  File "/usr/lib/python3.11/json.py", line 9, in loads\n'
    return before + own.replace(f"{error}\n", f"{library}{error}\n")


def finding(rule: str = "accepts-null", traceback: str = "", **more: Any) -> Finding:
    return pages.finding(rule, traceback=traceback, **more)


def kinds(*findings: Finding, kept: str = "") -> list[str]:
    """The kinds of the faults that explain *findings*, in a run that the rules in *kept* passed."""
    results = [result(each.rule, each.event, each) for each in findings]
    results += [result(rule, "call.initiated") for rule in kept.split()]
    return [fault.kind.id for fault in diagnose(results)]


def faults(*findings: Finding) -> int:
    return len(kinds(*findings))


def forged(*names: str, status: int = 200) -> list[Finding]:
    observed = f"{status} Something"
    return [finding(f"refuses-{name}", status=status, observed=observed) for name in names]


def test_an_exception_at_one_place_is_one_fault() -> None:
    same = finding(traceback=crash(error="KeyError: 'to'"), event="call.hangup")
    assert faults(finding(traceback=crash()), same) == 1
    assert faults(finding(traceback=crash()), finding(traceback=crash(line=8))) == 2
    assert faults(finding(traceback=crash()), finding(traceback=crash(error="TypeError"))) == 1


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
    [fault] = diagnose([result("accepts-absent", "call.initiated", *found)])
    assert fault.other_changes == ("no payload.to", "no payload.direction")


def test_no_answer_is_the_same_after_any_time() -> None:
    late = [
        finding(status=None, observed=f"no answer (timeout) after {seconds} s", fields=("a",))
        for seconds in (5.0, 5.1)
    ]
    assert faults(*late) == 1


PLAIN = ("headers-missing", "signature-missing", "signature-by-another-key", "body-changed")


def test_a_receiver_that_verifies_nothing_has_one_fault_whatever_else_it_accepts() -> None:
    others = forged("timestamp-expired-1h", "signature-random", "body-one-byte")
    closed = finding("fails-closed", status=200, observed="200 OK")
    assert kinds(*forged(*PLAIN), *others, closed) == ["verifies-nothing"]


def test_one_plain_forgery_that_is_refused_rules_out_that_nothing_is_verified() -> None:
    kept = "refuses-signature-by-another-key refuses-body-changed"
    assert kinds(*forged(*PLAIN[:2]), kept=kept) == ["verifies-only-with-signature"]
    kept = "refuses-signature-missing"
    found = forged("signature-by-another-key", "body-changed", "signature-random")
    assert kinds(*found, kept=kept) == ["checks-only-presence"]


def test_an_event_that_is_verified_rules_out_that_nothing_is_verified() -> None:
    kept = " ".join(f"refuses-{name}" for name in PLAIN)
    assert kinds(*forged(*PLAIN), kept=kept) == ["skips-verification-of-some-events"]


def test_forgeries_dropped_in_silence_are_not_taken_for_verified_nothing() -> None:
    dropped = [replace(each, cause=Cause.DROPPED) for each in forged(*PLAIN)]
    assert kinds(*dropped) == ["verifies-after-answering"]


def test_two_checks_that_are_missing_are_two_faults() -> None:
    found = forged("signature-missing", "timestamp-expired-1h", "timestamp-expired-1d")
    kept = "refuses-signature-by-another-key refuses-body-changed"
    assert kinds(*found, kept=kept) == ["verifies-only-with-signature", "ignores-age"]


def test_a_fault_begins_with_what_its_title_says() -> None:
    found = forged("timestamp-expired-1h", "timestamp-expired-1d")
    [fault] = diagnose([result(each.rule, each.event, each) for each in found])
    assert fault.rules == ("refuses-timestamp-expired-1d", "refuses-timestamp-expired-1h")


def test_how_far_the_age_is_checked_is_told_apart() -> None:
    a_day = forged("timestamp-expired-1h", "timestamp-expired-1d", "timestamp-future-1h")
    assert kinds(*a_day) == ["ignores-age"]
    hours = forged("timestamp-expired-1h", "timestamp-future-1h")
    assert kinds(*hours, kept="refuses-timestamp-expired-1d") == ["tolerates-too-much"]
    assert kinds(*forged("timestamp-future-1h")) == ["accepts-future"]
    assert kinds(*forged("timestamp-expired-10m")) == ["tolerates-too-much"]


def test_a_receiver_that_acts_before_it_verifies_has_one_fault() -> None:
    refused = forged("headers-missing", "signature-random", "body-changed", status=401)
    poisoned = finding("handles-event-after-refusal", status=200)
    assert kinds(*refused, poisoned) == ["acts-before-verifying"]


def test_a_crash_of_the_verifying_line_is_one_fault_whatever_it_raises() -> None:
    missing = finding("refuses-headers-missing", traceback=crash())
    damaged = finding("refuses-signature-not-base64", traceback=crash(error="binascii.Error: no"))
    junk = finding("survives-junk", traceback=crash())
    assert kinds(missing, missing, damaged, junk) == ["fails-at-missing-header"]
    elsewhere = finding("refuses-timestamp-empty", traceback=crash(line=9))
    assert kinds(missing, elsewhere) == ["fails-at-missing-header", "fails-at-bad-timestamp"]


def test_junk_that_crashes_in_many_places_shows_one_fault() -> None:
    found = [finding("survives-junk", traceback=crash(line=line)) for line in (7, 8, 9)]
    assert kinds(*found) == ["works-before-verifying"]


def test_texts_beyond_ascii_that_fail_are_one_fault() -> None:
    found = [
        finding(traceback=crash(line), decided=(f"payload.{name} = 'Zo\u00eb'",), fields=(name,))
        for line, name in enumerate(("from", "to", "text"), 7)
    ]
    assert kinds(*found) == ["fails-beyond-ascii"]


def test_two_fields_that_fail_in_two_places_are_two_faults() -> None:
    null = finding(traceback=crash(7), decided=("payload.a = null",), fields=("payload.a",))
    absent = finding("accepts-absent", crash(8), decided=("no payload.b",), fields=("payload.b",))
    assert kinds(null, absent) == ["fails-if-absent", "fails-at-null"]


def test_events_refused_alike_are_one_fault_and_those_refused_otherwise_are_two() -> None:
    def refused(rule: str, status: int) -> Finding:
        return finding(rule, status=status, decided=(), fields=())

    alike = refused("accepts-sample", 404), refused("accepts-unknown-event", 404)
    assert kinds(*alike) == ["refuses-unused-events"]
    assert kinds(refused("accepts-unknown-event", 404), kept="accepts-sample") == [
        "refuses-unknown-events"
    ]
    needy = replace(alike[0], cause=Cause.NEEDS_BEGINNING)
    assert kinds(needy, alike[1]) == ["needs-beginning"]


def test_a_wrong_call_of_the_sdk_is_named() -> None:
    observed = (
        "500 Internal Server Error (TypeError: WebhooksResource.unwrap() got an unexpected keyword "
        "argument 'signature' at app.py:7)"
    )
    found = [
        finding("accepts-sample", observed=observed),
        finding("survives-junk", observed=observed),
    ]
    assert kinds(*found) == ["calls-sdk-wrongly"]
    assert kinds(finding("accepts-sample", decided=())) == ["fails-at-sample"]


def test_what_no_kind_explains_stays_a_fault_of_its_own() -> None:
    [fault] = diagnose([result("own-rule", "call.initiated", finding("own-rule"))])
    assert (fault.kind.id, fault.title) == ("own-rule", fault.finding.message)


def test_every_rule_has_a_kind_of_fault() -> None:
    for rule in CONTRACT:
        shown = [
            finding(rule, status=status, decided=decided)
            for status in (200, 401, 500)
            for decided in ((), ("no payload.from",), ("payload.from = 'x'",))
        ]
        assert any(kind in KINDS for each in shown for kind in kinds(each)), rule


def test_the_kinds_are_in_plain_words() -> None:
    for kind in KINDS.values():
        assert re.fullmatch("[a-z]+(-[a-z]+)+", kind.id)
        assert kind.title.endswith("."), kind.id
        assert kind.harm.endswith("."), kind.id
        assert len(kind.harm) <= 88, kind.id
        assert bool(kind.fix) == (kind.single or kind.signs not in CONTRACT), kind.id
        named = f"{kind.signs.replace('|', ' ')} {kind.kept} {kind.unlike} {kind.explains}".split()
        for pattern in named:
            assert any(fnmatchcase(rule, pattern) for rule in CONTRACT), (kind.id, pattern)
