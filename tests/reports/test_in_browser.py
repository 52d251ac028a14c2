"""The HTML report in a real browser, where there is one: it fits, it works, it lets nothing in."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from telnyx_mock.reports.html import html_report
from tests.reports.pages import faulty, report_on
from tests.reports.test_html_report import HOSTILE, hostile_report

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

MEASURE = b"""<script>
for (const each of document.querySelectorAll("details")) each.open = true;
parent.document.title = `${document.documentElement.scrollWidth} of ${innerWidth}`;
</script>"""


def browse(report: bytes, folder: Path, *options: str) -> str:
    """What a browser makes of *report*, its script included."""
    (folder / "report.html").write_bytes(report)
    ran = subprocess.run(
        [
            str(CHROMIUM),
            *QUIET,
            f"--user-data-dir={folder / 'profile'}",
            *options,
            (folder / "report.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("made", ["faulty", "hostile"])
def test_the_page_is_no_wider_than_the_window(made: str, width: int, tmp_path: Path) -> None:
    report = html_report(report_on(faulty()) if made == "faulty" else hostile_report())
    report = re.sub(rb"<meta http-equiv[^>]*>", b"", report)  # which forbids to measure
    framed = html.escape(report.replace(b"</body>", MEASURE + b"</body>").decode())
    # A window has a least width, a frame has not.
    frame = (
        f'<!DOCTYPE html><iframe width="{width}" height="900" frameborder="0" srcdoc="{framed}">'
    )
    shown = browse(frame.encode(), tmp_path, "--dump-dom")
    assert f"<title>{width} of {width}</title>" in shown


def test_the_script_runs_and_no_other_does(tmp_path: Path) -> None:
    hostile = hostile_report()
    hostile = replace(hostile, results=(*hostile.results, *faulty()))
    injected = f"<p>{HOSTILE}</p></main>".encode()
    report = html_report(hostile).replace(b"</main>", injected)
    shown = browse(report, tmp_path, "--dump-dom")
    assert "<title>owned" not in shown, "the policy stops even what was not escaped"
    assert '<form id="tools" role="search">' in shown
    assert 'class="copy" hidden' not in shown


def test_a_picture_can_be_taken_and_it_can_be_printed(tmp_path: Path) -> None:
    report = html_report(report_on(faulty()))
    picture, paper = tmp_path / "report.png", tmp_path / "report.pdf"
    browse(report, tmp_path, "--window-size=1280,900", f"--screenshot={picture}")
    browse(report, tmp_path, f"--print-to-pdf={paper}")
    assert picture.stat().st_size > 20_000
    assert paper.stat().st_size > 20_000
