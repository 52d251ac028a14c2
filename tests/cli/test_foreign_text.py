"""What others wrote reaches no terminal and no pipe as it is: it is shown with escapes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.journal import FOLDER
from telnyx_mock.reports.junit_report import junit_report
from telnyx_mock.severity import Severity
from tests.cli.conftest import Run
from tests.foreign_text import HOSTILE, LINES, on_terminal, raw, serving
from tests.reports.pages import report_on

pytestmark = pytest.mark.slow  # they start processes, or run long

APP = f"""
import atexit, logging, os, sys, threading, warnings

HOSTILE = {HOSTILE!r}


def shout():
    print(HOSTILE)
    sys.stderr.write(HOSTILE)
    for number in (1, 2):
        os.write(number, HOSTILE.encode())
    logging.getLogger("shop").error(HOSTILE)
    warnings.warn(HOSTILE)


shout()
atexit.register(shout)


def answers(environ, start_response):
    shout()
    thread = threading.Thread(target=shout)
    thread.start()
    thread.join()
    start_response("400 " + "\\x1b[31m" + "bad", [("x-shop", "\\x1b[31m\\x9b5n")])
    return [HOSTILE.encode()]


def raises(environ, start_response):
    raise RuntimeError(HOSTILE)


async def fails_later(scope, receive, send):
    if scope["type"] == "http":
        await send({{"type": "http.response.start", "status": 200, "headers": []}})
        await send({{"type": "http.response.body", "body": HOSTILE.encode()}})
        raise type("Bad\\x1b[31m", (Exception,), {{}})(HOSTILE)


def make():
    raise OSError(HOSTILE)


class Odd:
    def __repr__(self):
        return HOSTILE


