"""What the journal records, what it never records, and how large it may get."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import Folder, Journal
from telnyx_mock.journal.rows import MOST_OF_A_REQUEST, MOST_OF_AN_ANSWER
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.app_kind import open_app

KEY = KeyPair.generate()
Begin = Callable[..., Journal]


def app(environ, start_response):
    """A receiver that answers with the body of the request, and a secret."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "session=s3cret")])
    return [body]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / ".telnyx-mock")


@pytest.fixture
def begin(folder: Folder) -> Iterator[Begin]:
    """Begin a run with this name."""
    journals = []

    def begin(run: str = "", **more: int) -> Journal:
        _, file = folder.begin(run)
        journal = Journal(file, target={"name": "shop:app"}, public_key=KEY.public_key, **more)
        journals.append(journal)
        return journal

    yield begin
    for journal in journals:
        journal.close()


def write_run(folder: Folder, name: str, *results: dict[str, str]) -> None:
    """Write a run with these results, or one without content."""
    _, file = folder.begin(name)
    journal = Journal(file, target={}, public_key="")
    for result in results or ({},):
        journal.result(result)
    journal.close()


@pytest.fixture
def emulator(begin: Begin) -> Iterator[Emulator]:
    made = Emulator(open_app(app), key=KEY, journal=begin("now"))
    yield made
    made.unbind()


def test_a_delivery_is_recorded_with_its_answer(emulator: Emulator, folder: Folder) -> None:
    assert emulator.journal is not None
    emulator.journal.about = "accepts-sample"
    delivery = emulator.send("call.initiated")
    [found] = folder.run("now").deliveries()
    assert found.id == delivery.id == "now.1"
    assert found.about == "accepts-sample"
    assert found.event == "call.initiated"
    assert (found.request.headers, found.request.body) == (
        delivery.request.headers,
        delivery.request.body,
    )
    assert (found.status, found.answer) == (200, "200 OK")
    assert found.elapsed == pytest.approx(delivery.elapsed, abs=1e-5)
    assert found.at == pytest.approx(emulator.clock.now(), abs=60)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'{"a": "\xed\xa0\x80"}', "ü\n\u2028".encode(), b"\0"]
)
def test_any_bytes_come_back_unchanged(emulator: Emulator, folder: Folder, body: bytes) -> None:
    emulator.send(Request(((b"x-name", b"\xe9"),), body))
    [found] = folder.run("now").deliveries()
    assert found.request.body == body
    assert found.request.headers == ((b"x-name", b"\xe9"),)


def test_every_forgery_can_be_recorded(emulator: Emulator, folder: Folder) -> None:
    sent = [emulator.send("call.initiated", forge=name).request for name in FORGERIES]
    assert [
        (found.request.forgery, found.request.headers, found.request.body)
        for found in folder.run("now").deliveries()
    ] == [(request.forgery, request.headers, request.body[:MOST_OF_A_REQUEST]) for request in sent]


def test_no_secret_is_recorded(emulator: Emulator, folder: Folder, tmp_path: Path) -> None:
    """Neither the private key, nor a header that may hold a password."""
    KEY.save(tmp_path / "key")
    emulator.send(Request(((b"Authorization", b"Basic s3cret"), (b"accept", b"*/*")), b""))
    emulator.send("call.initiated")
    [file] = folder.run("now").files
    written = file.read_bytes()
    assert b"Authorization" in written
    assert b"s3cret" not in written
    assert (tmp_path / "key").read_bytes().strip() not in written
    first = next(folder.run("now").deliveries())
    assert first.request.headers == ((b"accept", b"*/*"),)


def test_only_the_owner_can_read_it_and_git_ignores_it(begin: Begin, folder: Folder) -> None:
    begin("now")
    assert stat.S_IMODE(folder.file("now").stat().st_mode) == 0o600
    assert (folder.path / ".gitignore").read_text() == "*\n"


def test_large_bodies_are_cut(emulator: Emulator, folder: Folder) -> None:
    size = MOST_OF_A_REQUEST + 1
    emulator.send(Request((), b"0" * size))
    [found] = folder.run("now").deliveries()
    assert len(found.request.body) == MOST_OF_A_REQUEST
    assert found.size == size
    [file] = folder.run("now").files
    answer = json.loads(file.read_bytes().splitlines()[-1])
    assert answer["cut"]
    assert len(answer["body"]) == MOST_OF_AN_ANSWER


