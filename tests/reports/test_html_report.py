"""The HTML report: all there is to know, in one file, safe and readable for everybody."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import subprocess
import sys
from dataclasses import fields, replace
from importlib.resources import files
from typing import Any

import pytest

from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.outcome import exit_code
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.reproduce.target import Target
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.delivery.curl import curl
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.reports.html import html_report
from telnyx_mock.reports.summary import Summary
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from tests import foreign_text
from tests.conftest import Snapshot
from tests.reports.pages import (
    ADVICE,
    WARNING,
    Element,
    faulty,
    finding,
    page,
    parsed,
    report_on,
    result,
)

PASSED = [result("accepts-sample", "call.initiated")]
WARNED = [result("accepts-sample", "call.initiated", finding(severity=WARNING))]
ADVISED = [result("accepts-sample", "call.initiated", finding(severity=ADVICE))]
INCONCLUSIVE = [
    result(
        "accepts-sample",
        "call.initiated",
        outcome=Outcome.INCONCLUSIVE,
        reason=Reason(Why.BUSY, "call.initiated"),
    )
]
SKIPPED = [
    result(
        "accepts-sample",
        "fax.queued",
        outcome=Outcome.SKIPPED,
        reason=Reason(Why.NO_COMMAND),
        latencies=(),
    )
]
RUNS = {
    "faulty": faulty(),
    "passed": PASSED,
    "warned": WARNED,
    "advised": ADVISED,
    "inconclusive": INCONCLUSIVE,
    "skipped": SKIPPED,
    "nothing": [],
}

HOSTILE = (
    "<script>document.title='owned'</script>\"' onload=x><img src=//evil.example/>&amp;</style>"
)


@pytest.fixture(params=RUNS, ids=str)
def report(request: pytest.FixtureRequest) -> Element:
    return page(RUNS[request.param], problem="The shop has closed.")


STOPPED = "The shop has closed."
VERDICTS: dict[str, tuple[list[Result], dict[str, Any]]] = {
    "faulty": (faulty(), {}),
    "passed": (PASSED, {}),
    "warned": (WARNED, {}),
    "warned, strict": (WARNED, {"strict": True}),
    "advised, strict": (ADVISED, {"strict": True}),
    "inconclusive": (INCONCLUSIVE, {}),
    "skipped": (SKIPPED, {}),
    "nothing": ([], {}),
    "stopped": (PASSED, {"problem": STOPPED}),
    "faulty, stopped": (faulty(), {"problem": STOPPED}),
}
STYLES = {ExitCode.CLEAN: "passed", ExitCode.ERRORS: "error"}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_comes_first_and_agrees_with_the_exit_code(name: str) -> None:
    results, about = VERDICTS[name]
    shown = page(results, **about)
    [header] = shown.all("header")
    code = exit_code(report_on(results, **about))
    style = STYLES.get(code, "inconclusive")
    if name == "faulty, stopped":
        style = "error"
    assert header.attributes["class"] == style
    assert shown.all("title")[0].text.startswith(header.all("h1")[0].text[1:])
    assert (STOPPED in shown.all("main")[0].text) == ("problem" in about)


def test_the_words_of_the_page(snapshot: Snapshot) -> None:
    verdicts = [
        f"{name}: {words(header, 'h1')[1:]}. {words(header, 'p')}"
        for name, (results, about) in VERDICTS.items()
        for header in page(results, **about).all("header")
    ]
    whole = page(faulty(), problem=STOPPED)
    text = "".join(part.text for part in whole.all("header", "nav", "main"))
    lines = filter(None, (line.strip() for line in text.splitlines()))
    snapshot("page", "\n".join([*verdicts, "", *lines, ""]))


def words(within: Element, name: str) -> str:
    return within.all(name)[-1].text


def test_every_finding_is_there_with_all_that_it_says() -> None:
    results = faulty()
    cards = page(results).with_class("fault")
    faults = Summary.of(results).faults
    assert len(cards) == len(faults) == 3
    for card, fault in zip(cards, faults, strict=True):
        for each in fields(Finding):
            value = getattr(fault.finding, each.name)
            if isinstance(value, str):
                assert value in card.text, each.name
        for other in fault.findings[1:]:
            for text in (other.rule, other.event, other.sent, other.reproduce):
                assert text in card.text


def test_a_command_that_there_is_not_has_no_place() -> None:
    commands = {"reproduce", "replay", "curl"}
    card = page([result("accepts-null", "", finding())]).with_class("fault")[0]
    assert all(card.with_class(name) for name in commands)
    without = finding(reproduce="", replay="", curl="")
    card = page([result("accepts-null", "", without)]).with_class("fault")[0]
    assert not any(card.with_class(name) for name in commands)


def test_what_the_run_as_a_whole_shows_goes_before_the_findings() -> None:
    spent = Reason(Why.BUDGET_SPENT, "", {"problem": "The budget is spent."})
    unjudged = result("accepts-sample", "fax.queued", outcome=Outcome.SKIPPED, reason=spent)
    [warning] = Summary.of([unjudged]).warnings
    shown = page([unjudged])
    assert str(warning) in shown.with_class("warning")[0].text
    sections = [section.attributes["aria-labelledby"] for section in shown.all("section")]
    assert sections.index("warnings") < sections.index("faults")


def test_errors_are_open_and_advice_is_not() -> None:
    cards = page(faulty()).with_class("fault")
    assert ["open" in card.attributes for card in cards] == [True, False, False]


def test_every_result_is_a_cell_that_leads_to_its_fault() -> None:
    results = faulty()
    shown = page(results)
    cells = [cell for table in shown.with_class("matrix") for cell in table.all("td") if cell.text]
    assert len(cells) == len(results)
    links = [link.attributes["href"] for cell in cells for link in cell.all("a")]
    assert sorted(map(str, links)) == ["#fault-1", "#fault-1", "#fault-2", "#fault-3"]
    words = sorted(cell.with_class("unseen")[0].text for cell in cells)
    assert words == sorted(
        [
            *["failed"] * 2,
            "passed, with a warning",
            "passed, with advice",
            "inconclusive",
            "skipped",
            *["passed"] * 4,
        ]
    )


def test_a_run_of_the_whole_catalogue_folds_its_families() -> None:
    from telnyx_mock.catalogue.registry import all_events

    events = list(all_events())
    shown = page([result("accepts-sample", event.name) for event in events])
    groups = shown.with_class("group")
    assert len(groups) == len({event.family for event in events})
    assert not [group for group in groups if "open" in group.attributes]


def test_every_check_of_the_contract_has_its_place() -> None:
    shown = page([result(check, "call.initiated") for check in CONTRACT])
    cells = [cell for table in shown.with_class("matrix") for cell in table.all("td") if cell.text]
    assert len(cells) == len(CONTRACT)


def test_answers_are_counted_by_how_long_they_took() -> None:
    shown = page(faulty())
    [figures] = shown.with_class("figures")
    entries = {entry.all("dt")[0].text: entry.all("dd")[0].text for entry in figures.all("div")}
    assert entries["slowest"] == "2.5 s"
    assert entries["median"] == "4.5 ms"
    assert entries["over 2 s"] == "1"
    [distribution, _] = shown.all("figure")
    counted = [row.all("td")[0].text for row in distribution.all("tr")[1:]]
    assert sum(map(int, counted)) == sum(each.deliveries for each in faulty())


def test_what_was_never_asked_has_no_times() -> None:
    assert not page(SKIPPED).all("figure")
    assert "#timing" not in [link.attributes.get("href") for link in page(SKIPPED).all("a")]


@pytest.mark.parametrize("latencies", [(0.0,), (0.004, 9e9), (2000.0, 2000.0)], ids=str)
def test_odd_times_can_be_drawn(latencies: tuple[float, ...]) -> None:
    drawn = page([result("accepts-sample", "call.initiated", latencies=latencies)]).all(
        "rect", "circle", "line"
    )
    places = [value for each in drawn for value in each.attributes.values() if value]
    assert not [place for place in places if re.search("nan|inf|e", place) and place[0].isdigit()]


def hostile_report() -> Report:
    texts = [each.name for each in fields(Finding) if each.type == "str"]
    lists = [each.name for each in fields(Finding) if each.type == "tuple[str, ...]"]
    hostile = {**dict.fromkeys(texts, HOSTILE), **dict.fromkeys(lists, (HOSTILE,))}
    del hostile["rule"], hostile["event"]
    for_all = finding(HOSTILE, HOSTILE, **hostile)
    other = finding(HOSTILE, HOSTILE + "2", **hostile)
    results = [
        result(HOSTILE, HOSTILE, for_all, other, reason=Reason(Why.FAMILY_NOT_SERVED, HOSTILE)),
        result(
            "accepts-sample",
            HOSTILE,
            outcome=Outcome.INCONCLUSIVE,
            reason=Reason(Why.FAMILY_NOT_SERVED, HOSTILE),
        ),
        result(
            "accepts-sample",
            HOSTILE,
            outcome=Outcome.SKIPPED,
            reason=Reason(Why.FAMILY_NOT_SERVED, HOSTILE),
        ),
    ]
    about = report_on(results, problem=HOSTILE, path=HOSTILE)
    return replace(about, run_id=HOSTILE, target=HOSTILE)


def test_a_hostile_receiver_cannot_put_anything_into_the_page() -> None:
    hostile, tame = parsed(html_report(hostile_report())), page(faulty())
    assert hostile.text.count("document.title='owned'") > 20
    for name in ("script", "style"):
        assert [each.text for each in hostile.all(name)] == [each.text for each in tame.all(name)]
    assert not hostile.all("img")
    for element in hostile:
        assert not [name for name in element.attributes if name.startswith("on")]


def test_what_would_not_be_seen_is_shown_by_its_number() -> None:
    shown = page([result("accepts-null", "", finding(answer="a\u202eb\x00c\x1bd\ud800e\u200b"))])
    assert "a\\u202eb\\x00c\\x1bd\\ud800e\\u200b" in shown.text


def test_a_command_can_be_copied_as_it_is() -> None:
    command = "curl --data-binary 'a\nb <&> \u2603'"
    report = html_report(report_on([result("accepts-null", "", finding(curl=command))]))
    assert "a\nb &lt;&amp;&gt; \u2603" in report.decode()


def test_a_command_hides_nothing() -> None:
    """No command of ours has invisible characters; those of a user's own words are shown."""
    request = sign(
        webhook("call.initiated", strict=False, caller_id_name=foreign_text.HOSTILE),
        KeyPair.generate(),
        timestamp=1,
    )
    words = (Target("http://localhost/").send(request), curl(request, "http://localhost/"))
    assert [foreign_text.raw(each) for each in words] == [set(), set()]
    shown = page([result("accepts-null", "", finding(curl=f"telnyx-mock {foreign_text.HOSTILE}"))])
    assert foreign_text.raw(shown.text) == set()


