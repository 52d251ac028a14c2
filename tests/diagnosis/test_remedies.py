"""The code of a remedy, pasted into an app, makes a receiver that keeps the contract."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock import contract
from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.report import PLAIN_RULES, Report
from telnyx_mock.diagnosis.remedies import Remedy, code
from telnyx_mock.signing.keys import KeyPair
from tests.node_packages import require_packages
from tests.processes import environment

ROOT = Path(__file__).parents[2]
EVENTS = ("call.initiated", "call.hangup")
WITHOUT_HELP = (Framework.ASGI, Framework.WSGI, Framework.AIOHTTP)
"""Frameworks in which the handler must read the body and answer by itself, or catch what is malformed."""

WIDEST = 100
"""The largest number of characters of a line of code."""

BEFORE = {
    Framework.FLASK: "from flask import Flask\napp = Flask('remedied')\n",
    Framework.FASTAPI: "from fastapi import FastAPI\napp = FastAPI()\n",
    Framework.STARLETTE: "from starlette.applications import Starlette\napp = Starlette()\n",
    Framework.AIOHTTP: "from aiohttp import web\napp = web.Application()\n",
}
"""What makes the app that the code of a remedy expects."""

AFTER = {
    Framework.LAMBDA: "app = handler\n",
    Framework.ASGI: "app = webhooks\n",
    Framework.WSGI: "app = webhooks\n",
    Framework.DJANGO: """
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["localhost"], SECRET_KEY="only for tests")
django.setup()
urlpatterns = [path("webhooks", webhooks)]
app = get_wsgi_application()
""",
    Framework.UNKNOWN: """
def app(environ, start_response):
    names = {"telnyx-timestamp": "TIMESTAMP", "telnyx-signature-ed25519": "SIGNATURE_ED25519"}
    headers = {name: environ.get(f"HTTP_TELNYX_{member}") for name, member in names.items()}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response(f"{status_for(headers, body)} Status", [])
    return [b""]
""",
    Framework.AIOHTTP: """
import socket
listening = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
web.run_app(app, sock=listening, print=None, access_log=None)
""",
}
"""What makes a receiver of the code."""

BEFORE_EXPRESS = 'const express = require("express");\nconst app = express();\n'
AFTER_EXPRESS = """
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
"""

VERIFIERS = (Verifier.SDK, Verifier.PYNACL, Verifier.CRYPTOGRAPHY)
SERVED = (Framework.AIOHTTP, Framework.EXPRESS)
IN_PROCESS = [each for each in Framework if each not in SERVED]

NOT_IN_THE_CODE = "accepts-key-spelling"
"""Advice: the SDK takes any text for a key, and then refuses everything with it."""


def program(framework: Framework, text: str) -> str:
    """The code of a whole receiver in Python."""
    return f"{BEFORE.get(framework, '')}\n{text}\n{AFTER.get(framework, '')}"


def factory(framework: Framework, text: str) -> Callable[[], Any]:
    """What makes the app of which *text* is the receiver."""

    def make() -> Any:
        module = types.ModuleType("remedied")
        exec(program(framework, text), vars(module))
        return module.app

    return make


@contextmanager
def served(words: Sequence[str | Path], folder: Path, key: KeyPair) -> Iterator[str]:
    """The address of the receiver that *words* start in *folder*."""
    variables = {"TELNYX_PUBLIC_KEY": key.public_key, "NODE_ENV": "production"}
    with subprocess.Popen(
        words, cwd=folder, env=environment(**variables), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def checked(target: Any, **settings: Any) -> Report:
    return contract.run(target, path="/webhooks", events=EVENTS, **settings)


def require_kept(report: Report) -> None:
    """Nothing is found, although each forgery was sent."""
    assert report.complete
    assert {finding.rule for finding in report.findings} <= {NOT_IN_THE_CODE}
    passed = {each.rule for each in report.results if each.outcome is Outcome.PASSED}
    assert passed >= set(PLAINEST)


PLAINEST = ("accepts-sample", *sorted(PLAIN_RULES), "refuses-timestamp-expired-1h")


@pytest.mark.parametrize("framework", [each for each in IN_PROCESS if each is not Framework.DJANGO])
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_the_code_verifies(framework: Framework, verifier: Verifier) -> None:
    make = factory(framework, code(Remedy.VERIFY, framework, verifier))
    require_kept(checked(make, only=PLAINEST))


def test_code_that_does_not_verify_is_found_out() -> None:
    """The tests here can fail."""
    text = code(Remedy.VERIFY, Framework.FLASK).replace("return False", "return True")
    assert {*PLAIN_RULES} <= {each.rule for each in checked(factory(Framework.FLASK, text)).errors}


@pytest.mark.slow
@pytest.mark.parametrize("framework", IN_PROCESS)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_the_code_keeps_the_contract(
    framework: Framework, verifier: Verifier, tmp_path: Path
) -> None:
    if framework is Framework.DJANGO:  # its settings are those of the process
        file = tmp_path / "receiver.py"
        file.write_text(program(framework, code(Remedy.VERIFY, framework, verifier)))
        report = tmp_path / "report.json"
        words = ("--path", "/webhooks", "--report", report, "--no-journal")
        events = [word for event in EVENTS for word in ("--events", event)]
        ran = subprocess.run(
            [sys.executable, "-m", "telnyx_mock", "check", "receiver:app", *words, *events],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(ROOT)),
            capture_output=True,
            text=True,
        )
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        assert json.loads(report.read_bytes())["findings"] == []
        return
    require_kept(checked(factory(framework, code(Remedy.VERIFY, framework, verifier))))


@pytest.mark.slow
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_the_code_keeps_the_contract_in_aiohttp(verifier: Verifier, tmp_path: Path) -> None:
    key = KeyPair.generate()
    file = tmp_path / "receiver.py"
    file.write_text(program(Framework.AIOHTTP, code(Remedy.VERIFY, Framework.AIOHTTP, verifier)))
    with served([sys.executable, file], tmp_path, key) as address:
        require_kept(checked(address, key=key))


@pytest.mark.slow
@pytest.mark.parametrize("verifier", [Verifier.SDK, Verifier.UNKNOWN])
def test_the_code_keeps_the_contract_in_express(verifier: Verifier, tmp_path: Path) -> None:
    packages = ROOT / "examples" / "express_receiver"
    require_packages(packages)
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    key = KeyPair.generate()
    file = tmp_path / "receiver.js"
    text = code(Remedy.VERIFY, Framework.EXPRESS, verifier)
    file.write_text(f"{BEFORE_EXPRESS}\n{text}\n{AFTER_EXPRESS}")
    with served(["node", file], tmp_path, key) as address:
        require_kept(checked(address, key=key))


@pytest.mark.parametrize("verifier", [*VERIFIERS, Verifier.UNKNOWN])
def test_nothing_starts_without_the_key(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELNYX_PUBLIC_KEY", raising=False)
    with pytest.raises(KeyError, match="TELNYX_PUBLIC_KEY"):
        factory(Framework.FLASK, code(Remedy.VERIFY, Framework.FLASK, verifier))()


@pytest.mark.parametrize("framework", Framework)
@pytest.mark.parametrize("verifier", Verifier)
def test_the_code_is_short(framework: Framework, verifier: Verifier) -> None:
    lines = [line for line in code(Remedy.VERIFY, framework, verifier).splitlines() if line]
    assert len(lines) <= (23 if framework in WITHOUT_HELP else 18)
    assert all(len(line) <= WIDEST for line in lines)
