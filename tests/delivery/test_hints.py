"""An exception of the app that shows a fault of the test is shown with what to do about it."""

from __future__ import annotations

import pytest

from telnyx_mock.delivery.hints import hint

CASES = {
    "RuntimeError: Task <Task pending> got Future <Future pending> attached to a different loop": "asend",
    "RuntimeError: <asyncio.locks.Lock object> is bound to a different event loop": "asend",
    "RuntimeError: must be called from async context": "asend",
    'RuntimeError: Database access not allowed, use the "django_db" mark, or the "db"': "django_db",
    "django.core.exceptions.DisallowedHost: Invalid HTTP_HOST header: 'a.b'. You may need": "host a.b",
}


@pytest.mark.parametrize("error", CASES)
def test_what_to_do(error: str) -> None:
    assert CASES[error] in (hint(f"Traceback (most recent call last):\n{error}") or "")


@pytest.mark.parametrize(
    "error", [None, "", "KeyError: 'loop'", "RuntimeError: the loop is closed"]
)
def test_faults_of_the_app_have_no_hint(error: str | None) -> None:
    assert hint(error) is None
