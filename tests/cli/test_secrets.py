"""A receiver that repeats every secret it can find: no output of ours has any of them."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from nacl.signing import SigningKey

from telnyx_mock.cli.echo import without_commands
from telnyx_mock.journal import FOLDER
from tests.cli.conftest import Process

pytestmark = pytest.mark.slow  # they start processes, or run long

SEED = bytes(range(65, 97))
TOKEN = "gate+Way/\"0123\\'&<abc=="
PASSWORD = "db\"pass\\word'&<9876+/="
API_KEY = "KEY0123456789abcdef_of-the-account"

VARIABLES = {
    "SIGNING_KEY": base64.b64encode(SEED).decode(),
    "GATEWAY_TOKEN": TOKEN,
    "PASSWORD": PASSWORD,
    "TELNYX_API_KEY": API_KEY,
    "SHORT": "12345",
}

PUBLIC_KEY = base64.b64encode(bytes(SigningKey(SEED).verify_key)).decode()


def spellings(secret: str) -> list[str]:
    """The ways in which the receivers here write *secret*."""
    content = secret.encode()
    return [
        secret,
        repr(secret)[1:-1],
        secret.upper(),
        quote(secret, safe=""),
        base64.b64encode(content).decode(),
        content.hex(),
    ]


WHOLE_KEY = SEED + bytes(SigningKey(SEED).verify_key)
PRIVATE_KEY = [
    *spellings(base64.b64encode(SEED).decode()),
    SEED.hex(),
    base64.urlsafe_b64encode(SEED).decode(),
    base64.b64encode(WHOLE_KEY).decode(),
    WHOLE_KEY.hex(),
]

APP = f"""
import base64
import os
import sys
from urllib.parse import quote
from tests.receivers.correct import Receiver

SECRETS = {{
    "password": os.environ["DB"],
    "api key": os.environ["TELNYX_API_KEY"],
    "token": {TOKEN!r},
    "key": {base64.b64encode(SEED).decode()!r},
}}
PAGE = "".join(
    f"{{name}} {{text}} {{text!r}} {{text.upper()}} {{quote(text, safe='')}} "
    f"{{base64.b64encode(text.encode()).decode()}} {{text.encode().hex()}} "
    for name, text in SECRETS.items()
) + {" ".join(PRIVATE_KEY)!r} + f" short {{os.environ['SHORT']}}"

assert "SIGNING_KEY" not in os.environ, "the app has no use for the private key"


class Shows(Receiver):
    def refuse(self):
        self.refused = True
        sys.stdout.write(PAGE[:40])
        sys.stdout.flush()
        sys.stderr.write(PAGE + "\\n")
        sys.stdout.write(PAGE[40:] + "\\n")
        return 500

    def body(self):
        return (PAGE[:40] + "-" * 450 + PAGE).encode() if getattr(self, "refused", False) else b""

    def headers(self):
        return [(b"x-all", SECRETS["api key"].encode())]


class Raises(Receiver):
    def refuse(self):
        raise LookupError(PAGE[:40] + "-" * 450 + PAGE)


shows, raises = Shows(), Raises()
"""

CHECK = (
    "--events", "call.hangup", "--only", "accepts-sample", "--only", "refuses-signature-missing",
    "--only", "answers-*", "--report", "report.json", "--html", "report.html",
    "--junit", "report.xml", "-v",
)  # fmt: skip
ACCESS = ("--key", "env:SIGNING_KEY", "--header", "X-Token: env:GATEWAY_TOKEN")
FOR_APP = (*ACCESS, "--env", "DB=env:PASSWORD")


def outputs(process: Process, *words: str) -> dict[str, str]:
    """Run a command, and return each text that it leaves, by name."""
    done = process(*words, **VARIABLES)
    assert done.returncode == 1, done.stderr
    files = [*Path.cwd().glob("report.*"), *Path.cwd().glob(f"{FOLDER}/*.jsonl")]
    files = files if words[0] == "check" else []
    return {
        "stdout": done.stdout,
        "stderr": done.stderr,
        **{file.suffix: file.read_text(encoding="utf-8") for file in files},
    }


def assert_hidden(shown: Mapping[str, str], *but: str) -> None:
    """Each output repeats the receiver's text, with none of the secrets in it."""
    for name, text in shown.items():
        _, _, content = text.rpartition("</style>")  # where [hidden] is a selector
        assert name in but or "[hidden]" in content, name
        for secret in (TOKEN, PASSWORD, API_KEY):
            assert [each for each in spellings(secret) if each in text] == [], name
        assert [each for each in PRIVATE_KEY if each in text] == [], name


