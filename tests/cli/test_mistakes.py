"""Whatever is wrong with the input of a command: one line that says what to do, and exit 2."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from telnyx_mock.cli.compare import TWO
from tests.cli.conftest import Process, Run

UNKNOWN_EVENT = (
    "There is no event 'call.intiated'. "
    "Did you mean 'call.initiated' or 'texml.call.initiated' or 'call.fork.started'?"
)
NO_VARIABLE = "The environment has no variable NO_SUCH_KEY to read the key from."
NO_KEY_FILE = "The key file nowhere.key cannot be read: No such file or directory."
KEY_BY_VALUE = "A private key is named by where it is, env:NAME or file:PATH, never by its value."
NO_KEY = "What file:shop.py holds is no Ed25519 private key: 32 bytes in base64 or hex are wanted."
NOT_TELNYX = (
    "api.telnyx.com belongs to Telnyx, and nothing is ever sent there: not even --allow-host "
    "(--telnyx-allow-host in pytest) changes that; name your own receiver."
)
NOT_ALLOWED = (
    "shop.example is not this machine, so it must be agreed to by name: add --allow-host "
    "shop.example (in pytest: --telnyx-allow-host shop.example) if it is yours to send requests to."
)
NO_TARGET = (
    "expected an address such as http://localhost:8000/hook, or module:app, or module:make()."
)
NO_APP = (
    "no_shop:number is an int; expected an ASGI app (async, called with scope, receive, send), a "
    "WSGI app (called with environ, start_response), "
)
LOOSE = "Add --loose to send it all the same."
NO_BUNDLE = "The CA bundle no.pem cannot be read: No such file or directory."
CHECK = ("check", "shop:app", "--events", "call.hangup")
SEND = ("send", "call.initiated")
PUBLIC_KEY = "The public key must be base64 of 32 bytes (44 characters)"

TARGETS = {
    "shop": f"'shop' is no target: {NO_TARGET} Did you mean 'shop:app'?",
    "shop.py:app": f"'shop.py:app' is no target: {NO_TARGET} Did you mean 'shop:app'?",
    "localhost:8000": f"'localhost:8000' is no target: {NO_TARGET} Did you mean 'http://localhost:8000'?",
    "shpo:app": "There is no module 'shpo' in {here} or on the import path. Did you mean 'shop'?",
    "shop:ap": "There is no attribute 'ap' in shop ({here}/shop.py). Did you mean 'app'?",
    "no_shop:number": NO_APP,
    "no_shop:make()": "no_shop:make() could not be loaded: OSError: no disk ({here}/no_shop.py:5).",
    "broken_shop:app": "broken_shop could not be loaded: RuntimeError: no database ({here}/broken_shop.py:1).",
    "http://": "'http://' is no address; expected one such as http://localhost:8000/hook.",
    "http://localhost:port/": "'http://localhost:port/' is no address: Port could not be cast to integer value as 'port'.",
    "ftp://localhost/": "'ftp://localhost/' is no address; expected one such as http://localhost:8000/hook.",
    "http://me:secret@localhost/": "An address must not hold a user name or password; leave them out.",
    "http://shop.example/": NOT_ALLOWED,
    "http://api.telnyx.com/": NOT_TELNYX,
}

MISTAKES: dict[tuple[object, ...], str] = {
    ("chekc",): "There is no command 'chekc'. Did you mean 'check'?",
    ("--verbos",): "No such option '--verbos'.",
    ("check",): "Missing argument 'TARGET'. See: telnyx-mock check --help",
    ("check", "shop:app", "--evnts", "x"): "No such option '--evnts'. Did you mean '--events'?",
    ("check", "shop:app", "--events", "call.intiated"): UNKNOWN_EVENT,
    ("check", "shop:app", "--events", "phone.*"): "No event matches the pattern 'phone.*'.",
    (*CHECK, "--path", "hook"): "The path 'hook' must start with '/', as in '/webhooks'.",
    (*CHECK, "--key", "env:NO_SUCH_KEY"): NO_VARIABLE,
    (*CHECK, "--key", "file:nowhere.key"): NO_KEY_FILE,
    (*CHECK, "--key", "file:shop.py"): NO_KEY,
    (*CHECK, "--key", "c2VjcmV0"): KEY_BY_VALUE,
    (*CHECK, "--examples", 0): "Invalid value for '--examples': 0 is not in the range x>=1.",
    (
        *CHECK,
        "--examples",
        "many",
    ): "Invalid value for '--examples': 'many' is not a valid whole number",
    (*CHECK, "--seed", -1): "Invalid value for '--seed': -1 is not in the range x>=0.",
    (*CHECK, "--rate", "abc"): "Invalid value for '--rate': 'abc' is not a valid number.",
    (
        *CHECK,
        "--only",
        "acepts-null",
    ): "There is no check 'acepts-null'. Did you mean 'accepts-null'",
    (
        *CHECK,
        "--success",
        "3xx",
    ): "Invalid value for '--success': '3xx' is not one of '200', '2xx'.",
    (*CHECK, "--ca-bundle", "no.pem"): NO_BUNDLE,
    (*CHECK, "--ca-bundle", "no.pem", "--dry-run"): NO_BUNDLE,
    ("check", "http://localhost/", "--ca-bundle", "no.pem", "--dry-run"): NO_BUNDLE,
    (*SEND, "http://localhost/", "--ca-bundle", "shop.py"): (
        "The CA bundle shop.py has no certificate in it (PEM)."
    ),
    (*CHECK, "--probe", "nonsense"): (
        "The probe 'nonsense' is neither a function, as in shop:rows, nor an address"
    ),
    ("compare", "latest"): f"There is nothing to compare latest with; {TWO}.",
    (*CHECK, "--deadline", 0): "Invalid value for '--deadline': 0.0 is no time to wait",
    (*CHECK, "--deadline", "nan"): "Invalid value for '--deadline': nan is no time to wait",
    (*CHECK, "--deadline", "inf"): "Invalid value for '--deadline': inf is no time to wait",
    (*CHECK, "-n", -1): "Invalid value for '-n' / '--workers': -1 is not in the range x>=0.",
    (*CHECK, "--report", "."): "Invalid value for '--report': File '.' is a directory.",
    (*CHECK, "--report", "shop.py/r.json"): "The report shop.py/r.json cannot be written: ",
    (*CHECK, "--junit", "shop.py/r.xml"): "The report shop.py/r.xml cannot be written: ",
    (*CHECK, "--report", "r", "--html", "r", "--junit", "r"): (
        "--report and --html both name r; give each a file of its own."
    ),
    (*CHECK, "--html", "r.xml", "--junit", "x/../r.xml", "--dry-run"): (
        "--html and --junit both name x/../r.xml; give each a file of its own."
    ),
    (*CHECK, "--junit", "/proc/r.xml"): "The report /proc/r.xml cannot be written: ",
    ("send", "call.intiated", "shop:app"): UNKNOWN_EVENT,
    SEND: "There is no TARGET to send to; give one, or --dry-run.",
    (*SEND, "--set", "direction", "--dry-run"): (
        "--set takes PATH=VALUE, such as payload.direction=outgoing, not 'direction'."
    ),
    (*SEND, "--set", "=x", "--dry-run"): (
        "--set takes PATH=VALUE, such as payload.direction=outgoing, not '=x'."
    ),
    (*SEND, "--set", "dirction=incoming", "--dry-run"): (
        "There is no field 'payload.dirction' in call.initiated. Did you mean 'payload.direction'"
    ),
    (*SEND, "--unset", "dirction", "--dry-run"): (
        "There is no field 'payload.dirction' in call.initiated. Did you mean 'payload.direction'"
    ),
    (*SEND, "--set", "direction=sideways", "--dry-run"): (
        "call.initiated: payload.direction takes one of 'incoming', 'outgoing', not 'sideways'. "
        + LOOSE
    ),
    (*SEND, "--set", "direction=outgoing", "--set", "caller_id_name=Jo", "--dry-run"): (
        "call.initiated: payload.caller_id_name is there only while direction is incoming. " + LOOSE
    ),
    ("send", "message.received", "--set", "to=[{", "--dry-run"): (
        "payload.to is given '[{', which is no JSON: Expecting property name"
    ),
    ("send", "message.received", "--set", "to=hello", "--dry-run"): (
        "message.received: payload.to takes a list, not 'hello'. " + LOOSE
    ),
    ("send", "message.received", "--set", "parts=many", "--dry-run"): (
        "message.received: payload.parts takes a whole number, not 'many'. " + LOOSE
    ),
    (*SEND, "--forge", "signature-mising", "--dry-run"): (
        "There is no forgery 'signature-mising'. Did you mean 'signature-missing'"
    ),
    (*SEND, "--layout", "indentd", "--dry-run"): (
        "There is no layout 'indentd' of application/json. Did you mean 'indented'"
    ),
    (*SEND, "--header-case", "uper", "--dry-run"): (
        "There is no header case 'uper'. Did you mean 'upper'"
    ),
    (*SEND, "--layout", "indented", "--forge", "signature-missing", "--dry-run"): (
        "--layout, --header-case, --charset and --reverse-headers do not go with --forge and "
        "--malform, which write the request themselves."
    ),
    (*SEND, "shop:app", "--key", "env:NO_SUCH_KEY"): NO_VARIABLE,
    (*SEND, "shop:app", "--key", "file:nowhere.key"): NO_KEY_FILE,
    (*SEND, "shop:app", "--key", "file:shop.py"): NO_KEY,
    (*SEND, "shop:app", "--key", "c2VjcmV0"): KEY_BY_VALUE,
    (*SEND, "--header", "X-Env", "--dry-run"): (
        "A header is written as 'Name: value', or 'Name: env:VARIABLE' for a secret; 'X-Env' does "
        "not begin like one."
    ),
    (*SEND, "--header", "X-Token: env:NO_SUCH_KEY", "--dry-run"): (
        "The environment has no variable NO_SUCH_KEY to read the header X-Token from."
    ),
    ("explain", "accepts-nul"): (
        "There is no event or check 'accepts-nul'. Did you mean 'accepts-null' or "
    ),
    ("explain", "call.intiated"): (
        "There is no event or check 'call.intiated'. Did you mean 'call.initiated' or "
    ),
    ("sample", "call.intiated"): UNKNOWN_EVENT,
    ("sample", "call.initiated", "--set", "color=red"): "There is no field 'payload.color' in",
    ("events", "call.intiated"): UNKNOWN_EVENT,
    ("events", "phone.*"): "No event matches the pattern 'phone.*'.",
    ("events", "--family", "voce"): "There is no event family 'voce'. Did you mean 'voice'?",
    ("events", "--status", "old"): "Invalid value for '--status': 'old' is not one of 'current', ",
    ("forgeries", "x"): "Got unexpected extra argument",
    ("keys", "new", "--out", "shop.py"): "shop.py exists already; a key is never overwritten.",
    ("keys", "new", "--out", "nowhere/k"): (
        "The key file nowhere/k cannot be written: No such file or directory."
    ),
    ("sign", "shop.py"): "Missing option '--key'. See: telnyx-mock sign --help",
    ("sign", "nowhere", "--key", "env:NO_SUCH_KEY"): (
        "Invalid value for '[BODY]': 'nowhere': No such file or directory"
    ),
    ("sign", "shop.py", "--key", "env:NO_SUCH_KEY"): NO_VARIABLE,
    ("verify", "shop.py", "--timestamp", 1, "--signature", "x"): "Missing option '--public-key'.",
    ("verify", "shop.py", "--public-key", "x", "--timestamp", 1, "--signature", "x"): PUBLIC_KEY,
    ("verify", "shop.py", "--public-key", "clé", "--timestamp", 1, "--signature", "x"): PUBLIC_KEY,
    **{("check", target, "--events", "call.hangup"): why for target, why in TARGETS.items()},
    **{(*SEND, target): why for target, why in TARGETS.items()},
}


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine that nothing listens on, for as long as the test goes on."""
    with socket.socket() as reached_goals:
        reached_goals.bind(("127.0.0.1", 0))
        yield reached_goals.getsockname()[1]


