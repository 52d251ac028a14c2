"""Reads and writes the file of known faults, which the option --baseline names."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from telnyx_mock.diagnosis.excerpt import crash_line
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.diagnosis.known.entry import Entry
from telnyx_mock.diagnosis.observation import Answer
from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible_line

DAYS = 90
"""How long a fault that was just written may stay, in days."""

_HEAD = """\
# The known faults of the receiver, for --baseline of telnyx-mock check and calls. Only other faults fail a run.
# Give each a reason. On the day in 'until', a fault counts again.
"""

_TEXTS = ("id", "reason", "severity")
_LISTS = ("rules", "events", "answers", "crashes", "fields")


def read_entries(file: Path) -> tuple[Entry, ...]:
    """Return the known faults in *file*. Raises UsageError that says what is wrong, and where."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except RecursionError:
        raise UsageError(f"The file of known faults {file} is nested too deeply.") from None
    except OSError as error:
        raise UsageError(
            f"The file of known faults {file} cannot be read: {error.strerror}."
        ) from None
    except ValueError as error:
        raise UsageError(f"The file of known faults {file} cannot be read: {error}.") from None
    for name in document:
        if name != "known":
            raise unknown("table", name, ["known"], where=f"in {file}")
    rows = document.get("known", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"In {file}, write [[known]] above each known fault.")
    return tuple(_entry(row, f"the known fault {at} in {file}") for at, row in enumerate(rows, 1))


def _entry(row: Mapping[str, Any], where: str) -> Entry:
    for name in row:
        if name not in (*_TEXTS, "until", *_LISTS):
            raise unknown("setting", name, (*_TEXTS, "until", *_LISTS), where=f"of {where}")
    for name in _TEXTS:
        if not isinstance(row.get(name, ""), str):
            raise UsageError(f"{name} of {where} must be a text.")
    for name in _LISTS:
        value = row.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise UsageError(f"{name} of {where} must be a list of texts.")
    if not row.get("id"):
        raise UsageError(f"Give {where} an id: the name of the fault, or of its rule or invariant.")
    return entry(
        row["id"],
        row.get("reason", ""),
        row.get("until"),
        where,
        severity=row.get("severity", Severity.ERROR.value),
        **{name: tuple(row.get(name, ())) for name in _LISTS},
    )


def entry(
    name: str,
    reason: object,
    until: object,
    where: str,
    *,
    severity: str = Severity.ERROR.value,
    **more: tuple[str, ...],
) -> Entry:
    """Return the entry about the fault *name*. Raises UsageError for a missing reason or day."""
    if not isinstance(reason, str) or not reason.strip():
        raise UsageError(f"Give {where}, {name}, a reason.")
    if severity not in {each.value for each in Severity}:
        raise UsageError(f"severity of {where} must be error, warning or advice, not {severity!r}.")
    return Entry(
        id=visible_line(name),
        reason=visible_line(reason),
        until=_day(until, f"{where}, {name},"),
        where=where,
        severity=Severity(severity),
        **more,
    )


def _day(value: object, where: str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise UsageError(f"Give {where} a day in 'until', such as 2027-01-31.") from None


def known_faults_text(faults: Iterable[Fault], kept: Sequence[Entry], today: dt.date) -> str:
    """Return the file with the entries that are *kept*, and one for each of *faults*."""
    until = today + dt.timedelta(DAYS)
    parts = ["\n".join(_lines(_row_of(each))) for each in kept]
    parts += [
        "\n".join([f"# {visible_line(each.title)}", *_lines(_row(each, until))]) for each in faults
    ]
    return "\n\n".join([_HEAD.rstrip(), *parts]) + "\n"


def _row(fault: Fault, until: dt.date) -> dict[str, Any]:
    crashes = (crash_line(each.traceback) for each in fault.findings)
    answered = [each for each in fault.findings if not each.story]  # a story has many answers
    without = [each for each in fault.findings if not crash_line(each.traceback)]
    return {
        "id": fault.kind.id,
        "reason": "",
        "until": until,
        "severity": fault.severity.value,
        "rules": fault.rules,
        "events": fault.events,
        "answers": tuple(dict.fromkeys(Answer.of(each).value for each in answered)),
        "crashes": tuple(dict.fromkeys(filter(None, crashes))),
        "fields": tuple(dict.fromkeys(field for each in without for field in each.fields)),
    }


def _row_of(kept: Entry) -> dict[str, Any]:
    names = (*_TEXTS, "until", *_LISTS)
    return {**{name: getattr(kept, name) for name in names}, "severity": kept.severity.value}


def _lines(row: Mapping[str, Any]) -> Iterator[str]:
    yield "[[known]]"
    for name, value in row.items():
        if isinstance(value, dt.date):
            yield f"{name} = {value}"
        elif isinstance(value, str):
            yield f"{name} = {_quoted(value)}"
        elif value:
            yield f"{name} = [{', '.join(map(_quoted, value))}]"


def _quoted(text: str) -> str:
    """Return *text* as a string of TOML: one of JSON, as nothing invisible is in it."""
    return json.dumps(visible_line(text), ensure_ascii=False)
