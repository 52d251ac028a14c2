"""The receiver sends TeXML documents with a content type of XML."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.provider_urls import TEXML_FETCHING
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Response

BEGINNINGS = (b"<?xml", b"<Response")
TYPES = ("application/xml", "text/xml")


def _is_document(response: Response) -> bool:
    """Whether the answer is a TeXML document; it may begin with a byte order mark."""
    return response.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(BEGINNINGS)


def _media_type(response: Response) -> str:
    value = response.header(b"content-type") or b""
    return value.decode("latin-1").partition(";")[0].strip().lower()


def _check_media_type(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    delivery = context.baseline.sample_of(event)
    response = delivery.response
    if response is None or not _is_document(response):
        return
    declared = _media_type(response)
    if declared not in TYPES and not declared.endswith("+xml"):
        what = f"the content type {declared}" if declared else "no content type"
        problem = f"was answered with a TeXML document that has {what}"
        yield check.finding(delivery, problem, " or ".join(TYPES))


RULES: tuple[Rule, ...] = (
    Rule(
        "answers-xml-as-xml",
        "sends TeXML documents with a content type of XML",
        Severity.WARNING,
        Scope.EVENT,
        "Telnyx asks for well-formed XML, and does not say what it does with another content "
        "type. Frameworks send a plain string as HTML, and proxies may then treat the document "
        "as HTML.",
        TEXML_FETCHING,
        "Set the content type to application/xml. In Flask, return Response(xml, "
        "content_type='application/xml'); in Django, return HttpResponse with the same arguments.",
        _check_media_type,
        applies=lambda event: event.content_type is ContentType.FORM,
    ),
)
