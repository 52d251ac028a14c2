"""The page of ``telnyx-mock phone``, without a browser: what it asks for happens, and only it may ask."""

from __future__ import annotations

import ast
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import telnyx_mock.phone
from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.fake_api import ApiAnswer, Command
from telnyx_mock.phone import log as log_module
from telnyx_mock.phone.log import Line, Log
from telnyx_mock.phone.saved_test import quoted
from telnyx_mock.phone.shown import shown_line
from telnyx_mock.simulator.said import Said
from telnyx_mock.simulator.transcript import Entry
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.receiver import NoAnswerReason, Response
from tests.phone.menu import AGENT, CALLER, HOSTILE, OWN, Menu, Page, embedded_token

Opened = Callable[..., Page]


@pytest.fixture
def opened() -> Iterator[Opened]:
    pages: list[Page] = []

    def open_page(app: Any, **more: Any) -> Page:
        pages.append(Page(app, **more))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


# A call


def test_a_whole_call_is_played(opened: Opened) -> None:
    page = opened(Menu())
    assert page.news()["telephones"] == []
    page.call()
    [caller] = page.news()["telephones"]
    assert (caller["state"], caller["own"], caller["gathers"]) == ("answered", CALLER, True)
    shown = HOSTILE.replace("\u202e", r"\u202e")
    assert caller["talk"] == [[True, shown]]
    page.act(1, "press", "1")
    caller, agent = page.news()["telephones"]
    assert (agent["state"], agent["own"], agent["other"]) == ("ringing", AGENT, OWN)
    page.act(2, "answer")
    page.act(2, "say", "Sales.")
    caller, agent = page.news()["telephones"]
    assert (caller["state"], agent["state"]) == ("bridged", "bridged")
    assert caller["talk"][1:] == [[False, "presses 1"], [True, "Sales."]]
    page.act(2, "hang_up")
    caller, agent = page.news()["telephones"]
    assert (caller["state"], agent["cause"]) == ("ended", "normal_clearing")
    webhooks = [line["text"] for line in page.lines("webhook")]
    assert webhooks[:2] == ["call.initiated", "call.answered"]
    assert {line["level"] for line in page.lines()} == {""}


def test_a_worker_of_the_app_is_heard_while_nobody_acts(opened: Opened) -> None:
    menu, released = Menu(), threading.Event()

    def work() -> None:
        released.wait(30)
        menu.do("speak", payload, payload="Still there?", voice="female")

    page = opened(menu)
    page.call()
    payload = _payload(page)
    worker = threading.Thread(target=work)
    worker.start()
    version = page.news()["version"]
    released.set()
    texts: list[str] = []
    while "call.speak.ended" not in texts:
        news = page.news(version)
        version = news["version"]
        texts += [line["text"] for line in news["lines"]]
    worker.join()
    assert news["telephones"][0]["talk"][-1] == [True, "Still there?"]


def test_news_come_when_something_has_changed(opened: Opened) -> None:
    page = opened(Menu())
    page.call()
    news = page.news()
    page.act(1, "press", "1")
    later = page.news(news["version"])
    assert later["version"] > news["version"]
    assert later["lines"][0]["text"] == "presses 1"
    assert {line["number"] for line in later["lines"]}.isdisjoint(
        line["number"] for line in news["lines"]
    )


def test_what_is_impossible_is_said_in_one_sentence(opened: Opened) -> None:
    page = opened(Menu())
    page.call()
    assert "no such keys: 'x'" in page.act(1, "press", "x")
    assert page.act(1, "answer") == "The person calls the app here, so only the app can answer."
    page.act(1, "hang_up")
    assert page.act(1, "press", "1") == f"{CALLER} presses 1, but the call has ended."
    assert "no such telephone" in page.act(7, "press", "1")
    assert "no such telephone" in page.act(1, "__init__")
    assert "nothing to say" in page.act(1, "say", " ")
    assert "not a number" in page.post("/api/call", **{"from": "<b>", "to": OWN})
    assert "500" in page.post("/api/fail", status=200)
    assert "no webhook" in page.post("/api/again", number=1)


