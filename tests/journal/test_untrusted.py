"""Anybody may have written a journal: what is not one is skipped, and no row causes a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telnyx_mock.cli import telnyx_mock
from telnyx_mock.cli.kept_results import kept_results
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import TelnyxMockError, UsageError
from telnyx_mock.journal import FAILOVER, FOLDER, Folder, Journal, recreate
from telnyx_mock.journal.untrusted import MOST_OF_A_LINE
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.app_kind import open_app
from tests.foreign_text import HOSTILE
from tests.reports.pages import finding, result

pytestmark = pytest.mark.slow  # they start processes, or run long

KEY = KeyPair(bytes(32))
HEAD = '{"run":"now","version":"1","started":1.0,"target":{},"public_key":""}\n'


def wsgi(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b""]


async def asgi(scope, receive, send):
    if scope["type"] == "http":
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The lines of a real journal, with every sort of row."""
    folder = Folder(tmp_path_factory.mktemp("journal"))
    name, file = folder.begin("now")
    target = {"name": "shop:app", "path": "/", "key": "", "failover": "/second"}
    journal = Journal(file, target=target, public_key=KEY.public_key)
    emulator = Emulator(open_app(wsgi), key=KEY, journal=journal)
    emulator.send("call.initiated")
    emulator.send(Draft(sample("texml.call.completed"), "percent"))
    emulator.send("message.received", forge="signature-random")
    emulator.send("call.hangup", malform="json-null")
    emulator.send("texml.call.completed", forge="signature-missing")
    emulator.send(Request(((b"x", b"\xff"), (b"cookie", b"1")), b"\xff\0", "PUT", b"a=b"))
    with journal.beside(FAILOVER, [KEY.public_key]):
        emulator.send("call.answered")
    emulator.unbind()
    journal.result(result("accepts-null", "call.initiated", finding()).to_json())
    journal.result(result("refuses-signature-random", "").to_json())
    journal.close()
    assert folder.run(name).count() == 7
    return file.read_bytes().splitlines(keepends=True)