def test_only_pages_on_the_web_are_linked() -> None:
    sources = ("javascript:alert(1)", "http://example.com", "https://example.com/x", "")
    shown = page([result("accepts-null", "", *[finding(source=each) for each in sources])])
    links = {link.attributes["href"] for link in shown.all("a")}
    assert {each for each in links if each and each[0] != "#"} <= {"https://example.com/x"}


def test_style_and_script_cannot_end_the_elements_they_stand_in() -> None:
    for name in ("style.css", "script.js"):
        text = files("telnyx_mock.reports.html").joinpath(name).read_text()
        assert not re.search("</|<!--", text)


def test_the_template_engine_loads_only_for_a_page() -> None:
    script = (
        "import sys; from telnyx_mock.reports.html import html_report\n"
        "from telnyx_mock.cli.check import command\n"
        "assert 'jinja2' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_page_stands_by_itself(report: Element) -> None:
    assert not report.all("link", "img", "iframe", "object", "embed", "base", "video", "audio")
    for element in report:
        assert "src" not in element.attributes
        assert "style" not in element.attributes
        if "href" in element.attributes:
            assert element.name == "a"
            assert re.match(r"https://|#", str(element.attributes["href"]))
    [style] = report.all("style")
    assert "url(" not in style.text
    assert "@import" not in style.text


def test_the_policy_lets_in_only_what_the_page_brings(report: Element) -> None:
    [policy] = [
        str(meta.attributes["content"])
        for meta in report.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    for name in ("style", "script"):
        [own] = report.all(name)
        digest = base64.b64encode(hashlib.sha256(own.text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}';" in policy


def test_parts_and_tables_can_be_found_without_seeing(report: Element) -> None:
    assert report.all("html")[0].attributes["lang"] == "en"
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert len(report.all(landmark)) == 1, landmark
    for section in report.all("section"):
        assert section.attributes["aria-labelledby"]
    for table in report.all("table"):
        assert table.all("thead")
        for cell in table.all("th"):
            assert cell.attributes["scope"] in ("col", "row")
        for row in table.all("tbody")[0].all("tr"):
            assert row.all("th")[0].attributes["scope"] == "row"
    for drawing in report.all("svg"):
        assert drawing.attributes.get("aria-hidden") or drawing.attributes["aria-label"]
    for region in report.with_class("wide"):
        assert region.attributes["tabindex"] == "0"
        assert region.attributes["aria-label"]
    for field in report.all("input"):
        assert field.parent
        assert field.parent.name == "label"


def test_headings_skip_no_level(report: Element) -> None:
    levels = [int(each.name[1]) for each in report.all("h1", "h2", "h3", "h4", "h5")]
    assert levels[0] == 1
    for before, after in itertools.pairwise(levels):
        assert after <= before + 1


def test_links_within_the_page_lead_somewhere(report: Element) -> None:
    ids = [each.attributes["id"] for each in report if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    for element in report:
        target = str(element.attributes.get("href") or "")
        labelled = element.attributes.get("aria-labelledby")
        assert not target.startswith("#") or target[1:] in ids
        assert labelled is None or labelled in ids


def test_what_needs_the_script_is_hidden_without_it(report: Element) -> None:
    for button in report.all("button"):
        form = button.parent
        assert "hidden" in button.attributes or (form and "hidden" in form.attributes)


def colours() -> list[dict[str, str]]:
    """The colours of the page in light, in dark, and on paper."""
    style = files("telnyx_mock.reports.html").joinpath("style.css").read_text()
    blocks = list(re.findall(r":root \{(.*?)\}", style, re.DOTALL))
    light, *others = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return [light, *({**light, **other} for other in others)]


def contrast(one: str, other: str) -> float:
    """As WCAG 2 has it: from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", colours(), ids=["light", "dark", "paper"])
def test_text_stands_out_from_its_ground(scheme: dict[str, str]) -> None:
    """WCAG 2, level AA: 4.5 to 1."""
    tones = ("error", "warning", "inconclusive", "advice", "passed", "skipped")
    pairs = [(ink, on) for ink in ("ink", "faint", "link", *tones) for on in ("ground", "surface")]
    pairs += [(tone, f"{tone}-ground") for tone in tones]
    pairs += [("ink", "passed-ground"), ("ink", "sunken"), ("faint", "sunken"), ("link", "sunken")]
    weak = [pair for pair in pairs if contrast(scheme[pair[0]], scheme[pair[1]]) < 4.5]
    assert not weak