def test_an_opened_line_shows_its_json(opened: Opened) -> None:
    page = opened(Menu())
    page.call()
    webhook, command = page.lines("webhook")[1], page.lines("command")[1]
    shown = page.opened(webhook)
    assert json.loads(shown["Webhook"])["data"]["event_type"] == "call.answered"
    assert shown["Answer"].startswith("200 OK in ")
    shown = page.opened(command)
    assert shown["Command"].startswith("POST /v2/calls/v3:")
    assert json.loads(shown["Parameters"]) == {"payload": HOSTILE, "voice": "female"}
    assert r"\u202e" in shown["Parameters"]
    assert shown["Answer"].startswith("200\n{")


# Verdicts


def test_a_webhook_that_is_not_accepted_has_a_verdict_and_the_call_goes_on(opened: Opened) -> None:
    def trouble(event: str) -> int | None:
        if event == "call.dtmf.received":
            raise LookupError("no digit")
        return None

    page = opened(Menu(trouble))
    page.call()
    assert page.act(1, "press", "1") == ""
    bad = [line for line in page.lines() if line["level"] == "error"]
    assert [line["text"] for line in bad] == ["call.dtmf.received"]
    assert "not accepted at each of 2 attempts: 500" in bad[0]["verdict"]
    assert "LookupError: no digit" in page.opened(bad[0])["Traceback"]
    assert [each["own"] for each in page.news()["telephones"]] == [CALLER, AGENT]


def test_an_app_that_never_accepts_ends_no_page(opened: Opened) -> None:
    page = opened(Menu(lambda event: 503))
    page.call()
    assert [line["level"] for line in page.lines("webhook")] == ["error"]
    page.act(1, "hang_up")
    assert page.news()["telephones"][0]["state"] == "ended"


def test_a_webhook_that_a_second_attempt_brings_has_a_warning(opened: Opened) -> None:
    answers = iter([500])
    page = opened(Menu(lambda event: next(answers, None)))
    page.call()
    assert page.lines("webhook")[0]["level"] == "warning"
    assert "accepted at attempt 2; first: 500" in page.lines("webhook")[0]["verdict"]


@pytest.mark.parametrize(
    ("attempt", "level", "verdict"),
    [
        ({"response": Response(200, (), b"", 0.1)}, "", "200 OK in 100 ms"),
        ({"response": Response(200, (), b"", 2.3)}, "error", "answered late: Telnyx waits 2 s"),
        ({"no_answer": NoAnswerReason.TIMEOUT}, "error", "answered late: Telnyx waits 2 s"),
        ({"no_answer": NoAnswerReason.CLOSED}, "error", "not accepted: no answer"),
    ],
)
def test_the_verdict_on_an_answer(attempt: dict[str, Any], level: str, verdict: str) -> None:
    response = attempt.get("response")
    elapsed = 2.0 if response is None else response.elapsed
    request = Emulator().request("call.answered")
    made = Attempt(request, "http://x/", response, elapsed, attempt.get("no_answer"))
    line = Line(1, 0.0, Entry(0.0, "webhook", CALLER, "call.answered"), Delivery((made,)), 1)
    shown = shown_line(line)
    assert shown["level"] == level
    assert shown["verdict"].startswith(verdict)


def test_the_api_fails_once(opened: Opened) -> None:
    page = opened(Menu())
    page.post("/api/fail", status=422)
    assert page.news()["failing"] == 422
    page.call()
    assert page.news()["failing"] is None
    [line] = page.lines("command")
    assert (line["level"], line["text"]) == ("error", "answer")
    assert line["verdict"].startswith("refused with 422")
    assert page.news()["telephones"][0]["state"] == "ringing"