@pytest.mark.parametrize("words", MISTAKES, ids=lambda words: " ".join(map(str, words)))
def test_a_mistake_is_one_line_and_exit_2(
    words: tuple[object, ...], run: Run, project: Path
) -> None:
    result = run(*words)
    assert result.stderr.startswith("telnyx-mock: ")
    assert MISTAKES[words].replace("{here}", str(project)) in result.stderr
    assert result.stderr.count("\n") == 1
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("workers", [0, 2])
def test_a_receiver_that_does_not_listen_is_one_line_and_exit_2(
    workers: int, run: Run, project: Path, closed_port: int
) -> None:
    address = f"http://127.0.0.1:{closed_port}/"
    result = run("check", address, "--events", "call.hangup", "-n", workers)
    assert result.stderr == (
        f"telnyx-mock: {address} could not be reached: [Errno 111] Connection refused. "
        "Is anything running there?\n"
    )
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_dead_probe_is_known_before_the_run(run: Run, project: Path, closed_port: int) -> None:
    address = f"http://127.0.0.1:{closed_port}/rows"
    result = run(*CHECK, "--probe", address)
    assert result.stderr == (
        f"telnyx-mock: The probe {address} could not be reached: [Errno 111] Connection refused. "
        "Is anything running there?\n"
    )
    assert (result.exit_code, result.stdout) == (2, "")


def test_sending_to_a_receiver_that_does_not_listen_says_so(
    run: Run, project: Path, closed_port: int
) -> None:
    result = run(*SEND, f"http://127.0.0.1:{closed_port}/")
    assert "Is anything running there?" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert result.exit_code == 2


def test_no_command_at_all_shows_the_help(run: Run) -> None:
    result = run()
    assert result.stderr.startswith("Usage: telnyx-mock [OPTIONS] COMMAND")
    assert result.exit_code == 2


def test_a_shell_sees_the_same(process: Process, project: Path) -> None:
    result = process("check", "shpo:app")
    assert result.stderr == (
        f"telnyx-mock: There is no module 'shpo' in {project} or on the import path. "
        "Did you mean 'shop'?\n"
    )
    assert (result.returncode, result.stdout) == (2, "")
