"""Against a receiver that runs elsewhere: what is planned, bounded, added, and never shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from telnyx_mock.contract.rules.registry import CONTRACT
from tests.cli.conftest import Run

ONE_EVENT = ("--events", "call.hangup", "--examples", 2)
SECRET = "open-sesame"


class Gateway(BaseHTTPRequestHandler):
    """Refuses what lacks the gateway's token with 403, and all else with 401."""

    protocol_version = "HTTP/1.1"
    tokens: list[str | None]
    status = 401

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        token = self.headers.get("x-token")
        self.tokens.append(token)
        self.send_response(self.status if token == SECRET else 403)
        self.send_header("content-length", "0")
        self.end_headers()

    do_GET = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Gateway]]]:
    """The address of a gateway, and the class that holds what it was sent."""

    class Handler(Gateway):
        tokens: list[str | None] = []

    monkeypatch.setenv("GATEWAY_TOKEN", SECRET)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", Handler
    server.shutdown()
    server.server_close()
    thread.join()


HEADER = ("--header", "X-Token: env:GATEWAY_TOKEN")


def test_forgeries_that_are_all_refused_end_with_0_and_are_said_to_be_unproven(
    run: Run, project: Path, gateway: tuple[str, type[Gateway]]
) -> None:
    address, handler = gateway
    words = ("check", address, *ONE_EVENT, *HEADER, "--forgeries-only", "--report", "report.json")
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert set(handler.tokens) == {SECRET}
    assert "refused forgeries prove little" in " ".join(result.stdout.split())
    report = json.loads((project / "report.json").read_bytes())
    outcomes = {row["id"]: row["outcome"] for row in report["checks"]}
    assert outcomes["refuses-signature-missing"] == "passed"
    assert outcomes["refuses-timestamp-expired-1h"] == "skipped"
    assert outcomes["accepts-sample"] == "skipped"


def test_a_forgery_that_is_accepted_is_exit_1_and_the_token_is_nowhere(
    run: Run, project: Path, gateway: tuple[str, type[Gateway]]
) -> None:
    address, handler = gateway
    handler.status = 200
    words = ("check", address, *ONE_EVENT, *HEADER, "--forgeries-only", "--report", "report.json")
    result = run(*words, "--html", "report.html", "--junit", "junit.xml")
    assert result.exit_code == 1
    assert result.stdout.startswith("error 1  verifies-nothing: ")
    [finding, *_] = json.loads((project / "report.json").read_bytes())["findings"]
    assert '-H "X-Token: $GATEWAY_TOKEN"' in finding["curl"]
    assert "--header 'X-Token: env:GATEWAY_TOKEN'" in finding["repeat"]
    written = [file.read_bytes() for file in project.rglob("*") if file.is_file()]
    assert not any(SECRET.encode() in text for text in written)
    assert SECRET not in result.output


def test_what_repeats_a_check_keeps_to_the_bounds_of_the_run(
    run: Run, project: Path, gateway: tuple[str, type[Gateway]]
) -> None:
    address, handler = gateway
    handler.status = 200
    bounds = ("--success", "2xx", "--max-requests", "50", "--rate", "90", "--forgeries-only")
    words = ("check", address, *ONE_EVENT, *HEADER, "--failover", "/second", *bounds)
    run(*words, "--only", "refuses-at-failover", "--report", "report.json")
    [finding, *_] = json.loads((project / "report.json").read_bytes())["findings"]
    words = finding["repeat"].split()
    assert words[-2:] == ["--only", "refuses-at-failover"]
    assert {"--failover", "/second", *bounds} <= set(words)


def test_send_adds_headers_too(run: Run, project: Path, gateway: tuple[str, type[Gateway]]) -> None:
    address, handler = gateway
    handler.status = 200
    assert run("send", "call.hangup", address, *HEADER).exit_code == 0
    assert run("send", "call.hangup", address).exit_code == 1
    assert handler.tokens == [SECRET, None]


def test_a_path_where_nobody_is_ends_with_3(
    run: Run, project: Path, gateway: tuple[str, type[Gateway]]
) -> None:
    address, handler = gateway
    handler.status = 404
    result = run("check", address, *ONE_EVENT, *HEADER, "--forgeries-only")
    assert result.exit_code == 3
    assert (
        "Every answer is 404, as from an address that serves nothing. Check the path."
        in " ".join(result.stdout.split())
    )


def test_a_budget_bounds_what_is_sent_and_ends_with_3(run: Run, project: Path) -> None:
    target = "tests.receivers.correct:Receiver()"
    words = ("check", target, *ONE_EVENT, "--max-requests", 20)
    result = run(*words, "--report", "report.json")
    assert result.exit_code == 3, result.output
    report = json.loads((project / "report.json").read_bytes())
    assert 0 < report["summary"]["deliveries"] <= 20
    assert "the budget of 20 requests is used up; raise it with --max-requests" in " ".join(
        result.stdout.split()
    )


def test_a_dry_run_tells_each_check_and_sends_nothing(
    run: Run, project: Path, gateway: tuple[str, type[Gateway]]
) -> None:
    address, handler = gateway
    words = ("--dry-run", "--max-requests", 500, "--rate", 5, "--report", "report.json")
    result = run("check", address, *ONE_EVENT, *words)
    assert result.exit_code == 0
    assert handler.tokens == []
    assert not (project / "report.json").exists()
    rows = [line.split() for line in result.stdout.splitlines()]
    told = {row[0]: row[1:] for row in rows[1:] if row and row[0] in CONTRACT}
    assert told["accepts-sample"] == ["error", "1", "call.hangup"]
    assert told["refuses-signature-missing"] == ["error", "1", "voice"]
    assert told["serves-something"] == ["error", "1", "the", "whole", "run"]
    assert result.stdout.endswith(
        f"{len(told)} rules, {len(told)} checks, at {address}\n"
        "at most 500 requests, 5 a second; nothing was sent\n"
    )


def test_a_dry_run_imports_no_app(run: Run, project: Path) -> None:
    result = run("check", "broken_shop:app", "--events", "call.*", "--dry-run")
    assert result.exit_code == 0
    assert " and " in result.stdout
    assert "as many requests as the checks need, as fast as the receiver answers" in result.stdout


def test_another_machine_is_bounded_by_default(run: Run, project: Path) -> None:
    words = ("check", "https://shop.example/hook", "--allow-host", "shop.example", "--dry-run")
    assert "at most 10000 requests, 20 a second; nothing was sent" in run(*words).stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("https://shop.example/",), "shop.example is not this machine"),
        (("shop:app", "--failover", "https://shop.example/"), "shop.example is not this machine"),
        (("shop:app", "--failover", "http://[::1"), "'http://[::1' is not an address"),
        (("shop:app", "--probe", "https://shop.example/rows"), "shop.example is not this machine"),
        (("shop:app", "--header", "X Env"), "A header is written as 'Name: value'"),
        (
            ("shop:app", "--header", "X-Token: env:NOWHERE"),
            "no variable NOWHERE to read the header",
        ),
        (("https://localhost/", "--ca-bundle", "no.pem"), "The CA bundle no.pem cannot be read"),
    ],
)
@pytest.mark.parametrize("dry", [("--dry-run",), ()])
def test_what_will_not_do_is_one_line_and_exit_2(
    words: tuple[str, ...], why: str, dry: tuple[str, ...], run: Run, project: Path
) -> None:
    result = run("check", *words, *ONE_EVENT, *dry)
    assert why in result.stderr
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