def test_a_command_without_effect_has_a_warning(opened: Opened) -> None:
    menu = Menu()
    page = opened(menu)
    page.call()
    again = page.lines("webhook")[0]
    page.post("/api/again", number=again["number"])
    [note] = page.lines("note")
    assert note["level"] == "warning"
    assert note["text"] == "answer has no effect: the call is answered already"


def test_a_command_that_telnyx_ignores_has_a_warning() -> None:
    path = "https://api.telnyx.com/v2/calls/v3:a/actions/speak"
    command = Command.read("POST", path, {}, b'{"command_id": "a"}', 0.0)
    said = Said(replace(command, is_repeat=True), ApiAnswer(200, (), b'{"data": {"result": "ok"}}'))
    shown = shown_line(
        Line(1, 0.0, Entry(0.0, "command", CALLER, "speak", f" ({said.why_not})"), said, 1)
    )
    assert (shown["level"], shown["verdict"]) == ("warning", "")
    assert "the command_id 'a' was used before" in shown["detail"]


def test_a_webhook_is_sent_again_with_its_id(opened: Opened) -> None:
    menu = Menu()
    page = opened(menu)
    page.call()
    page.post("/api/again", number=page.lines("webhook")[1]["number"])
    assert menu.ids[1] == menu.ids[2]
    assert page.lines("webhook")[2]["text"] == "call.answered, sent again"
    source = page.get("/api/test")["text"]
    assert '    telnyx_mock.send_again("call.answered")\n' in source
    replayed = Menu()
    played(source, replayed)
    assert replayed.ids[1] == replayed.ids[2]


def test_an_earlier_webhook_that_is_sent_again_is_a_remark_in_the_saved_test(
    opened: Opened,
) -> None:
    page = opened(Menu())
    page.call()
    first = page.lines("webhook")[0]
    page.act(1, "hang_up")
    page.call()
    page.post("/api/again", number=first["number"])
    assert "# An earlier call.initiated was delivered again here." in page.get("/api/test")["text"]


def test_each_webhook_is_delivered_twice(opened: Opened) -> None:
    menu = Menu()
    page = opened(menu)
    page.post("/api/duplicate", on=True)
    assert page.news()["duplicates"] is True
    page.call()
    assert menu.ids[0] == menu.ids[1] != menu.ids[2] == menu.ids[3]
    source = page.get("/api/test")["text"]
    assert "    telnyx_mock.disturb(duplicated=True)\n" in source
    played(source, Menu())
    page.post("/api/duplicate", on=False)
    before = len(menu.ids)
    page.act(1, "hang_up")
    assert len(set(menu.ids[before:])) == len(menu.ids[before:])


# Text messages


def test_text_messages_are_written_and_received(opened: Opened) -> None:
    page = opened(Menu())
    assert page.post("/api/converse", **{"from": CALLER, "to": OWN}) == ""
    page.post("/api/converse", **{"from": CALLER, "to": OWN})
    page.act(1, "write", "Hi <b>there</b>")
    [chat] = page.news()["chats"]
    shown = HOSTILE.replace("\u202e", r"\u202e")
    assert (chat["own"], chat["other"]) == (CALLER, OWN)
    assert chat["talk"] == [[False, "writes: Hi <b>there</b>"], [True, shown]]
    webhooks = [line["text"] for line in page.lines("webhook")]
    assert webhooks == ["message.received", "message.sent", "message.finalized"]
    page.act(1, "be_unreachable")
    page.act(1, "write", "Hello?")
    [chat] = page.news()["chats"]
    assert (chat["reachable"], chat["talk"][-1]) == (False, [False, "writes: Hello?"])
    page.act(1, "be_reachable")
    page.act(1, "write", "STOP")
    assert page.lines("command")[-1]["verdict"].startswith("refused with 400")
    source = page.get("/api/test")["text"]
    first = f'    conversation = telnyx_mock.conversation(from_="{CALLER}", to="{OWN}")'
    assert source.splitlines()[1:4] == [
        first,
        '    conversation.write("Hi <b>there</b>")',
        f"    conversation.expect(contains={quoted(HOSTILE)})",
    ]
    played(source, Menu())
    with pytest.raises(ReceiverFailure, match="did not send"):
        played(source, Menu(lambda event: 200))


