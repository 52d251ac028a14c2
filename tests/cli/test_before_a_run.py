"""What ``check`` says before its first delivery, and while it goes on: warnings and progress."""

from __future__ import annotations

from pathlib import Path

import pytest

from telnyx_mock.cli import progress
from tests.cli.conftest import Process, Run

ABOUT = ("--events", "call.hangup", "--only", "accepts-sample")
DJANGO = """
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": NAME}})
from shop import app
"""


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://me:secret@db.example:5432/shop", "postgres://db.example/shop"),
        ("sqlite:///shop.db", "sqlite:///shop.db"),
    ],
)
def test_a_database_that_is_not_a_tests_is_a_warning(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, address: str, shown: str
) -> None:
    monkeypatch.setenv("SHOP_DATABASE_URL", address)
    result = run("check", "shop:app", *ABOUT)
    assert result.stderr == (
        f"telnyx-mock: The app may write into the database {shown} (SHOP_DATABASE_URL), which is not "
        "a test's by its name. To give it another, or to confirm this one, add "
        "--env SHOP_DATABASE_URL=...\n"
    )
    confirmed = run("check", "shop:app", *ABOUT, "--env", f"SHOP_DATABASE_URL={address}")
    assert (confirmed.stderr, confirmed.exit_code) == ("", result.exit_code)


@pytest.mark.parametrize(
    "address",
    ["", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory", "mysql://db/test_shop"],
)
def test_a_database_of_a_test_is_no_warning(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    assert run("check", "shop:app", *ABOUT).stderr == ""


@pytest.mark.parametrize(
    ("name", "warns"),
    [("/srv/shop/db.sqlite3", True), (":memory:", False), ("/srv/shop/test.sqlite3", False)],
)
def test_the_databases_of_django_are_known(
    process: Process, project: Path, name: str, warns: bool
) -> None:
    (project / "site.py").write_text(DJANGO.replace("NAME}", f"{name!r}}}"))
    (project / "site.py").rename(project / "my_site.py")
    result = process("check", "my_site:app", *ABOUT)
    assert result.returncode in (0, 1)
    assert (f"the database {name} (default in Django's DATABASES)" in result.stderr) is warns
    assert warns or result.stderr == ""


def test_a_log_gets_a_line_of_progress_now_and_then(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("check", "shop:app", "--events", "call.hangup", "--only", "refuses-signature-*")
    assert run(*words).stderr == ""
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    lines = run(*words).stderr.splitlines()
    assert len(lines) > 5
    assert all(
        line.startswith(f"telnyx-mock: {number} of {len(lines)} checks; the last: refuses-sig")
        for number, line in enumerate(lines, 1)
    )
    assert run(*words, "-q").stderr == ""
