"""Which findings a known fault covers, until when, and how its file is read and written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.diagnosis.known.entry import Entry
from telnyx_mock.diagnosis.known.file import known_faults_text, read_entries
from telnyx_mock.diagnosis.known.set_aside import set_aside, without_known
from telnyx_mock.errors import UsageError
from tests.reports.pages import ADVICE, ERROR, WARNING, finding, report_on, result

TODAY = dt.date(2026, 11, 30)
LATER = dt.date(2027, 2, 1)
CRASH = """Traceback (most recent call last):
  File "{file}", line {line}, in receive
    {text}
KeyError: 'state'
"""


def written(tmp_path: Path, *findings: Finding) -> Entry:
    """The entry that is written for *findings*, read back with a reason."""
    results = [result(each.rule, each.event, each) for each in findings]
    file = tmp_path / "known.toml"
    text = known_faults_text(diagnose(results), (), TODAY)
    file.write_text(text.replace('reason = ""', 'reason = "TEL-7"'))
    [entry] = read_entries(file)
    return entry


def crash(line: int, text: str, **more: object) -> Finding:
    return finding(traceback=CRASH.format(file="/srv/app.py", line=line, text=text), **more)  # type: ignore[arg-type]


def test_a_crash_is_known_by_its_line_as_text(tmp_path: Path) -> None:
    entry = written(tmp_path, crash(7, 'state = event["state"]', fields=("payload.a",)))
    assert entry.until == dt.date(2027, 2, 28)
    assert entry.covers(crash(99, 'state = event["state"]'))
    assert entry.covers(crash(7, 'state = event["state"]', check="accepts-generated", event="x"))
    assert not entry.covers(crash(7, 'other = event["other"]', fields=("payload.a",)))
    assert not entry.covers(finding(traceback="", fields=("payload.a",)))


def test_an_answer_is_known_by_its_fields(tmp_path: Path) -> None:
    entry = written(tmp_path, finding(traceback="", status=400, fields=("payload.a", "payload.b")))
    assert entry.covers(finding(traceback="", status=422, fields=("payload.b",), event="x"))
    assert not entry.covers(finding(traceback="", status=400, fields=("payload.c",)))
    assert not entry.covers(finding(traceback="", status=500, fields=("payload.a",)))
    assert not entry.covers(crash(7, "raise", fields=("payload.a",)))


def test_the_rest_is_known_by_rule_event_and_answer(tmp_path: Path) -> None:
    def accepted(check: str, event: str = "call.hangup", status: int = 200) -> Finding:
        return finding(check, event, traceback="", decided=(), status=status)

    entry = written(tmp_path, accepted("refuses-timestamp-future-1h"))
    assert entry.covers(accepted("refuses-timestamp-future-1h"))
    assert not entry.covers(accepted("refuses-timestamp-future-1h", "message.received"))
    assert not entry.covers(accepted("refuses-signature-missing"))
    assert not entry.covers(accepted("refuses-timestamp-future-1h", status=500))


def test_a_worse_finding_is_new(tmp_path: Path) -> None:
    entry = written(tmp_path, crash(7, "raise", severity=WARNING))
    assert entry.covers(crash(7, "raise", severity=ADVICE))
    assert not entry.covers(crash(7, "raise", severity=ERROR))


def test_a_short_entry_covers_its_rule() -> None:
    entry = Entry(id="accepts-*", reason="r", until=LATER, where="w", events=("call.*",))
    assert entry.covers(crash(7, "raise"))
    assert not entry.covers(crash(7, "raise", event="fax.queued"))
    assert not entry.covers(crash(7, "raise", check="survives-json-nul"))


def test_on_the_day_a_fault_counts_again_with_a_sentence() -> None:
    entry = Entry(id="accepts-null", reason="TEL-7", until=LATER, where="known.toml")
    results = [result("accepts-null", "call.initiated", finding())]
    aside = set_aside(results, [entry], LATER - dt.timedelta(1))
    assert aside.results[0].outcome is Outcome.KNOWN
    assert (aside.results[0].findings, aside.notes) == ((), ())
    assert aside.known[0].findings == (finding(),)
    again = set_aside(results, [entry], LATER)
    assert (again.results, again.known) == (tuple(results), ())
    assert again.notes == (
        "The known fault accepts-null counts again since 2027-02-01 (TEL-7): mend it, or set a "
        "later day in known.toml.",
    )


def test_a_check_with_another_error_still_fails() -> None:
    entry = Entry(id="accepts-null", reason="r", until=LATER, where="w", answers=("4xx",))
    both = result(
        "accepts-null", "x", finding(traceback="", status=400), finding(traceback="", status=500)
    )
    [left] = set_aside([both], [entry], TODAY).results
    assert left.outcome is Outcome.FAILED
    assert [each.status for each in left.findings] == [500]


@pytest.mark.parametrize(
    ("outcome", "problem", "said"),
    [
        (Outcome.PASSED, "", True),
        (Outcome.SKIPPED, "", False),
        (Outcome.INCONCLUSIVE, "", False),
        (Outcome.PASSED, "Stopped.", False),
    ],
)
def test_a_fault_that_was_sought_and_is_gone_is_said(
    outcome: Outcome, problem: str, *, said: bool
) -> None:
    entry = Entry(id="accepts-null", reason="r", until=LATER, where="known.toml")
    report = report_on([result("accepts-null", "x", outcome=outcome)], problem=problem)
    gone = "The known fault accepts-null is not there any more: remove it from known.toml."
    assert without_known(report, [entry], TODAY).notes == ((gone,) if said else ())


def test_a_name_that_no_rule_has_is_said() -> None:
    entries = [
        Entry(id=name, reason="r", until=LATER, where="known.toml", rules=rules)
        for name, rules in (
            ("accepts-nul", ()),
            ("shared-line", ("thanks-*",)),
            ("fails-if-null", ("accepts-null", "accepts-absnt")),
        )
    ]
    report = report_on([result("thanks-each-writer", "x", outcome=Outcome.SKIPPED)])
    first, second = without_known(report, entries, TODAY).notes
    assert first.startswith(
        "There is no rule 'accepts-nul' for known.toml. Did you mean 'accepts-null'"
    )
    assert "'accepts-absnt'" in second


def test_what_is_written_is_read_whatever_is_in_it(tmp_path: Path) -> None:
    odd = 'a"b\\c\x7f\x1b[31m\u202e\ud800 😀 \n= [x]'
    entry = written(tmp_path, crash(7, 'x = "\x7f"', message=odd, event=odd))
    assert entry.reason == "TEL-7"
    kept = tmp_path / "kept.toml"
    kept.write_text(known_faults_text((), [entry], TODAY))
    [again] = read_entries(kept)
    assert again.covers(crash(8, 'x = "\x7f"'))


GOOD = 'id = "x"\nreason = "r"\nuntil = 2027-01-31\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[known]", "cannot be read: "),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("[[know]]", "There is no table 'know' in"),
        ("known = 3", "write [[known]] above each known fault"),
        ('[[known]]\nreason = "r"\nuntil = 2027-01-31', "an id: the name of the fault"),
        ('[[known]]\nid = "x"\nuntil = 2027-01-31', "known.toml, x, a reason."),
        ('[[known]]\nid = "x"\nreason = " "\nuntil = 2027-01-31', "known.toml, x, a reason."),
        ('[[known]]\nid = "x"\nreason = "r"', "a day in 'until', such as 2027-01-31."),
        ('[[known]]\nid = "x"\nreason = "r"\nuntil = "soon"', "a day in 'until'"),
        (f"[[known]]\n{GOOD}[[known]]\n{GOOD}events = 3", "events of the known fault 2 in"),
        (f"[[known]]\n{GOOD}expires = 3", "There is no setting 'expires'"),
        (f'[[known]]\n{GOOD}severity = "fatal"', "must be error, warning or advice"),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as raised:
        read_entries(file)
    assert problem in str(raised.value)
    assert "known.toml" in str(raised.value)
