"""What an app says, prints, logs and raises reaches the output of pytest only with escapes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.foreign_text import HOSTILE, LINES, OUR_OWN, on_terminal, raw

pytestmark = pytest.mark.slow  # they start processes, or run long

APP = f"""
import logging, sys

HOSTILE = {HOSTILE!r}


def app(environ, start_response):
    print("printed", HOSTILE)
    sys.stderr.write("written" + HOSTILE)
    logging.getLogger("shop").error("logged %s", HOSTILE)
    start_response("400 Bad", [("x-shop", "\\x1b[2J")])
    return [("answered" + HOSTILE).encode()]


def raises(environ, start_response):
    raise RuntimeError("raised" + HOSTILE)


def fails():
    raise OSError("no app" + HOSTILE)
"""

TESTS = """
import pytest, shop

@pytest.fixture(params=[shop.app, shop.raises, shop.fails], ids=["app", "raises", "fails"])
def telnyx_receiver(request):
    return request.param

@pytest.mark.usefixtures("telnyx_receiver")
def test_a_call(telnyx_mock):
    telnyx_mock.send("call.initiated").assert_accepted()
"""

CONTRACT = (
    *("--pyargs", "pytest_telnyx_mock.contract", "--telnyx-events", "call.hangup", "-v"),
    *("--telnyx-only", "accepts-sample", "--telnyx-only", "refuses-signature-missing"),
)

RUNS = {
    "tests": ("-rA", "test_calls.py"),
    "contract of answers": (*CONTRACT, "--telnyx-app", "shop:app"),
    "contract of exceptions": (*CONTRACT, "--telnyx-app", "shop:raises"),
    "contract of no app": (*CONTRACT, "--telnyx-app", "shop:fails()"),
    "a target": (*CONTRACT, "--telnyx-app", f"{HOSTILE}:app"),
    "an address": (*CONTRACT, "--telnyx-url", f"http://127.0.0.1:9/{HOSTILE}"),
    "a rule": (*CONTRACT, "--telnyx-only", HOSTILE),
    "a number": (*CONTRACT, "--telnyx-seed", HOSTILE),
    "a key": (*CONTRACT, "--telnyx-key", f"file:{HOSTILE}"),
    "a run": (*CONTRACT, "--telnyx-journal", HOSTILE),
    "a product": (*CONTRACT, "--telnyx-products", HOSTILE),
    "a variable": (*CONTRACT, "--telnyx-env", HOSTILE, "--telnyx-app", "shop:app"),
}
PYTEST_OWN = re.compile(f"{OUR_OWN.pattern}|\r|\x1b\\[(?:9[0-9]|K)m?")
"""Pytest writes a line again, and has brighter colours."""

QUICK = ("tests", "contract of exceptions", "a target")
OPTIONS = ("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "ignore")


@pytest.fixture
def hostile_project(project):
    project.makepyfile(shop=APP, test_calls=TESTS)
    return project


def environment():
    """The environment of a person who runs pytest."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**kept, "TERM": "xterm", "PYTHONUTF8": "1"}


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in RUNS]
)
def test_a_terminal_gets_only_codes_of_ours(name, hostile_project):
    words = (*OPTIONS, *RUNS[name])
    code, shown = on_terminal("pytest", words, environment(), hostile_project.path)
    assert code in (1, 2, 4)
    assert raw(shown, PYTEST_OWN) == set(), shown


def test_a_pipe_and_junit_get_no_code_at_all(hostile_project):
    command = [sys.executable, "-m", "pytest", *OPTIONS, *RUNS["tests"], "--junitxml", "junit.xml"]
    done = subprocess.run(
        command, cwd=hostile_project.path, env=environment(), capture_output=True, timeout=60
    )
    shown = (done.stdout + done.stderr).decode()
    for word in ("printed", "written", "logged", "answered", "raised", "no app"):
        assert f"{word}\\x1b[2J" in shown.replace(" \\x1b", "\\x1b"), word
    assert raw(shown, LINES) == set(), shown
    text = "".join(ElementTree.parse(hostile_project.path / "junit.xml").getroot().itertext())
    assert raw(text, LINES) == set()


@pytest.mark.parametrize("workers", ["0", "1"])
def test_tests_that_do_not_use_the_fixtures_print_what_they_like(workers, hostile_project):
    hostile_project.makepyfile("def test_own():\n    print('\\x1b[7mown\\u200b')\n    assert 0\n")
    result = hostile_project.runpytest("-n", workers)
    assert "\x1b[7mown\u200b" in result.stdout.str()
