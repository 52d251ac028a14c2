"""The pages of the documentation do what they say.

A fenced block with ``file=NAME`` is written to that file. In a ``console`` block, each line that
starts with ``$`` is run there, must end with 0 (or with ``exit=N`` of the fence), and must print
every other line of the block; ``...`` stands for anything. All blocks of a page share one folder.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.neighbours import environment_with

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
TRIED_ELSEWHERE = "faults"
"""The folder of the pages whose receivers and reports test_fault_pages.py tries."""

LONG = (
    "test-django", "run-in-ci", "show-effects", "test-workers", "test-a-server", "test-serverless",
    "keep-evidence", "call-the-contract", "change-the-key", "let-people-call", "write-async-tests",
    "see-what-your-app-reads", "add-your-own-rules", "give-it-your-app", "test-fastapi",
    "ring-your-app", "play-a-flow", "property-test-a-handler", "see-commands",
)  # fmt: skip
"""The pages that run the contract, or pytest, many times."""

CALM = {"CI": "true", "COLUMNS": "100"}
"""With CI, Hypothesis sets no deadline: a busy machine may take longer for an example."""
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[tuple[dict[str, str], str]]:
    for match in FENCE.finditer(page.read_text()):
        language, *words = match["info"].split() or [""]
        options = dict(word.split("=", 1) for word in words)
        yield {"language": language, **options}, match["text"]


def executable(page: Path) -> bool:
    return any("file" in options or options["language"] == "console" for options, _ in blocks(page))


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            page,
            id=str(page.relative_to(ROOT)),
            marks=pytest.mark.long if page.stem in LONG else pytest.mark.slow,
        )
        for page in PAGES
        if executable(page) and page.parent.name != TRIED_ELSEWHERE
    ],
)
def test_page_does_what_it_says(page, tmp_path):
    for options, text in blocks(page):
        if "file" in options:
            file = tmp_path / options["file"]
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        elif options["language"] == "console":
            plugins = options["plugins"].split(",") if "plugins" in options else []
            run_console(text, int(options.get("exit", 0)), tmp_path, plugins)


def test_the_first_example_is_the_one_that_passes_the_contract():
    files = {options.get("file"): text for options, text in blocks(ROOT / "README.md")}
    for name in ("app.py", "pytest.ini"):
        assert files[name] == (ROOT / "examples" / "flask_receiver" / name).read_text()


def test_what_a_page_shows_of_an_example_is_in_the_example():
    example = ROOT / "examples" / "java_receiver"
    files = {"java": "App.java", "python": "test_app.py"}
    page = ROOT / "docs" / "how-to" / "test-a-server.md"
    shown = [
        (options["language"], text)
        for options, text in blocks(page)
        if options["language"] in files and "file" not in options
    ]
    assert [language for language, _ in shown] == ["java", "python"]
    for language, text in shown:
        for function in text.split("\n\n"):
            assert function.rstrip() in (example / files[language]).read_text()


def run_console(text: str, expected_exit: int, folder: Path, plugins: list[str]) -> None:
    commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    promised = [line for line in text.splitlines() if not line.startswith("$ ")]
    bin_folder = str(Path(sys.executable).parent)
    ran = subprocess.run(
        ["bash", "-c", "\n".join(commands)],
        cwd=folder,
        env={
            **os.environ,
            **environment_with(*plugins, **CALM),
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
    )
    printed = ran.stdout + ran.stderr
    assert ran.returncode == expected_exit, printed
    for line in promised:
        if line.strip() and line.strip() != "...":
            assert line.strip() in printed, f"{line!r} was promised; printed was:\n{printed}"


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"
