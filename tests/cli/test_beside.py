"""What went to another receiver than the first: where a replay of it goes, and that it is counted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from telnyx_mock.journal import FAILOVER, FOLDER, MADE_FOR_RULE, Folder, RecordedDelivery
from tests.cli.conftest import Run

FAILING = """
from tests.receivers.correct import Keyed, Receiver


class Fails(Receiver):
    def act(self, event):
        return 1 / 0


def app_with(keys):
    return Keyed(keys)


class AtPath(Receiver):
    async def __call__(self, scope, receive, send):
        self.path = scope["path"]
        await super().__call__(scope, receive, send)

    def act(self, event):
        return 200 if self.path == "/hook" else 1 / 0
"""
APP, FAILS = "failing:AtPath()", "failing:Fails()"
ONE_EVENT = ("--events", "call.initiated", "--examples", 1)
AT_FAILOVER = (*ONE_EVENT, "--only", "accepts-at-failover", "--failover")
WITH_KEYS = (*ONE_EVENT, "--app-with-keys", "failing:app_with")
ROTATION = ("--only", "supports-key-rotation")


@pytest.fixture(autouse=True)
def failing(project: Path) -> None:
    (project / "failing.py").write_text(FAILING)


def kept(to: str) -> list[RecordedDelivery]:
    """The deliveries of the latest run that went there."""
    return [each for each in Folder(Path(FOLDER)).run("latest").deliveries() if each.to == to]


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that acknowledges all, and the paths that it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            paths.append(self.path)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()
        thread.join()


@pytest.fixture
def preset(project: Path) -> Callable[..., None]:
    """Write the project's settings."""

    def preset(target: str, failover: str, **more: str) -> None:
        table = {"target": target, "failover": failover, "path": "/hook", **more}
        lines = [f"{name} = {json.dumps(value)}" for name, value in table.items()]
        (project / "pyproject.toml").write_text("\n".join(["[tool.telnyx-mock]", *lines]))

    return preset


Preset = Callable[..., None]


def test_what_went_to_a_failover_address_needs_settings_or_a_target(run: Run) -> None:
    run("check", APP, "--path", "/hook", *AT_FAILOVER, FAILS)
    delivery, *_ = kept(FAILOVER)
    refused = run("replay", delivery.id)
    assert refused.exit_code == 2
    for words in (f"{delivery.id} went to", "Name a TARGET", "--only accepts-at-failover"):
        assert words in refused.output
    assert run("replay", delivery.id, FAILS).exit_code == 1
    assert "TARGET is missing" in run("replay", kept("")[0].id).output


def test_what_went_to_a_failover_app_goes_there_again(run: Run, preset: Preset) -> None:
    preset(APP, FAILS)
    run("check", *AT_FAILOVER, FAILS)
    delivery, *_ = kept(FAILOVER)
    assert run("replay", delivery.id).exit_code == 1
    assert run("replay", kept("")[0].id).exit_code == 0


def test_what_went_to_another_path_of_the_app_goes_there_again(run: Run, preset: Preset) -> None:
    preset(APP, "/failover")
    run("check", *AT_FAILOVER, "/failover")
    delivery, *_ = kept(FAILOVER)
    assert run("replay", delivery.id).exit_code == 1
    assert run("replay", delivery.id, APP, "--path", "/hook").exit_code == 0
    assert run("replay", kept("")[0].id).exit_code == 0


@pytest.mark.parametrize("failover", ["/second", "ADDRESS/second"])
def test_what_went_to_a_failover_address_goes_there_again(
    run: Run, server: tuple[str, list[str]], failover: str, preset: Preset
) -> None:
    address, paths = server
    preset(address, failover.replace("ADDRESS", address))
    run("check", *AT_FAILOVER, failover.replace("ADDRESS", address))
    delivery, *_ = kept(FAILOVER)
    paths.clear()
    assert run("replay", delivery.id).exit_code == 0
    assert run("replay", kept("")[0].id).exit_code == 0
    assert paths == ["/second", "/hook"]


def test_a_journal_names_no_host(run: Run, server: tuple[str, list[str]], preset: Preset) -> None:
    address, paths = server
    run("check", address, "--path", "/hook", *AT_FAILOVER, f"{address}/second")
    paths.clear()
    for delivery in (*kept(""), *kept(FAILOVER)):
        assert run("replay", delivery.id).exit_code == 2
    preset(APP, FAILS, **{"allow-host": ["example.com"]})
    for delivery in (*kept(""), *kept(FAILOVER)):
        assert run("replay", delivery.id).exit_code in (0, 1)
    assert paths == []


@pytest.mark.slow
def test_what_went_to_an_app_made_for_keys_needs_a_target_and_is_signed_anew(run: Run) -> None:
    run("check", "tests.receivers.correct:Keyed()", *WITH_KEYS, *ROTATION)
    deliveries = kept(MADE_FOR_RULE)
    refused = run("replay", deliveries[0].id)
    assert refused.exit_code == 2
    for words in (f"{deliveries[0].id} went to", "Name a TARGET", f"--only {ROTATION[1]}"):
        assert words in refused.output
    for delivery in deliveries:
        result = run("replay", delivery.id, "tests.receivers.correct:Keyed()")
        what = "200 OK" if delivery.status == 200 else "401 Unauthorized"
        assert f": {what} in" in result.output, delivery.id


def test_an_older_journal_is_read_as_before(run: Run) -> None:
    run("check", APP, "--path", "/hook", *AT_FAILOVER, FAILS)
    delivery, *_ = kept(FAILOVER)
    file = Path(FOLDER) / f"{delivery.id.partition('.')[0]}.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0]["target"].pop("failover")
    for line in lines:
        line.pop("to", None)
        for name in ("other_deliveries", "reason"):
            line.get("result", {}).pop(name, None)
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    assert run("replay", delivery.id, APP, "--path", "/hook").exit_code == 0
    assert APP in run("runs").output


@pytest.mark.parametrize(
    "words",
    [
        ("--only", "accepts-key-spelling"),
        ("--only", "accepts-key-spelling", "--max-requests", "5"),
        ("--failover", FAILS),
        ("--failover", "http://127.0.0.1:9/nobody", "--only", "*failover*"),
    ],
    ids=["made anew", "cut short", "the whole contract", "nobody there"],
)
def test_the_verdict_counts_what_the_journal_does(
    run: Run, project: Path, words: tuple[str, ...]
) -> None:
    run("check", "tests.receivers.correct:Keyed()", *WITH_KEYS, *words, "--report", "r")
    counted = json.loads((project / "r").read_bytes())["summary"]["deliveries"]
    latest = Folder(project / FOLDER).run("latest")
    assert f"Keyed()  {counted} " in " ".join(run("runs").output.splitlines()[1:])
    assert latest.count() == counted == sum(1 for _ in latest.deliveries()) > 0


def test_what_an_app_takes_that_was_made_for_a_check_is_no_time_of_the_receiver(run: Run) -> None:
    run("check", "tests.receivers.correct:Keyed()", *WITH_KEYS, *ROTATION)
    [row] = Folder(Path(FOLDER)).run("latest").results()
    assert len(row["latencies"]) == len(kept("")) == 1
    assert row["other_deliveries"] == len(kept(MADE_FOR_RULE)) == 14
