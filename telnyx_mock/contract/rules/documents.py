"""The receiver sends TeXML documents as XML, and escapes what callers decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import islice
from typing import Any
from xml.etree import ElementTree

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.mutations import optional_fields
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import TEXML_FETCHING
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kinds import Text
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.text_formats import PARTIES
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Response

MOST = 6
"""The largest number of forms that are delivered with values of a hostile caller."""

DIALLED = "+13125550177"
"""The number that a hostile caller wants the receiver's document to dial; no sample has it."""

VERB = f"<Dial>{DIALLED}</Dial>"
NAME = f'Zoë & {VERB} "O\'Brien"'
"""A text of a hostile caller: a display name, or words."""

ADDRESS = "zoe&o'brien@203.0.113.10"
"""A SIP address whose user part has characters that XML must escape; RFC 3261 allows both."""

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


@cache
def _hostile_values(event: Event) -> Mapping[str, Json]:
    """Return the value of a hostile caller for each field of the form *event* that may have one."""
    values: dict[str, Json] = {}
    for path, kinds in kinds_by_path(event).items():
        for kind in kinds:
            if isinstance(kind, Text) and kind.origin is Origin.CALLER:
                if kind.format.is_free:
                    values[path] = NAME
                elif kind.format in PARTIES:
                    values[path] = ADDRESS
    return values


@cache
def _hostile_webhooks(event: Event, told: frozenset[str]) -> tuple[Webhook, ...]:
    """Return webhooks of the form *event* that have a hostile value in each field but *told*."""
    webhooks = []
    left = {path: value for path, value in _hostile_values(event).items() if path not in told}
    while left:
        together: dict[str, Json] = {}
        webhook = None
        for field in tuple(left):
            made = _webhook(event, {**together, field: left[field]})
            if made is not None:
                webhook, together[field] = made, left.pop(field)
        if webhook is None:
            break
        webhooks.append(webhook)
    return tuple(webhooks)


def _webhook(event: Event, values: Mapping[str, Json]) -> Webhook | None:
    """Return the sample of *event* with *values*; if needed, without a field that excludes them."""
    for absent in ((), *((path,) for path in sorted(optional_fields(event) - values.keys()))):
        with suppress(UsageError):
            overrides: dict[str, Any] = {**values, **dict.fromkeys(absent, ABSENT)}
            return sample(event.name, **overrides)
    return None


def _fault(delivery: Delivery) -> str | None:
    """Return what is wrong with the document in the answer; None if nothing is, or without one."""
    response = delivery.response
    if response is None or not delivery.accepted or not _is_document(response):
        return None
    try:
        document = ElementTree.fromstring(response.body.lstrip())  # noqa: S314 - of the user's app
    except ElementTree.ParseError as problem:
        line, column = problem.position
        return f"is not well-formed (line {line}, column {column + 1})"
    except (ValueError, LookupError) as problem:  # it declares an encoding that it does not have
        return f"is not well-formed ({problem})"
    if any((verb.text or "").strip() == DIALLED for verb in document.iter("Dial")):
        return f"has the caller's verb {VERB}"
    return None


def _check_values(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    forms = [each for each in context.events if each.content_type is ContentType.FORM]
    answered = [each for each in forms if _answers_with_document(context, each)]
    if not answered:
        context.baseline.require_known(forms)
        raise Skipped(Why.NO_DOCUMENT)
    told: set[str] = set()
    for form in islice(filter(_hostile_values, answered), MOST):
        plain = context.baseline.sample_of(form)
        if fault := _fault(plain):
            problem = f"was answered with a TeXML document that {fault}"
            yield check.finding(plain, problem, "well-formed XML")
            return
        for webhook in _hostile_webhooks(form, frozenset(told)):
            if _fault(context.sender.send(webhook)):
                yield from _faulty_fields(check, context, form, webhook.decisions(), told)


def _faulty_fields(
    check: Check, context: Context, form: Event, values: Mapping[str, Json], told: set[str]
) -> Iterator[Finding]:
    """Yield a finding for each field that alone breaks the document, and add it to *told*."""
    for field, value in _hostile_values(form).items():
        webhook = _webhook(form, {field: value}) if field in values.keys() - told else None
        if webhook is None:
            continue
        delivery = context.sender.send(webhook)
        # An answer is a fault only if the same value leads to it twice.
        if _fault(delivery) and (fault := _fault(delivery := context.sender.send(webhook))):
            told.add(field)
            problem = f"with {field} = {value!r} was answered with a document that {fault}"
            expected = "a well-formed document that has the value as text"
            yield check.finding(delivery, problem, expected, fields=(field,))


def _answers_with_document(context: Context, event: Event) -> bool:
    """Whether the receiver answers the sample of *event* with a TeXML document."""
    if not context.baseline.accepts(event):
        return False
    response = context.baseline.sample_of(event).response
    return response is not None and _is_document(response)


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
    Rule(
        "escapes-values-in-documents",
        "escapes what callers decide in TeXML documents",
        Severity.ERROR,
        Scope.RUN,
        "Callers decide their display names, their SIP addresses and what they say. Telnyx cannot "
        "run a document that is not well-formed, so an ampersand in a name ends the call. And a "
        "caller whose text gets into the document unescaped can add verbs, such as a Dial to a "
        "number that costs you money.",
        TEXML_FETCHING,
        "Make the document with a library for XML or TeXML, or escape each value: in Python, with "
        "xml.sax.saxutils.escape in text and quoteattr in attributes.",
        _check_values,
        applies=lambda event: event.content_type is ContentType.FORM,
    ),
)
