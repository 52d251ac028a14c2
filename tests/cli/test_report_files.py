"""Report files: findings are shown first, and one file that fails loses nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Process, Run
from tests.reports.pages import parsed

ONE_RULE = ("--events", "call.initiated", "--only", "accepts-absent", "--seed", 1)
ALL = ("--html", "out/page.html", "--report", "out/report.json", "--junit", "out/junit.xml")

LOSING = """
import os, shutil
from tests.receivers.correct import payload
from shop import Shop

class Losing(Shop):
    def act(self, event):
        if os.path.isdir("out"):
            os.rename("out", "elsewhere")
            open("out", "w").close()
        return super().act(event)
"""


def test_a_file_that_cannot_be_written_loses_nothing_else(run: Run, project: Path) -> None:
    (project / "out").mkdir()
    (project / "losing.py").write_text(LOSING)
    result = run("check", "losing:Losing()", *ONE_RULE, *ALL[:4], "--junit", "junit.xml")
    assert result.exit_code == 2
    assert "error 1  fails-if-absent" in result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    for line, file in zip(lines, ("out/report.json", "out/page.html"), strict=True):
        assert line.startswith(f"telnyx-mock: The report {file} cannot be written: ")
    suite = ElementTree.parse(project / "junit.xml").getroot()[0]
    assert {case.get("name") for case in suite} > {"accepts-absent[call.initiated]"}


def test_a_full_disk_is_a_sentence(run: Run, project: Path) -> None:
    result = run("check", "shop:app", *ONE_RULE, "--report", "/dev/full", "--html", "page.html")
    assert result.exit_code == 2
    assert "error 1  fails-if-absent" in result.stdout
    assert result.stderr == (
        "telnyx-mock: The report /dev/full cannot be written: No space left on device.\n"
    )
    assert parsed((project / "page.html").read_bytes()).all("h1")[0].text[1:] == "Failed: 1 error"


@pytest.mark.slow
@pytest.mark.parametrize("out", ["/dev/full", "closed pipe"])
def test_reports_are_written_though_nothing_can_be_shown(
    process: Process, project: Path, out: str
) -> None:
    (project / "out").mkdir()
    words = [str(word) for word in ("check", "shop:app", *ONE_RULE, *ALL)]
    if out == "closed pipe":
        reading, writing = os.pipe()
        os.close(reading)
    else:
        writing = os.open(out, os.O_WRONLY)
    result = subprocess.run(
        [sys.executable, "-m", "telnyx_mock", *words],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writing)
    if out == "closed pipe":
        assert (result.returncode, result.stderr) == (141, "")
    else:
        problem = "The findings cannot be shown: No space left on device."
        assert (result.returncode, result.stderr) == (2, f"telnyx-mock: {problem}\n")
    report = json.loads((project / "out/report.json").read_bytes())
    assert (report["complete"], report["verdict"]) == (True, "failed")


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(run: Run, project: Path) -> None:
    kept = project / "kept.json"
    kept.write_text("old")
    kept.chmod(0o640)
    (project / "link.json").symlink_to("kept.json")
    run("check", "shop:app", *ONE_RULE, "--report", "link.json")
    assert (project / "link.json").is_symlink()
    assert json.loads(kept.read_bytes())["complete"] is True
    assert kept.stat().st_mode & 0o777 == 0o640
    assert not [*project.glob(".kept*")]


def test_a_report_can_go_to_standard_output(process: Process, project: Path) -> None:
    result = process("check", "shop:app", *ONE_RULE, "-q", "--report", "/dev/stdout")
    assert result.stdout.count('"version": 2') == 1
