"""An app that begins calls itself is asked to: by a function, or by a request."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.contract import run_calls
from telnyx_mock.contract.calls.play import DID_NOTHING
from telnyx_mock.errors import UsageError
from tests.calls.offices import Reminding

REMINDER = Reminding()
"""What other tests name as tests.calls.test_dialling:REMINDER."""


def remind() -> None:
    REMINDER.remind()


async def remind_later() -> None:
    REMINDER.remind()


class WithRoute(Reminding):
    """Calls a person at POST /remind {"who": ...}."""

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] != "/remind":
            return super().__call__(environ, start_response)
        asked = environ["wsgi.input"].read() == b'{"who": 1}'
        if asked:
            self.remind()
        start_response("202 Accepted" if asked else "400 Bad Request", [])
        return [b""]


@pytest.mark.parametrize(
    ("app", "dial"),
    [
        (REMINDER, remind),
        (REMINDER, remind_later),
        (REMINDER, f"{__name__}:REMINDER.remind"),
        (WithRoute(), 'POST /remind {"who": 1}'),
    ],
)
def test_the_app_dials(app: Reminding, dial: Any) -> None:
    report = run_calls(app, dial=dial, seed=1, examples=3)
    assert (report.violations, report.unsure) == ((), ())


def test_without_it_nothing_is_judged_and_the_report_says_how() -> None:
    report = run_calls(REMINDER, seed=1, examples=3)
    assert report.unsure == (DID_NOTHING,)
    assert "--dial" in DID_NOTHING


def fail() -> None:
    raise RuntimeError("no database")


@pytest.mark.parametrize(
    ("dial", "message"),
    [
        (print, "did not send POST /v2/calls"),
        (fail, "raised RuntimeError.'no database'"),
        ("POST /remind", "answered 400"),
        (f"{__name__}:REMINDER", "raised TypeError"),
        ("/remind", "is not a target"),
    ],
)
def test_what_lets_no_app_dial_is_a_mistake(dial: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        run_calls(WithRoute(), dial=dial, seed=1, examples=3)
