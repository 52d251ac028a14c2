"""An app that shows its secrets shows none of them in pytest's output, on reports or in the journal."""

from __future__ import annotations

import base64
import os

import pytest

KEY = base64.b64encode(bytes(range(65, 97))).decode()
PASSWORD = "correct-horse-battery"
API_KEY = "KEY0123456789abcdef_of-the-account"

APP = f"""
import os

assert "A_KEY" not in os.environ, "the app has no use for the private key"
SHOWN = f"{{os.environ['DB']}} {{os.environ['TELNYX_API_KEY']}} {KEY}"


def app(environ, start_response):
    print("printed", SHOWN)
    raise LookupError("raised " + SHOWN)
"""

CALL = """
def test_a_call(telnyx_mock):
    telnyx_mock.send("call.hangup").assert_accepted()
"""

OPTIONS = (
    *("--telnyx-app", "leaky:app", "--telnyx-key", "env:A_KEY", "--telnyx-env", "DB=env:PASSWORD"),
    *("--telnyx-events", "call.hangup", "--telnyx-only", "refuses-signature-missing"),
    *("--telnyx-journal", "new", "--junitxml", "junit.xml", "-rA", "-p", "no:randomly"),
)


@pytest.fixture
def leaky_project(project, monkeypatch):
    monkeypatch.setenv("A_KEY", KEY)
    monkeypatch.setenv("PASSWORD", PASSWORD)
    monkeypatch.setenv("TELNYX_API_KEY", API_KEY)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    project.makepyfile(leaky=APP, test_calls=CALL)
    return project


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_no_secret_is_shown(leaky_project, workers):
    result = leaky_project.runpytest(
        *OPTIONS, *workers, "test_calls.py", "--pyargs", "pytest_telnyx_mock.contract"
    )
    result.assert_outcomes(failed=2)
    files = [leaky_project.path / "junit.xml", *leaky_project.path.glob(".telnyx-mock/*.jsonl")]
    shown = [result.stdout.str(), result.stderr.str(), *(file.read_text() for file in files)]
    assert sum("raised [hidden]" in text for text in shown) >= 3, "terminal, XML and journal"
    for text in shown:
        assert [each for each in (KEY, PASSWORD, API_KEY) if each in text] == []
    assert os.environ["A_KEY"] == KEY, "it comes back"
