"""Faults of the answer itself: too late, too talkative, of another type; and at odd requests."""

from __future__ import annotations

from telnyx_mock.diagnosis.kind import FaultKind, Who
from telnyx_mock.diagnosis.remedies.remedy import Remedy

ANSWERS = (
    FaultKind(
        id="sends-wrong-content-type",
        title="The receiver sends a document with another content type than XML.",
        harm="Telnyx may not run the document, so the caller hears nothing.",
        signs="answers-xml-as-xml",
        remedy=Remedy.ESCAPE_XML,
    ),
    FaultKind(
        id="shows-secrets",
        title="The receiver shows a secret in an answer.",
        harm="Whoever reads the answer can use your account.",
        who=Who.ANYONE,
        signs="answers-without-secrets",
    ),
    FaultKind(
        id="shows-code",
        title="The receiver shows its code in an answer.",
        harm="Whoever reads the answer learns how the app is built.",
        who=Who.ANYONE,
        signs="answers-without-traces",
    ),
    FaultKind(
        id="answers-late",
        title="The receiver answers too late.",
        harm="Telnyx hangs up and delivers again: the work is done twice, or at the failover.",
        signs="answers-in-time",
        remedy=Remedy.ANSWER_FIRST,
    ),
    FaultKind(
        id="starts-slowly",
        title="The receiver answers its first webhook too late.",
        harm="After each start, Telnyx delivers the first event again.",
        signs="answers-first-in-time",
    ),
    FaultKind(
        id="blocks-others",
        title="The receiver lets all webhooks wait for one.",
        harm="At a busy moment all answers are late, and Telnyx delivers all again.",
        signs="answers-bursts-in-time",
        remedy=Remedy.ANSWER_FIRST,
    ),
    FaultKind(
        id="waits-for-services",
        title="The receiver waits for a slow service before it answers.",
        harm="When that service is slow, answers are late, and Telnyx delivers again.",
        signs="answers-before-slow-services",
        remedy=Remedy.ANSWER_FIRST,
    ),
    FaultKind(
        id="sends-too-many-bytes",
        title="The receiver sends bytes after its answer.",
        harm="The next answer on the connection is misread, so a delivery fails.",
        signs="sends-nothing-after-answers",
    ),
    FaultKind(
        id="fails-at-other-methods",
        title="The receiver fails at other HTTP methods than POST.",
        harm="Anyone can make the app fail, as often as they like.",
        who=Who.ANYONE,
        signs="survives-methods",
    ),
    FaultKind(
        id="mishandles-large-bodies",
        title="The receiver does not refuse a body that is too large.",
        harm="Anyone can fill the memory or the error log of the app.",
        who=Who.ANYONE,
        signs="survives-large",
    ),
    FaultKind(
        id="mishandles-compressed-bodies",
        title="The receiver does not cope with a compressed body.",
        harm="Anyone can make the app fail, as often as they like.",
        who=Who.ANYONE,
        signs="survives-compressed",
    ),
    FaultKind(
        id="accepts-junk",
        title="The receiver accepts requests that are no webhooks.",
        harm="Anyone can send requests that the app takes for webhooks.",
        who=Who.ANYONE,
        signs="survives-junk",
    ),
    FaultKind(
        id="fails-at-malformed-content",
        title="The receiver fails at malformed content that is signed correctly.",
        harm="Only Telnyx could send this, by mistake.",
        signs="survives-*",
        fix="Parse a verified request with care, and answer 400 if it is not an event.",
    ),
)