@pytest.fixture
def app(project: Path) -> None:
    (project / "echoes.py").write_text(APP, encoding="utf-8")


@pytest.mark.parametrize("name", ["shows", "raises"])
def test_an_app_that_shows_all_it_knows(process: Process, app: None, name: str) -> None:
    found = outputs(process, "check", f"echoes:{name}", *CHECK, *FOR_APP)
    assert_hidden(found, "stderr", *([".xml"] if name == "shows" else []))  # which has no bodies
    assert ("answers-without-secrets" in found["stdout"]) == (name == "shows")
    send = ("send", "call.hangup", f"echoes:{name}", "--forge", "signature-missing", *FOR_APP)
    sent = outputs(process, *send)
    assert_hidden(sent)
    if name == "shows":
        assert "short 12345" in sent["stdout"], "what is too short is shown"
    assert_hidden(outputs(process, "replay", "latest.2", f"echoes:{name}", *FOR_APP))


class Echoes(BaseHTTPRequestHandler):
    """Accepts what seems to be signed, and repeats the headers of all else in each part of its answer."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        token = self.headers.get("x-token", "")
        page = " ".join([token, "-" * 460, *spellings(token), *PRIVATE_KEY, API_KEY]).encode()
        refused = self.headers.get("telnyx-signature-ed25519") in (None, "AAAA")
        self.send_response(500 if refused else 200, f"Bad {token}")
        self.send_header("x-repeated", token)
        self.send_header("content-length", str(len(page) if refused else 0))
        self.end_headers()
        self.wfile.write(page if refused else b"")

    do_GET = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echoes)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_server_that_repeats_its_headers(process: Process, project: Path, server: str) -> None:
    found = outputs(process, "check", server, *CHECK, *ACCESS)
    assert_hidden(found, "stderr", ".xml")
    assert "answers-without-secrets" in found["stdout"]
    send = ("send", "call.hangup", server, "--forge", "signature-missing", *ACCESS)
    assert_hidden(outputs(process, *send), "stderr")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::no", r"\x3a:error::no"),
        ("a\n \t::stop-commands::x", "a\n \t\\x3a:stop-commands::x"),
        ("\x1b[2m    \x1b[0m::add-mask::x", "\x1b[2m    \x1b[0m\\x3a:add-mask::x"),
        ("a ##[error]b", r"a \x23#[error]b"),
        ("a ##VSO[task.complete]", r"a \x23#VSO[task.complete]"),
        ("a::b ## c [d]", "a::b ## c [d]"),
    ],
)
def test_no_line_is_a_command_for_a_ci_system(text: str, shown: str) -> None:
    assert without_commands(text) == shown


def test_an_answer_gives_no_command_to_a_ci_system(process: Process, project: Path) -> None:
    (project / "orders.py").write_text(
        "from tests.receivers.correct import Receiver\n\n"
        "class App(Receiver):\n"
        "    def refuse(self):\n"
        "        print('::error::b')\n"
        f"        raise LookupError('{'x' * 100} ::error::a ##vso[task.complete]')\n\n"
        "app = App()\n"
    )
    checked = process("check", "orders:app", "--events", "call.hangup", "--only", "refuses-*", "-v")
    assert r"\x3a:error::a" in checked.stdout
    sent = process("send", "call.hangup", "orders:app", "--forge", "signature-missing")
    assert r"\x3a:error::b" in sent.stdout
    for text in (checked.stdout, sent.stdout, sent.stderr):
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
        assert "##vso" not in text