def test_a_message_of_the_app_opens_a_conversation(opened: Opened) -> None:
    menu = Menu()
    page = opened(menu)
    page.call()
    menu.proceed("message.received", {"to": [{"phone_number": OWN}]})
    page.act(1, "hang_up")
    [chat] = page.news()["chats"]
    assert (chat["own"], chat["other"], len(chat["talk"])) == (CALLER, OWN, 1)
    page.call()
    assert page.news()["chats"] == [chat], "another call does not forget it"


# The saved test


def played(source: str, app: Any) -> None:
    """Run the saved test with a fresh *app*."""
    space: dict[str, Any] = {}
    exec(source, space)
    receiver = open_app(app)
    emulator = Emulator(receiver)
    try:
        space["test_a_call"](emulator)
    finally:
        emulator.unbind()
        receiver.close()


def test_the_saved_test_plays_the_call_again(opened: Opened) -> None:
    page = opened(Menu())
    assert page.get("/api/test")["text"] == ""
    page.call()
    page.act(1, "press", "1")
    page.act(2, "answer")
    page.act(1, "say", 'I said "hello" \\ \u202e\n')
    page.act(1, "hang_up")
    source = page.get("/api/test")["text"]
    assert source.splitlines()[:4] == [
        "def test_a_call(telnyx_mock):",
        f'    call = telnyx_mock.call(from_="{CALLER}", to="{OWN}")',
        '    call.expect("answer")',
        f'    call.expect("gather_using_speak", contains={quoted(HOSTILE)})',
    ]
    assert source.splitlines()[-2:] == ["    assert call.ended", "    assert other.ended"]
    played(source, Menu())
    with pytest.raises(ReceiverFailure, match="gather_using_speak"):
        played(source, Menu(lambda event: 200 if event == "call.answered" else None))


def test_the_saved_test_lets_the_api_fail_too(opened: Opened) -> None:
    page = opened(Menu())
    page.call()
    page.act(1, "hang_up")
    page.call()
    page.post("/api/fail", status=500)
    page.act(2, "press", "1")
    source = page.get("/api/test")["text"]
    assert source.count("telnyx_mock.call(") == 1
    assert '    telnyx_mock.api.answer_with("POST", "/*", status=500, times=1)\n' in source
    assert "transfer" not in source
    played(source, Menu())


@given(st.text())
def test_a_text_in_a_saved_test_stays_a_text(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text
    assert quoted(text).isprintable()


# Nobody else


FOREIGN: dict[str, dict[str, str]] = {
    "another host": {"host": "evil.example:12112"},
    "another port": {"host": "127.0.0.1:80"},
    "another origin": {"origin": "https://evil.example"},
    "another local page": {"origin": "http://127.0.0.1:3000"},
    "no origin": {"origin": "null"},
    "another site": {"sec-fetch-site": "cross-site"},
    "the same site": {"sec-fetch-site": "same-site"},
    "no token": {"x-telnyx-mock-token": ""},
    "another token": {"x-telnyx-mock-token": "x" * 43},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_nobody_else_may_ask(opened: Opened, headers: dict[str, str]) -> None:
    page = opened(Menu())
    page.call()
    body = {"at": 1, "act": "hang_up"}
    for answer in (
        page.client.post("/api/act", json=body, headers=headers),
        page.client.get("/api/news?after=-1", headers=headers),
        page.client.get("/api/test", headers=headers),
    ):
        assert answer.status_code == 403
        assert answer.json().keys() == {"problem"}
    assert page.news()["telephones"][0]["state"] == "answered"


def test_a_foreign_host_does_not_get_the_token(opened: Opened) -> None:
    page = opened(Menu())
    for headers in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
        answer = page.client.get("/", headers=headers)
        assert answer.status_code == 403
        assert page.app.token not in answer.text


def test_no_answer_lets_another_site_read_it(opened: Opened) -> None:
    page = opened(Menu())
    preflight = page.client.options("/api/act", headers={"origin": "https://evil.example"})
    answers = [preflight, page.client.get("/"), page.client.get("/api/test")]
    assert preflight.status_code == 403
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_post_names_the_page_that_asks(opened: Opened) -> None:
    page = opened(Menu())
    del page.client.headers["origin"]
    assert page.client.post("/api/fail", json={"status": 500}).status_code == 403
    assert page.client.get("/api/test").status_code == 200, "a browser names no origin here"


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"[]", 400), (b"{", 400), (b"[" * 9000, 400), (b" " * 200_000, 413)],
    ids=["empty", "list", "broken", "deep", "large"],
)
def test_a_body_of_another_form_is_refused(opened: Opened, content: bytes, status: int) -> None:
    page = opened(Menu())
    assert page.client.post("/api/call", content=content).status_code == status


