"""An XML document in an answer must have an XML content type; anything else is no concern of ours."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event
from tests.receivers.faults.answers import Greeting, SaysHtml

RULE = CONTRACT["answers-xml-as-xml"]


def answering(content_type: bytes | None, document: bytes) -> Any:
    class Answering(SaysHtml):
        def headers(self) -> list[tuple[bytes, bytes]]:
            return [] if content_type is None else [(b"Content-Type", content_type)]

        def body(self) -> bytes:
            return document

    return Answering


@pytest.mark.parametrize(
    ("content_type", "document"),
    [
        (b"application/xml", b"<Response/>"),
        (b"text/xml; charset=utf-8", b"<?xml version='1.0'?><Response/>"),
        (b"APPLICATION/XML", b"<Response/>"),
        (b"application/texml+xml", b"<Response/>"),
        (b"text/html", b""),
        (b"text/plain", b"OK"),
        (b"text/html", b"<html/>"),
        (None, b"OK"),
    ],
)
def test_a_document_with_its_type_and_what_is_no_document_are_left_alone(
    runner: MakeRunner, content_type: bytes | None, document: bytes
) -> None:
    made = runner(answering(content_type, document), "texml.http-request")
    result = made.run(RULE, "texml.http-request")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


@pytest.mark.parametrize(
    ("content_type", "document", "words"),
    [
        (b"text/html; charset=utf-8", b"<?xml version='1.0'?>", "the content type text/html"),
        (b"application/json", b"\n  <Response/>", "the content type application/json"),
        (None, b"\xef\xbb\xbf<Response/>", "no content type"),
    ],
)
def test_a_document_of_another_type_is_a_warning(
    runner: MakeRunner, content_type: bytes | None, document: bytes, words: str
) -> None:
    made = runner(answering(content_type, document), "texml.http-request")
    result = made.run(RULE, "texml.http-request")
    [finding] = result.findings
    assert finding.severity is Severity.WARNING
    assert words in finding.message


FORMS = ("texml.instructions", "texml.http-request", "texml.gather")
ESCAPES = "escapes-values-in-documents"


def test_escaped_values_are_left_alone(runner: MakeRunner) -> None:
    result = run(runner(Greeting, *FORMS), ESCAPES, "")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_a_value_that_is_not_escaped_is_an_error_that_any_caller_can_provoke(
    runner: MakeRunner,
) -> None:
    class AsItComes(Greeting):
        def text(self, value: str) -> str:
            return value

    [finding, *others] = run(runner(AsItComes, *FORMS), ESCAPES, "").findings
    assert others == []
    assert finding.severity is Severity.ERROR
    assert finding.fields == ("CallerId",)
    assert "is not well-formed" in finding.message
    assert finding.who == "Anyone who can ring or text can do this."


def test_a_verb_of_a_caller_in_a_well_formed_document_is_an_error(runner: MakeRunner) -> None:
    class EscapesAmpersands(Greeting):
        def text(self, value: str) -> str:
            return value.replace("&", "&amp;")

    [finding] = run(runner(EscapesAmpersands, *FORMS), ESCAPES, "").findings
    assert "has the caller's verb <Dial>" in finding.message


def test_what_was_said_is_tried_too(runner: MakeRunner) -> None:
    class Repeats(SaysHtml):
        said = ""

        def act(self, event: Event) -> int:
            self.said = str(event.get("SpeechResult", ""))
            return super().act(event)

        def body(self) -> bytes:
            return f"<Response><Say>{self.said}</Say></Response>".encode()

    [finding] = run(runner(Repeats, "texml.gather"), ESCAPES, "").findings
    assert finding.fields == ("SpeechResult",)


def test_another_document_for_another_value_is_no_fault(runner: MakeRunner) -> None:
    class Branching(Greeting):
        def text(self, value: str) -> str:
            return "there" if value.isascii() else "stranger<Pause/><Hangup/>"

    assert not run(runner(Branching, *FORMS), ESCAPES, "").findings


def test_a_plain_document_that_is_not_well_formed_is_one_finding(runner: MakeRunner) -> None:
    made = runner(answering(b"application/xml", b"<Response><Say>Q & A</Say></Response>"), *FORMS)
    [finding] = run(made, ESCAPES, "").findings
    assert finding.fields == ()
    assert finding.message.startswith("texml.instructions was answered with a TeXML document")


def test_without_documents_nothing_is_judged(runner: MakeRunner) -> None:
    result = run(runner(answering(None, b"OK"), *FORMS), ESCAPES, "")
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.NO_DOCUMENT)
