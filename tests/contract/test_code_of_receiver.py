"""What the code of an app tells a run: which events it handles alike, and which values make it act."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask import Flask, Response, request
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

import telnyx_mock.contract
from telnyx_mock.contract.effects.keywords import keywords
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.report import Report
from telnyx_mock.signing.keys import KeyPair
from tests.receivers.correct import API, TLS

KEY = KeyPair.generate()
VERIFY_KEY = VerifyKey(base64.b64decode(KEY.public_key))
TIMEOUT = 1


def app_for(handle: Callable[[str, dict[str, Any], str], None]) -> Flask:
    """Return an app that verifies, and passes the type, payload and id of an event to *handle*."""
    app = Flask(__name__)

    @app.post("/")
    def receive() -> Response:
        signed = f"{request.headers.get('telnyx-timestamp', '')}|".encode() + request.get_data()
        try:
            signature = base64.b64decode(request.headers["telnyx-signature-ed25519"], validate=True)
            VERIFY_KEY.verify(signed, signature)
        except (KeyError, ValueError, CryptoError):
            return Response(status=401)
        data = json.loads(request.get_data()).get("data")
        if isinstance(data, dict) and isinstance(data.get("payload"), dict):
            handle(str(data.get("event_type")), data["payload"], str(data.get("id")))
        return Response()

    return app


def text_back(caller: object) -> None:
    httpx.post(f"{API}/messages", json={"to": caller}, verify=TLS, timeout=TIMEOUT)


def run(app: Flask, *only: str, events: str = "call.*", **settings: Any) -> Report:
    return telnyx_mock.contract.run(app, events=[events], only=only, key=KEY, seed=1, **settings)


def deliveries(report: Report) -> int:
    return sum(result.deliveries for result in report.results)


class MissedCalls:
    """Texts back to callers who hang up before somebody answers."""

    def __init__(self) -> None:
        self.ringing: dict[object, object] = {}
        self.done: set[str] = set()

    def is_new(self, event: str) -> bool:
        return True

    def __call__(self, name: str, payload: dict[str, Any], event: str) -> None:
        call = str(payload.get("call_control_id"))
        if name == "call.initiated":
            self.ringing[call] = payload.get("from")
        elif name == "call.hangup":
            is_missed = payload.get("hangup_cause") == "originator_cancel"
            if is_missed and self.is_new(event) and call in self.ringing:
                text_back(self.ringing[call])


class MissedCallsOnce(MissedCalls):
    def is_new(self, event: str) -> bool:
        new = event not in self.done
        self.done.add(event)
        return new


def test_an_effect_of_one_value_after_a_history_is_found() -> None:
    report = run(app_for(MissedCalls()), "idempotent-when-redelivered")
    [finding] = report.findings
    assert finding.event == "call.hangup"
    assert "the command messages.send" in finding.message


def test_an_effect_of_one_value_that_comes_once_is_no_finding() -> None:
    report = run(app_for(MissedCallsOnce()), "idempotent-when-redelivered")
    assert report.findings == ()
    assert [result.outcome for result in report.results] == [Outcome.PASSED]


ORDER = re.compile(r"\b[A-Z]{2}\d{4}\b")


def is_keyword(text: str) -> bool:
    return text.strip().upper() == "BALANCE"


def has_word(text: str) -> bool:
    return "opening hours" in text.lower()


def is_order(text: str) -> bool:
    return ORDER.search(text) is not None


class Bot:
    """Replies to a message only if it *understands* the text."""

    def __init__(self, understands: Callable[[str], bool]) -> None:
        self.understands = understands

    def is_new(self, event: str) -> bool:
        return True

    def __call__(self, name: str, payload: dict[str, Any], event: str) -> None:
        text = payload.get("text")
        is_understood = isinstance(text, str) and self.understands(text)
        if name == "message.received" and is_understood and self.is_new(event):
            text_back(payload["from"]["phone_number"])


class BotOnce(Bot):
    def __init__(self, understands: Callable[[str], bool]) -> None:
        super().__init__(understands)
        self.done: set[str] = set()

    def is_new(self, event: str) -> bool:
        new = event not in self.done
        self.done.add(event)
        return new


@pytest.mark.parametrize("understands", [is_keyword, has_word, is_order])
def test_what_the_code_looks_for_in_a_text_is_written(understands: Callable[[str], bool]) -> None:
    rule, events = "idempotent-when-redelivered", "message.*"
    [finding] = run(app_for(Bot(understands)), rule, events=events).findings
    assert finding.event == "message.received"
    assert "the command messages.send" in finding.message
    once = run(app_for(BotOnce(understands)), rule, events=events)
    assert once.findings == ()
    assert [result.outcome for result in once.results] == [Outcome.PASSED]


def test_the_texts_of_the_code_are_few_and_in_one_order() -> None:
    texts = [
        "HELP",
        "stop now",
        "text",
        "a long sentence about it",
        "x" * 30,
        r"\d{3}",
        "(bad [x]",
        "id_of_it",
    ]
    found = ["HELP id_of_it stop now 000", "000", "HELP", "id_of_it", "stop now"]
    assert list(keywords(texts, ["Text"])) == found
    assert list(keywords(texts[::-1], ["Text"])) == found


def ignore(name: str, payload: dict[str, Any], event: str) -> None:
    """Do nothing."""


def look_at_hangup(name: str, payload: dict[str, Any], event: str) -> None:
    if name == "call.hangup" and payload.get("call_quality_stats", {}) is None:
        raise ValueError("There are no statistics.")


def look_at_all(name: str, payload: dict[str, Any], event: str) -> None:
    if "client_state" not in payload:
        raise ValueError("There is no state.")


@pytest.mark.slow
def test_a_few_events_stand_for_those_that_the_code_handles_alike() -> None:
    """And the fault of all of them is found all the same."""
    rules = ("accepts-null", "accepts-absent", "accepts-unknown-fields", "accepts-each-choice")
    usual = run(app_for(ignore), *rules, no_reads=True)  # which would spare some more
    thorough = run(app_for(ignore), *rules, thorough=True)
    assert usual.findings == thorough.findings == ()
    assert deliveries(usual) < 0.6 * deliveries(thorough)
    assert run(app_for(look_at_all), *rules).findings[0].rule == "accepts-absent"


@pytest.mark.parametrize("handle", [look_at_hangup])
def test_an_event_that_the_code_names_is_tried_with_all(handle: Any) -> None:
    found = Counter(each.event for each in run(app_for(handle), "accepts-null").findings)
    assert found == {"call.hangup": 1}


class Posts:
    """Tells another service about each call that comes in, once more for each duplicate."""

    headers: dict[str, str] = {}

    def __call__(self, name: str, payload: dict[str, Any], event: str) -> None:
        if name == "call.initiated":
            key = dict.fromkeys(self.headers, event)
            httpx.post("https://hooks.example.com/calls", headers=key, verify=TLS, timeout=TIMEOUT)


class PostsWithKey(Posts):
    """Leaves it to the service to know a duplicate by its key."""

    headers = {"Idempotency-Key": ""}


def test_a_call_to_another_service_that_a_duplicate_repeats_is_found() -> None:
    [finding] = run(
        app_for(Posts()), "idempotent-when-redelivered", events="call.initiated"
    ).findings
    assert "the receiver called POST hooks.example.com" in finding.message


def test_a_call_with_the_same_idempotency_key_counts_once() -> None:
    only = ("idempotent-when-redelivered", "idempotent-when-replayed", "idempotent-when-concurrent")
    report = run(app_for(PostsWithKey()), *only, events="call.initiated")
    assert report.findings == ()
    assert {result.outcome for result in report.results} == {Outcome.PASSED}