odd = Odd()
setattr(sys.modules[__name__], "ap" + HOSTILE, answers)
"""

PYPROJECT = """
[tool.telnyx-mock]
"only\\u001b[31m\\u202e" = ["a"]
"""


BYTES = ("bytes", "a dry run of a send")
EXACT = set(HOSTILE) - set("\x1b\x07\r\x08\x0b\x0c\x1c")
"""What JSON may hold as it is: the bytes of a body go into a pipe exactly."""

QUICK = ("an answer", "a background error", "a check of exceptions", "a check that cannot load",
         "a target", "a path", "an event", "a value", "an option", "a command", "bytes",
         "a signature", "a recording", "a journal", "runs", "two runs")  # fmt: skip
"""The commands that are tried each time; the others only with all tests."""

ONE = ("--events", "call.hangup", "--only", "accepts-sample", "--only", "refuses-signature-missing")
SEND = ("send", "call.hangup")
H = HOSTILE  # short, for the table

COMMANDS: dict[str, tuple[str, ...]] = {
    "an answer": (*SEND, "shop:answers"),
    "an exception": (*SEND, "shop:raises"),
    "a background error": (*SEND, "shop:fails_later"),
    "a factory that fails": (*SEND, "shop:make()"),
    "no app": (*SEND, "shop:odd"),
    "names in a module": (*SEND, "shop:apx"),
    "a check of answers": ("check", "shop:answers", *ONE, "-v"),
    "a check of exceptions": ("check", "shop:raises", *ONE, "--junit", f"{H}.xml"),
    "a check that cannot load": ("check", "shop:make()", *ONE),
    "a dry run": ("check", f"https://{H}.example", "--dry-run", "--allow-host", H),
    "a report": ("check", "shop:raises", *ONE, "--html", f"{H}/{H}"),
    "a target": (*SEND, f"{H}:app"),
    "an address": (*SEND, f"http://127.0.0.1:9/{H}"),
    "a host": (*SEND, f"http://{H}/"),
    "a path": (*SEND, "shop:answers", "--path", H),
    "an event": ("send", f"call.{H}", "shop:answers"),
    "a field": (*SEND, "--set", f"{H}=1", "--dry-run"),
    "a value": ("sample", "call.initiated", "--set", f"caller_id_name={H}"),
    "a form": ("sample", "texml.http-request", "--set", f"From={H}", "--loose"),
    "bytes": ("sample", "call.initiated", "--set", f"caller_id_name={H}", "--raw"),
    "a dry run of a send": (*SEND, "--path", f"/{H}", "--set", f"to={H}", "--loose", "--dry-run"),
    "a header": (*SEND, "--header", f"{H}: {H}", "--dry-run"),
    "a variable": (*SEND, "shop:answers", "--env", H),
    "a variable to read": (*SEND, "shop:answers", "--env", f"A=env:{H}"),
    "a file for send": ("send", f"{H}.json", "shop:answers"),
    "a key": (*SEND, "--key", f"file:{H}", "--dry-run"),
    "a setup": (*SEND, "shop:answers", "--setup", f"shop:{H}"),
    "a certificate": (*SEND, "https://localhost/", "--ca-bundle", H),
    "a rule": ("check", "shop:answers", "--only", H),
    "a product": ("check", "shop:answers", "--products", H),
    "a number": ("check", "shop:answers", "--seed", H),
    "a choice": ("check", "shop:answers", "--success", H),
    "an option": ("check", f"--{H}"),
    "a command": (H,),
    "one word too many": ("explain", "accepts-null", H),
    "something to explain": ("explain", H),
    "a pattern": ("events", H),
    "a family": ("events", "--family", H),
    "a schema": ("schema", H),
    "a signature": ("verify", "body", "--timestamp", H, "--signature", H, "--public-key", "A" * 43 + "="),
    "a public key": ("verify", "body", "--timestamp", "1", "--signature", "", "--public-key", H),
    "a body": ("verify", H, "--timestamp", "1", "--signature", "", "--public-key", "A" * 43 + "="),
    "a key file": ("keys", "new", "--out", f"{H}/key"),
    "a new key file": ("keys", "new", "--out", f"{H}.key"),
    "a recording": ("capture", "recording", "--out", f"out{H}"),
    "a recording without a webhook": ("capture", "body"),
    "a run": ("replay", f"{H}.1"),
    "a delivery": ("replay", f"latest.{H}"),
    "a journal": ("replay", "latest.1"),
    "runs": ("runs",),
    "two runs": ("compare",),
    "unknown runs": ("compare", H, H),
}  # fmt: skip


EACH_COMMAND = pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in COMMANDS],
)


@pytest.fixture(scope="module")
def hostile_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which everything is hostile: the app, a recording, the journal."""
    project = tmp_path_factory.mktemp("project")
    (project / "shop.py").write_text(APP, encoding="utf-8")
    (project / "body").write_bytes(HOSTILE.encode())
    (project / "recording").write_text(
        f'{{"data": {{"event_type": "call.hangup", "{"a" + chr(0x202E)}": 1, "payload": {{}}}}}}\n'
        f'{{"data": {{"event_type": "call.{chr(0x9B)}\\u001b[2J", "payload": {{}}}}}}\n'
        f"CallStatus={chr(0x9B)}%1b[2J&From=a\n{HOSTILE}\n",
        encoding="utf-8",
    )
    folder = project / FOLDER
    folder.mkdir()
    for number, name in enumerate(("one", "two" + HOSTILE.replace(".", ""))):
        rows = [
            {
                "run": name,
                "version": HOSTILE,
                "started": 1.0 + number,
                "target": {"name": f"shop:answers{HOSTILE}", "path": HOSTILE, "key": ""},
                "public_key": HOSTILE,
            },
            {
                "sent": f"{name}.1",
                "at": 1.0,
                "about": HOSTILE,
                "event": HOSTILE,
                "url": HOSTILE,
                "method": HOSTILE,
                "headers": [["x\x1b[2J", "\x9b5n"]],
                "body": HOSTILE,
            },
            {"answered": f"{name}.1", "elapsed": 0.1, "answer": HOSTILE, "status": 200},
            {"result": result(f"{HOSTILE}{number}")},
        ]
        lines = (json.dumps(row, separators=(",", ":")) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return project


def result(text: str) -> dict:
    """The row of a check that failed, with *text* in every text."""
    names = ("event", "message", "expected", "observed", "why", "source", "fix", "curl", "repeat")
    finding = dict.fromkeys(names, text) | {"check": text, "severity": "error", "sites": [text]}
    return {
        "id": text,
        "severity": "error",
        "event": text,
        "outcome": "failed",
        "note": "",
        "latencies": [],
        "started": 0.0,
        "seconds": 0.0,
        "findings": [finding],
    }


@pytest.fixture
def hostile_environment(clean_environment: dict[str, str]) -> dict[str, str]:
    return {**clean_environment, "PYTHONUTF8": "1", "TELNYX_API_KEY": f"KEY{HOSTILE}"}


@EACH_COMMAND
def test_a_terminal_gets_only_our_own_codes(
    name: str, hostile_environment: dict[str, str], hostile_project: Path
) -> None:
    words = COMMANDS[name]
    code, shown = on_terminal("telnyx_mock", words, hostile_environment, hostile_project)
    assert code in range(4)
    assert "telnyx_mock/cli" not in shown, "a traceback of ours"
    assert raw(shown) == set(), shown


@EACH_COMMAND
def test_a_pipe_gets_no_code_at_all(
    name: str, hostile_environment: dict[str, str], hostile_project: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "telnyx_mock", *COMMANDS[name]],
        env=hostile_environment,
        cwd=hostile_project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode in range(4)
    shown = (done.stdout + done.stderr).decode()
    assert raw(shown, LINES) <= (EXACT if name in BYTES else set()), shown


def test_junit_of_hostile_text_is_xml_without_it(run: Run, hostile_project: Path) -> None:
    hostile = Finding.from_json(result(HOSTILE)["findings"][0])
    row = Result(HOSTILE, Severity.ERROR, HOSTILE, Outcome.FAILED, (hostile,))
    written = junit_report(report_on([row]))
    text = "".join(
        f"{each.text or ''}{' '.join(each.attrib.values())}"
        for each in ElementTree.fromstring(written).iter()
    )
    assert "owned" in text
    assert raw(text) == set()


def test_a_server_that_is_hostile_in_each_part_of_its_answer(
    hostile_environment: dict[str, str], hostile_project: Path
) -> None:
    code = "\x1b[2J\x9b5n"
    for answer in (
        f"HTTP/1.1 500 {code}\r\nx-{code}: {code}\r\ncontent-length: {len(code)}\r\n\r\n{code}",
        f"{code}\r\n\r\n",
        f"HTTP/1.1 200 OK\r\ncontent-length: {code}\r\n\r\n",
        f"HTTP/1.1 302 Found\r\nlocation: http://{code}/\r\n\r\n",
        f"HTTP/1.1 500 Bad\r\ncontent-type: text/plain; charset={code}\r\n\r\n{HOSTILE}",
    ):
        with serving(answer.encode("latin-1", "replace")) as address:
            words = (*SEND, address)
            _, shown = on_terminal("telnyx_mock", words, hostile_environment, hostile_project)
        assert address.split("/")[2] in shown or "call.hangup:" in shown
        assert raw(shown) == set(), shown