def test_other_requests_are_refused(opened: Opened) -> None:
    page = opened(Menu())
    assert page.client.get("/nothing").status_code == 404
    assert page.client.get("/../phone.py").status_code == 404
    assert page.client.post("/", json={}).status_code == 405
    assert page.client.get("/api/act").status_code == 405
    assert page.client.get("/api/news?after=x").status_code == 400
    assert page.client.get("/api/line?number=99").status_code == 404
    body = {"at": 1, "act": ["hang_up"]}
    assert page.client.post("/api/act", json=body).status_code == 400


# The page


def test_the_page_escapes_the_target_and_has_the_token(opened: Opened) -> None:
    page = opened(Menu(), target="<script>alert(1)</script>:app")
    html = page.client.get("/").text
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert embedded_token(html) == page.app.token


def test_the_page_needs_no_other_address(opened: Opened) -> None:
    page = opened(Menu())
    html = page.client.get("/").text
    for path, kind in re.findall(r'(?:src|href)="(/[\w.]+\.(css|js))"', html):
        answer = page.client.get(path)
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"].replace("javascript", "js")
        assert "//" not in re.sub(r"^\s*//.*$", "", answer.text, flags=re.MULTILINE)
    assert "//" not in html


def test_the_script_puts_texts_into_the_page_only_as_text() -> None:
    script = files(telnyx_mock.phone).joinpath("phone.js").read_text("utf-8")
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)


def test_what_the_app_says_has_no_secrets(opened: Opened, monkeypatch: Any) -> None:
    monkeypatch.setenv("TELNYX_API_KEY", "KEY0123456789abcdef")
    menu = Menu()
    page = opened(menu)
    page.call()
    menu.do("speak", _payload(page), payload="My key is KEY0123456789abcdef.", voice="female")
    page.act(1, "stay_silent")
    everything = json.dumps([page.news(), *(page.opened(line) for line in page.lines())])
    assert "KEY0123456789abcdef" not in everything
    assert "My key is [hidden]." in everything


def _payload(page: Page) -> Any:
    return json.loads(page.opened(page.lines("webhook")[0])["Webhook"])["data"]["payload"]


# The log


def test_the_log_forgets_its_oldest_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "KEPT", 3)
    log = Log()
    entries = [Entry(float(number), "note", "", str(number)) for number in range(5)]
    for entry in entries:
        log.take(entry, None, 1.0)
    assert [line.entry.text for line in log.since(0)] == ["2", "3", "4"]
    assert (log.line(1), log.since(4)[0].at) == (None, 3.0)
    log.take(entries[3], "more", 1.0)
    assert [(line.number, line.about) for line in log.since(5)] == [(4, "more")]


def test_who_waits_is_woken_once() -> None:
    log, woken = Log(), []
    log.when_changed(0, lambda: woken.append("later"))
    log.when_changed(5, lambda: woken.append("at once"))
    log.touch()
    log.touch()
    assert woken == ["at once", "later"]
