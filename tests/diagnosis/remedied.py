"""Receivers that are made of the code of a remedy, in each framework."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.signing.keys import KeyPair
from tests.node_packages import require_packages
from tests.processes import environment

ROOT = Path(__file__).parents[2]
PATH = "/webhooks"

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
    answer = answer_to(headers, body)
    if isinstance(answer, str):
        start_response("200 OK", [("Content-Type", "application/xml")])
        return [answer.encode()]
    start_response(f"{answer} Status", [])
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
IN_PROCESS = [each for each in Framework if each not in (*SERVED, Framework.DJANGO)]
"""The frameworks of which each test can make an app. Django's settings are those of a process."""


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
def serving(framework: Framework, text: str, folder: Path, key: KeyPair) -> Iterator[str]:
    """The address of the receiver that *text* makes in aiohttp or Express; its files are in *folder*."""
    if framework is Framework.EXPRESS:
        packages = ROOT / "examples" / "express_receiver"
        require_packages(packages)
        (folder / "node_modules").symlink_to(packages / "node_modules")
        (folder / "receiver.js").write_text(f"{BEFORE_EXPRESS}\n{text}\n{AFTER_EXPRESS}")
        words = ["node", "receiver.js"]
    else:
        (folder / "receiver.py").write_text(program(framework, text))
        words = [sys.executable, "receiver.py"]
    variables = {"TELNYX_PUBLIC_KEY": key.public_key, "NODE_ENV": "production"}
    with subprocess.Popen(
        words, cwd=folder, env=environment(**variables), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def check_in_django(text: str, folder: Path, *words: str) -> dict[str, Any]:
    """The JSON report of ``check`` with *words* on the receiver that *text* makes in Django."""
    (folder / "receiver.py").write_text(program(Framework.DJANGO, text))
    report = folder / "report.json"
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "telnyx_mock", "check", "receiver:app", "--path", PATH),
            *("--report", report, "--no-journal", *words),
        ],
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found: dict[str, Any] = json.loads(report.read_bytes())
    return found
