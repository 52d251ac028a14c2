"""The receiver says of a TeXML document that it is XML."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.provider import TEXML_FETCHING
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Response

__all__ = ["RULES"]

BEGINNINGS = (b"<?xml", b"<Response")
TYPES = ("application/xml", "text/xml")


def _is_document(response: Response) -> bool:
    return response.body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(BEGINNINGS)


def _media_type(response: Response) -> str:
    value = response.header(b"content-type") or b""
    return value.decode("latin-1").partition(";")[0].strip().lower()


def _says_xml(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    delivery = context.baseline.sample_of(event)
    response = delivery.response
    if response is None or not _is_document(response):
        return
    told = _media_type(response)
    if told not in TYPES and not told.endswith("+xml"):
        what = f"the content type {told}" if told else "no content type"
        problem = f"was answered with a TeXML document that has {what}"
        yield check.finding(delivery, problem, " or ".join(TYPES))


RULES: tuple[Rule, ...] = (
    Rule(
        "answers-xml-as-xml",
        "gives a TeXML document the content type of XML",
        Severity.WARNING,
        Scope.EVENT,
        "Telnyx asks for well-formed XML and does not say what it makes of another type. Frameworks "
        "send a plain string as HTML, and what stands in between may treat it as such.",
        TEXML_FETCHING,
        "Set the content type to application/xml, as in Response(xml, "
        "content_type='application/xml') in Flask and in Django.",
        _says_xml,
        applies=lambda event: event.content_type is ContentType.FORM,
    ),
)
