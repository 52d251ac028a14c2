"""``--html``: the page for people, as check and demo write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.reports.pages import parsed

ABOUT = ("--events", "call.initiated", "--examples", 3, "--seed", 1)


@pytest.mark.slow
def test_check_writes_what_it_found_and_no_secret(run: Run, project: Path) -> None:
    assert run("keys", "new", "--out", "shop.key").exit_code == 0
    options = (*ABOUT, "--deadline", 1.5, "--key", "file:shop.key", "--html", "report.html")
    result = run("check", "shop:app", *options)
    assert result.exit_code == 1, result.output
    page = parsed((project / "report.html").read_bytes())
    assert page.all("h1")[0].text[1:].startswith("Failed: ")
    assert "telnyx-mock send call.initiated shop:app --key file:shop.key --unset" in page.text
    [about] = page.with_class("about")
    again = "check shop:app --key file:shop.key --events call.initiated --examples 3 --seed 1"
    assert f"{again} --deadline 1.5 --html report.html" in about.text
    deliveries = int(page.with_class("tiles")[0].all("dd")[3].text)
    counted = [row.all("td")[0].text for row in page.all("figure")[0].all("tr")[1:]]
    recorded = 1  # what the app reads; its time shows nothing
    assert sum(map(int, counted)) + recorded == deliveries > 10
    assert "deadline 1.5 s" in page.text
    secret = (project / "shop.key").read_text().strip().rstrip("=")
    assert len(secret) == 43
    assert secret not in page.text


def test_a_page_that_cannot_be_written_is_told_before_anything_is_sent(
    run: Run, project: Path
) -> None:
    result = run("check", "shop:app", *ABOUT, "--html", "shop.py/report.html")
    assert result.exit_code == 2
    assert "The report shop.py/report.html cannot be written: " in result.output


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("demo", "--html"), "report"),
        (("check", "shop:app", *ABOUT, "--write-baseline"), "file of known faults"),
        (("calls", "shop:app", "--report"), "report"),
    ],
)
def test_a_missing_folder_is_told_before_anything_is_sent(
    run: Run, project: Path, words: tuple[object, ...], what: str
) -> None:
    result = run(*words, "no/such.file")
    assert result.exit_code == 2
    assert (
        result.output
        == f"telnyx-mock: The {what} no/such.file cannot be written: there is no folder no.\n"
    )


def test_a_run_that_cannot_begin_leaves_the_known_faults(run: Run, project: Path) -> None:
    (project / "known.toml").write_text("[[known]]\n")
    assert run("check", "no_such:app", "--write-baseline", "known.toml").exit_code == 2
    assert (project / "known.toml").read_text() == "[[known]]\n"
    assert not [*project.glob(".known*")]


@pytest.mark.slow
def test_the_demo_writes_it_when_asked(run: Run, project: Path) -> None:
    assert run("demo", "--html", "demo.html").exit_code == 0
    page = parsed((project / "demo.html").read_bytes())
    assert len(page.with_class("fault")) >= 5
