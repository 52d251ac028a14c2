"""Each receiver on the pages about faults has its fault, and the report is as printed there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.reference.fault_receivers import (
    CORRECT,
    EXAMPLES,
    PRINTED,
    Example,
    replaced,
)
from telnyx_mock.diagnosis.kinds import KINDS
from tests.processes import environment

ROOT = Path(__file__).parents[2]

LEFT_OUT: dict[str, str] = {
    "fails-at-new-values": "It is advice, and the line that fails does so at malformed content, too.",
    "waits-for-services": "Whether a small app shows it depends on the machine: it is only advice.",
    "sends-too-many-bytes": "Servers of Flask write the length themselves; tests/receivers/faults/connection.py shows it.",
    "fails-at-malformed-content": "The correct receivers here do so, too: only Telnyx can send such a request.",
}
"""The kinds that no example shows, and why."""


def test_each_kind_has_a_receiver_or_a_reason_to_have_none() -> None:
    assert EXAMPLES.keys() | LEFT_OUT.keys() == KINDS.keys()
    assert not EXAMPLES.keys() & LEFT_OUT.keys()
    printed = {path.stem for path in PRINTED.iterdir()}
    assert printed == {kind for kind, example in EXAMPLES.items() if not example.advice}
    assert all(LEFT_OUT.values())


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_faulty_receiver_differs_from_the_correct_one_in_its_parts_alone(kind: str) -> None:
    example = EXAMPLES[kind]
    compile(example.source(), kind, "exec")
    assert example.source() != CORRECT[example.correct]
    for part in example.parts.strip().split("\n\n"):
        assert part in example.source()
    if corrected := example.corrected():
        assert replaced(example.source(), corrected).count("\n") >= 10


def checked(example: Example, folder: Path) -> tuple[list[str], list[str], str]:
    """The faults that ``check`` names in the receiver, those that are advice, and what it prints."""
    (folder / "receiver.py").write_text(example.source())
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "telnyx_mock", *example.words()),
            *("--quiet", "--seed", "1", "--no-journal", "--report", "report.json"),
        ],
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT), COLUMNS="100"),
        capture_output=True,
        text=True,
    )
    assert ran.returncode in (0, 1, 3), ran.stdout + ran.stderr
    found = json.loads((folder / "report.json").read_bytes())["faults"]
    named = [each["id"] for each in found if each["severity"] != "advice"]
    return named, [each["id"] for each in found if each["severity"] == "advice"], ran.stdout


def steady(text: str) -> str:
    """The text of a report without times and numbers that differ each time, and without answers."""
    text = re.sub(r"[0-9]+\.[0-9]+ s\b", "some seconds", text)
    text = re.sub(r"[0-9]+ of [0-9]+ deliveries", "some deliveries", text)
    text = re.sub(r"[0-9-]{10}T[0-9:.]+Z", "a time", text)
    return re.sub(r"  answer .*?\n(?=  harm)", "", text, flags=re.DOTALL)


@pytest.mark.long
@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_receiver_has_no_fault(name: str, tmp_path: Path) -> None:
    named, _, printed = checked(Example(parts="", correct=name), tmp_path)
    assert named == [], printed


@pytest.mark.long
@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_faulty_receiver_has_its_fault_alone(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    named, advised, printed = checked(EXAMPLES[kind], tmp_path)
    if EXAMPLES[kind].advice:
        assert named == []
        assert kind in advised
        return
    assert named == [kind], printed
    block = re.split("\n\n(?=inconclusive|[0-9])", printed)[0] + "\n"
    held = PRINTED / f"{kind}.txt"
    if request.config.getoption("update_snapshots"):
        held.write_text(block.replace(str(tmp_path), "/srv/app"))
    assert steady(block) == steady(held.read_text()), (
        "if the new words are meant: --update-snapshots"
    )