def read_everything(folder: Folder) -> None:
    """Do whatever a command does with journals, as far as it sends nothing to a receiver of others."""
    folder.skipped()
    for run in folder.runs():
        kept_results(run)
        assert (run.ended, run.full, run.count()) is not None
        for recorded in run.deliveries():
            assert run.delivery(recorded.id).id == recorded.id
            for same_ids in (True, False):
                try:
                    request = recreate(recorded, KEY, 1_800_000_000.0, same_ids=same_ids)
                except UsageError:
                    continue
                for app in (wsgi, asgi):
                    emulator = Emulator(open_app(app), key=KEY)
                    try:
                        emulator.send(request)
                    except TelnyxMockError:
                        pass
                    finally:
                        emulator.unbind()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([-1, 0, 1e308, float("nan"), float("inf"), 10**400, 2**63])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([HOSTILE, "\ud800", "now.1", "call.initiated", "DATE", "{uuid}", "../up"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value in *value*."""
    yield at
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[step], (*at, step))


def changed(data: st.DataObject, line: bytes) -> bytes:
    """Return *line* with another value in one place, or without it."""
    row = json.loads(line)
    inside = [at for at in places(row) if at]
    if not inside:  # an earlier change left nothing to change
        return line
    *way, last = data.draw(st.sampled_from(inside))
    holder = row
    for step in way:
        holder = holder[step]
    if data.draw(st.booleans()):
        holder[last] = data.draw(JSON)
    else:
        del holder[last]
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def damaged(data: st.DataObject, line: bytes) -> bytes:
    """Return *line* with other bytes somewhere."""
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, min(len(line), start + 20)))
    return line[:start] + data.draw(st.binary(max_size=6)) + line[end:]


@pytest.mark.parametrize("damage", [changed, damaged], ids=["another value", "other bytes"])
@given(data=st.data())
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_row_causes_no_traceback(
    written: list[bytes],
    tmp_path: Path,
    damage: Callable[[st.DataObject, bytes], bytes],
    data: st.DataObject,
) -> None:
    lines = list(written)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        try:
            lines[at] = damage(data, lines[at])
        except (ValueError, LookupError):  # the line is damaged already
            continue
    (tmp_path / "now.jsonl").write_bytes(b"".join(lines))
    read_everything(Folder(tmp_path))


LINES = {
    "no JSON": b"\0\xff\n",
    "an empty line": b"\n",
    "deep": b'{"result":' + b"[" * 200_000 + b"\n",
    "deep but complete": b'{"result":' + b"[" * 900 + b"]" * 900 + b"}\n",
    "a long number": b'{"result":' + b"9" * 100_000 + b"}\n",
    "a long line": b'{"result":"' + b"x" * (MOST_OF_A_LINE + 10) + b'"}\n',
    "not ended": b'{"sent":"now.9","at":1',
    "a row of the future": b'{"telepathy":"now.9"}\n',
    "another head": HEAD.replace("now", "other").encode(),
    "twice the same member": b'{"sent":"now.9","sent":[[]],"at":{}}\n',
    "half a pair": b'{"sent":"\\ud800","at":1.0}\n',
    "an answer to nothing": b'{"answered":"now.99","answered":{}}\n',
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_line_that_is_no_row_is_skipped(
    written: list[bytes], tmp_path: Path, line: bytes
) -> None:
    """The rows before and behind it are still read."""
    lines = [written[0], line if line.endswith(b"\n") else b"", *written[1:], line]
    (tmp_path / "now.jsonl").write_bytes(b"".join(lines))
    read_everything(Folder(tmp_path))
    [run] = Folder(tmp_path).runs()
    assert len(list(run.deliveries())) == 7
    assert [each.rule for each in kept_results(run)] == ["accepts-null", "refuses-signature-random"]


def odd_files(folder: Path) -> None:
    """Put everything into *folder* that is no journal."""
    (folder / "folder.jsonl").mkdir()
    (folder / "dangling.jsonl").symlink_to("nowhere")
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "device.jsonl").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "now.pipe.jsonl").symlink_to("pipe.jsonl")
    (folder / "now.dangling.jsonl").symlink_to("nowhere")
    (folder / "empty.jsonl").write_text("")
    (folder / "text.jsonl").write_text("no journal\n")
    for name in ("[a", "**", "a b", "-n", "a" * 200, "x\x1b[31m\u202e", "\udcff"):
        (folder / f"{name}.jsonl").write_text(HEAD.replace("now", "odd"))
    for at, head in enumerate(
        (
            HEAD.replace("now", "../up"),
            HEAD.replace('"now"', "[]"),
            HEAD.replace("1.0", "1e999"),
            HEAD.replace("1.0", "-5"),
            HEAD.replace("{}", "3"),
            HEAD.replace("{}", '{"name":[]}'),
            "[]\n",
            "3\n",
            HEAD.rstrip("\n"),
        )
    ):
        (folder / f"head{at}.jsonl").write_text(head)


def test_what_is_no_journal_is_skipped_with_one_sentence(
    written: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / FOLDER
    folder.mkdir()
    odd_files(folder)
    (folder / "now.jsonl").write_bytes(b"".join(written))
    assert [run.id for run in Folder(folder).runs()] == ["now"]
    listed = CliRunner().invoke(telnyx_mock, ["runs"])
    assert (listed.exit_code, len(listed.stdout.splitlines())) == (0, 2)
    [sentence] = listed.stderr.splitlines()
    assert sentence.startswith("telnyx-mock: Skipped, because they are no journals: ")
    unknown = CliRunner().invoke(telnyx_mock, ["replay", "folder.1", "shop:app"])
    assert (unknown.exit_code, unknown.output[:40]) == (
        2,
        "telnyx-mock: There is no run 'folder' in",
    )


def test_a_new_run_writes_through_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    (tmp_path / "now.jsonl").symlink_to("victim")
    (tmp_path / ".gitignore").symlink_to("ignored")
    (tmp_path / "now.gw0.jsonl").symlink_to("victim")
    _, file = Folder(tmp_path).begin("now")
    Journal(file, target={}, public_key="").close()
    file.symlink_to("victim")
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    for path in (file, pipe):
        with pytest.raises(OSError, match=r"symbolic links|No such device"):
            Journal(path, target={}, public_key="")
    assert not {"victim", "ignored"} & {path.name for path in tmp_path.iterdir()}


def test_a_damaged_delivery_is_a_sentence(written: list[bytes], tmp_path: Path) -> None:
    lines = [line.replace(b'"method":"POST"', b'"method":7') for line in written]
    (tmp_path / "now.jsonl").write_bytes(b"".join(lines))
    with pytest.raises(UsageError, match=r"'now\.1' of run now cannot be read: its row"):
        Folder(tmp_path).run("now").delivery("now.1")