def test_a_full_file_takes_only_results(begin: Begin, folder: Folder) -> None:
    journal = begin("now", limit=10_000)
    emulator = Emulator(open_app(app), key=KEY, journal=journal)
    ids = [emulator.send("call.initiated").id for _ in range(20)]
    emulator.unbind()
    journal.result({"id": "accepts-sample"})
    run = folder.run("now")
    assert run.full
    assert 0 < run.count() < 20
    assert [delivery.id for delivery in run.deliveries()] == [id_ for id_ in ids if id_]
    assert run.results() == [{"id": "accepts-sample"}]
    assert folder.file("now").stat().st_size < 10_000 + 6_000


def test_deliveries_of_several_threads_do_not_mix(emulator: Emulator, folder: Folder) -> None:
    requests = [emulator.request(sample("call.initiated")) for _ in range(40)]
    with ThreadPoolExecutor(8) as threads:
        sent = {delivery.id: delivery for delivery in threads.map(emulator.send, requests)}
    found = list(folder.run("now").deliveries())
    assert len(found) == len(sent) == 40
    for delivery in found:
        assert delivery.request.body == sent[delivery.id].request.body
        assert delivery.status == 200


def test_each_attempt_is_recorded(begin: Begin, folder: Folder) -> None:
    def failing(environ, start_response):
        start_response("500 Internal Server Error", [])
        return [b""]

    emulator = Emulator(open_app(failing), key=KEY, journal=begin("now"))
    delivery = emulator.deliver("call.initiated", failover=app)
    emulator.unbind()
    found = list(folder.run("now").deliveries())
    assert [each.id for each in found] == [attempt.id for attempt in delivery.attempts]
    assert [each.status for each in found] == [500, 500, 200]


def test_the_oldest_runs_make_room(tmp_path: Path) -> None:
    few = Folder(tmp_path, most_runs=3)
    for number in range(5):
        write_run(few, f"run-{number}")
    assert [run.id for run in few.runs()] == ["run-2", "run-3", "run-4"]


def test_large_runs_make_room_sooner(tmp_path: Path) -> None:
    small = Folder(tmp_path, most_bytes=5_000)
    for number in range(4):
        write_run(small, f"run-{number}", {"note": "x" * 2_000})
    assert [run.id for run in small.runs()] == ["run-1", "run-2", "run-3"]


def test_a_run_replaces_an_earlier_one_with_its_name(begin: Begin, folder: Folder) -> None:
    begin("nightly").result({"id": "before"})
    Journal(folder.file("nightly.gw0"), target={}, public_key="").result({})
    begin("nightly").result({"id": "after"})
    [run] = folder.runs()
    assert run.results() == [{"id": "after"}]
    assert run.files == (folder.file("nightly"),)


def test_a_run_without_deliveries_leaves_no_file(begin: Begin, folder: Folder) -> None:
    begin("now").close()
    assert folder.runs() == []


@pytest.mark.parametrize("name", ["../up", "a.b", "latest", "previous", "-n", "a b"])
def test_a_name_that_is_a_path_or_a_word_of_ours_is_refused(folder: Folder, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a run"):
        folder.begin(name)
    assert not folder.path.exists()


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        Folder(tmp_path / "file" / "below").begin()


def test_runs_are_named_by_age_too(begin: Begin, folder: Folder) -> None:
    for name in ("one", "two", "three"):
        begin(name).result({})
    assert folder.run("latest").id == "three"
    assert folder.run("previous").id == "two"
    with pytest.raises(UsageError, match=r"no run 'thre'.*Did you mean 'three'"):
        folder.run("thre")
    with pytest.raises(UsageError, match=r"no delivery 'one\.1'.*has 0"):
        folder.run("one").delivery("one.1")


def test_a_full_disk_ends_the_journal_but_not_the_run(
    emulator: Emulator, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.send("call.initiated").assert_accepted()

    def full(file: int, line: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.write", full)
        emulator.send("call.initiated").assert_accepted()
    emulator.send("call.initiated").assert_accepted()
    assert folder.run("now").count() == 1
