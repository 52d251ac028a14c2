"""An XML document in an answer must have an XML content type; anything else is no concern of ours."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner
from tests.receivers.faults.answers import SaysHtml

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
