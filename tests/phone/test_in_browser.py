"""A whole call on the page in a real browser, where there is one: by mouse, by keyboard, in any light."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.phone.menu import HOSTILE
from tests.processes import environment

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
REPOSITORY = Path(__file__).parents[2]
IVR = REPOSITORY / "examples" / "ivr_receiver"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser")
Page = playwright.Page


def serving(target: str, folder: Path, *more: str) -> Iterator[str]:
    words = [sys.executable, "-m", "telnyx_mock", "phone", target, "--port", "0", *more]
    process = subprocess.Popen(
        words, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        process.stdout.readline()
        address = re.match(r"http://\S+", process.stdout.readline())
        assert address is not None
        yield address[0]
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture
def ivr() -> Iterator[str]:
    """The address of the page for the example with a telephone menu."""
    yield from serving("app:app", IVR, "--path", "/webhooks")


@pytest.fixture
def hostile() -> Iterator[str]:
    """The address of the page for an app whose words are HTML."""
    yield from serving("tests.phone.menu:Menu()", REPOSITORY)


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(
    params=[
        pytest.param("light 1280", marks=pytest.mark.slow),
        pytest.param("dark 390", marks=pytest.mark.slow),
        pytest.param("dark 1280", marks=pytest.mark.long),
        pytest.param("light 390", marks=pytest.mark.long),
    ]
)
def page(request: pytest.FixtureRequest, browser: playwright.Browser) -> Iterator[Page]:
    scheme, width = request.param.split()
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": int(width), "height": 800}
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    yield page
    context.close()
    assert problems == []


def telephone(page: Page, number: str) -> playwright.Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=number))


def button(place: Page | playwright.Locator, name: str) -> playwright.Locator:
    return place.get_by_role("button", name=name, exact=True)


def test_a_whole_call(ivr: str, page: Page, tmp_path: Path) -> None:
    expect = playwright.expect
    page.goto(ivr)
    button(page, "Call").click()
    caller = telephone(page, "+13125550142")
    expect(caller.get_by_role("log")).to_contain_text("Press 1 for sales, 2 for support.")
    button(caller, "1").click()
    sales = telephone(page, "+13125550171")
    button(sales, "Answer").click()
    expect(caller.get_by_text("joined")).to_be_visible()
    sales.get_by_label("Say").fill("Sales here.")
    sales.get_by_label("Say").press("Enter")
    expect(caller.get_by_role("log")).to_contain_text("hears: Sales here.")
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], "the page is no wider than the window"
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert (tmp_path / "page.png").stat().st_size > 20_000

    button(sales, "Hang up").click()
    expect(caller.get_by_text("ended: normal_clearing")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Nobody is calling.")
    webhook = page.get_by_role("listitem").filter(has_text="call.gather.ended").last
    webhook.locator("summary").click()
    expect(webhook.get_by_label("Webhook", exact=True)).to_contain_text('"digits": "1"')
    button(webhook, "Send that again").click()
    expect(page.get_by_text("call.gather.ended, sent again").last).to_be_visible()
    button(page, "Save as a test").click()
    expect(page.get_by_role("dialog")).to_contain_text('call.press("1")')


def test_the_keyboard_is_enough_and_the_api_can_fail(ivr: str, page: Page) -> None:
    expect = playwright.expect
    page.goto(ivr)
    page.get_by_label("number").press("Enter")
    caller = telephone(page, "+13125550142")
    expect(caller).to_be_focused()
    expect(caller.get_by_text("keys are awaited")).to_be_visible()
    page.get_by_label("Status").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The next command is answered with 500.")
    caller.focus()
    page.keyboard.press("2")
    refused = page.get_by_role("listitem").filter(has_text="transfer").first
    expect(refused).to_contain_text("refused with 500")
    expect(
        page.get_by_text("not accepted").or_(page.get_by_text("accepted at attempt 2")).last
    ).to_be_visible()
    button(caller, "Hang up").focus()
    page.keyboard.press("Enter")
    expect(caller.get_by_text("ended")).to_be_visible()
    expect(button(page, "Call")).to_be_focused()


def test_axe_finds_nothing_that_keeps_people_out(ivr: str, page: Page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.goto(ivr)
    button(page, "Text messages").click()
    button(page, "Call").click()
    caller = page.get_by_role("article", name="Caller")
    button(caller, "1").click()
    button(page, "Answer").wait_for()
    button(page, "Let the API fail once").click()
    button(caller, "2").click()
    page.get_by_text("call.gather.ended").locator("visible=true").first.click()
    page.get_by_label("Webhook", exact=True).wait_for()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    button(page, "Save as a test").click()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


def test_what_the_app_says_is_text(hostile: str, page: Page) -> None:
    page.goto(hostile)
    button(page, "Call").click()
    shown = HOSTILE.replace("\u202e", r"\u202e")
    playwright.expect(page.get_by_role("log")).to_contain_text(shown)
    page.get_by_role("listitem").filter(has_text="gather_using_speak").locator("summary").click()
    playwright.expect(page.get_by_label("Parameters")).to_contain_text("onerror")
    button(page, "Text messages").click()
    message = page.get_by_label("Message", exact=True)
    playwright.expect(message).to_be_focused()
    message.fill("<b>Hi</b>")
    message.press("Enter")
    playwright.expect(page.get_by_role("log").last).to_contain_text(shown)
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], "the page is no wider than the window"
    assert page.locator("img").count() == 0
    assert page.title().startswith("Telephone: ")
    button(page, "Hang up").click()
