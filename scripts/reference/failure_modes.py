"""The 78 ways in which receivers of Telnyx webhooks fail, and the rules that find each failure.

The failures were seen in receivers, SDKs and issue trackers. If no rule can find a failure from
outside, the entry says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One way in which receivers fail.

    *found_by* holds ids of rules, or patterns of ids such as ``survives-json-*``. *limit* says
    which part of the failure no rule can find, and why. *named* holds the kinds of faults that a
    report may name for it.
    """

    number: int
    failure: str
    found_by: tuple[str, ...] = ()
    limit: str = ""
    named: tuple[str, ...] = ()

    def rules(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return the ids in *known* whose rules find this failure."""
        return tuple(
            name for name in known if any(fnmatchcase(name, pattern) for pattern in self.found_by)
        )


def _mode(
    number: int, failure: str, found_by: str = "", limit: str = "", *, named: str
) -> FailureMode:
    return FailureMode(number, failure, tuple(found_by.split()), limit, tuple(named.split()))


_EFFECT_ONLY = (
    "The answer 200 does not show whether the receiver understood the event. Write a test of your "
    "own: call telnyx_mock.send(...) and assert the effect."
)
_ANEW = "Found if telnyx-mock can create the app again with another key: name its factory, as module:make()."
_ONE_PATH = "A run judges one path; run the contract once for each path (--path)."
_UNSIGNED_FORMS = (
    "If TeXML webhooks are not signed for you, run the contract for JSON events only (--events)."
)

FAILURE_MODES: tuple[FailureMode, ...] = (
    _mode(
        1,
        "verifies nothing",
        "refuses-headers-missing refuses-signature-missing refuses-signature-by-another-key",
        named="verifies-nothing checks-only-presence verifies-after-answering acts-before-verifying",
    ),
    _mode(
        2,
        "accepts every request if no key is configured",
        "fails-closed",
        _ANEW,
        named="fails-open",
    ),
    _mode(
        3,
        "accepts every request if the crypto package is missing",
        "refuses-signature-missing refuses-signature-by-another-key",
        "Found if the receiver runs without the package: start it in an environment that lacks the "
        "package, and give its address. telnyx-mock cannot remove a package from its own process.",
        named="verifies-nothing",
    ),
    _mode(
        4,
        "verifies signatures only if a setting is on",
        "refuses-headers-missing refuses-signature-missing",
        "A run judges the app with its current settings.",
        named="verifies-nothing",
    ),
    _mode(
        5,
        "refuses everything, because the crypto package is missing",
        "serves-something",
        named="refuses-everything",
    ),
    _mode(
        6,
        "mistakes its own bug for a bad signature, and refuses everything",
        "serves-something",
        named="refuses-everything",
    ),
    _mode(
        7,
        "verifies signatures only at some of its addresses",
        "refuses-signature-missing refuses-at-failover",
        _ONE_PATH,
        named="verifies-nothing verifies-nothing-at-failover skips-verification-of-some-events",
    ),
    _mode(
        8,
        "separates timestamp and body with a dot",
        "serves-something refuses-signature-with-dot",
        named="refuses-everything accepts-other-schemes",
    ),
    _mode(
        9,
        "leaves out the separator, or expects a signature in hex",
        "serves-something refuses-signature-without-separator survives-signature-hex",
        named="refuses-everything accepts-other-schemes",
    ),
    _mode(
        10,
        "expects an HMAC",
        "serves-something refuses-signature-hmac-of-public-key refuses-signature-hmac-of-key-bytes "
        "refuses-signature-standard-webhooks",
        named="refuses-everything accepts-hmac accepts-other-schemes",
    ),
    _mode(
        11,
        "reads headers with other names",
        "serves-something refuses-signature-legacy-v1",
        named="refuses-everything accepts-other-schemes",
    ),
    _mode(
        12,
        "is sensitive to the case of header names",
        "accepts-headers",
        named="compares-spelling-of-headers",
    ),
    _mode(
        13,
        "verifies a body that it parsed and serialised again",
        "accepts-layouts refuses-signature-over-rewritten-body",
        named="verifies-other-bytes",
    ),
    _mode(
        14,
        "parses before it verifies",
        "survives-junk refuses-body-truncated",
        named="works-before-verifying",
    ),
    _mode(
        15,
        "passes bytes to a verifier that expects text, and refuses everything",
        "serves-something",
        named="refuses-everything",
    ),
    _mode(
        16,
        "decodes the body before it verifies",
        "survives-junk",
        named="works-before-verifying",
    ),
    _mode(
        17,
        "fails when a header is missing",
        "refuses-signature-missing refuses-timestamp-missing",
        named="fails-at-missing-header",
    ),
    _mode(
        18,
        "accepts an empty header",
        "refuses-signature-empty refuses-timestamp-empty",
        named="verifies-only-with-signature verifies-only-with-timestamp",
    ),
    _mode(
        19,
        "fails when a header comes twice",
        "survives-signature-*-then-* survives-timestamp-*-then-*",
        named="fails-at-repeated-header",
    ),
    _mode(
        20,
        "fails at a timestamp that is not a number",
        "refuses-timestamp-not-a-number refuses-timestamp-float refuses-timestamp-empty",
        named="fails-at-bad-timestamp",
    ),
    _mode(
        21,
        "fails at a timestamp with many digits",
        "refuses-timestamp-*-digits refuses-timestamp-negative",
        named="fails-at-bad-timestamp",
    ),
    _mode(
        22,
        "accepts a timestamp that is not a number",
        "refuses-timestamp-not-a-number-signed",
        named="accepts-bad-timestamps",
    ),
    _mode(
        23,
        "accepts timestamps from any time in the future",
        "refuses-timestamp-future-*",
        named="accepts-future",
    ),
    _mode(
        24,
        "accepts timestamps from any time in the past",
        "refuses-timestamp-expired-* refuses-replay-expired",
        named="ignores-age",
    ),
    _mode(
        25,
        "tolerates timestamps that are hours old, for example because of a wrong argument",
        "refuses-timestamp-expired-1h refuses-timestamp-expired-1d refuses-timestamp-1970",
        named="tolerates-too-much ignores-age",
    ),
    _mode(
        26,
        "reads milliseconds as seconds, or tolerates no clock skew",
        "refuses-timestamp-milliseconds accepts-clock-skew accepts-edge-of-tolerance",
        named="refuses-everything needs-exact-clock",
    ),
    _mode(
        27,
        "acts again on a replayed request",
        "idempotent-when-replayed",
        named="acts-on-duplicates",
    ),
    _mode(
        28,
        "detects replays by the text of the signature, so another spelling passes",
        "idempotent-when-redelivered survives-signature-with-spare-bits",
        "Found because each attempt has a new signature.",
        named="acts-on-duplicates",
    ),
    _mode(
        29,
        "drops one of two events that arrive close together",
        "handles-distinct-events",
        named="confuses-events",
    ),
    _mode(
        30,
        "acts again on a duplicate of an event",
        "idempotent-when-redelivered idempotent-after-failover",
        named="acts-on-duplicates acts-again-at-failover",
    ),
    _mode(
        31,
        "deduplicates by the message or the call instead of the event",
        "handles-distinct-events",
        "Found if two types of event about one call or message have visible effects. Deduplication by "
        "event type together with call or message is not found: an app may act on the first of "
        "several similar events on purpose, such as the first key pressed in a call.",
        named="confuses-events",
    ),
    _mode(
        32,
        "checks for an id and stores it later, so two duplicates at once both pass",
        "idempotent-when-concurrent",
        named="checks-then-acts",
    ),
    _mode(
        33,
        "relies on the order of events",
        "accepts-any-order",
        "An earlier event that undoes a later state shows only in the receiver's own data.",
        named="needs-order needs-beginning",
    ),
    _mode(
        34,
        "does its work before it answers, so its answer is late",
        "answers-in-time answers-before-slow-services",
        named="answers-late waits-for-services",
    ),
    _mode(
        35,
        "starts slowly",
        "answers-first-in-time",
        named="starts-slowly",
    ),
    _mode(
        36,
        "blocks all other requests while it waits",
        "answers-bursts-in-time",
        named="blocks-others",
    ),
    _mode(
        37,
        "answers, and then loses the event",
        "handles-retry-after-failure finishes-background-work handles-event-after-refusal",
        "Found if the receiver asks for a retry or refuses an attempt, or if an app in process raises "
        "an exception after its 200. Otherwise a lost event looks like a queued one.",
        named="loses-failed-events fails-after-answering drops-event-after-refusal",
    ),
    _mode(
        38,
        "refuses unknown events",
        "accepts-unknown-event",
        named="refuses-unknown-events refuses-unused-events",
    ),
    _mode(
        39,
        "confuses dots and underscores in event names",
        "accepts-sample accepts-unknown-event",
        f"No rule sees which branch the receiver took. {_EFFECT_ONLY}",
        named="refuses-unknown-events refuses-unused-events",
    ),
    _mode(
        40,
        "replies to its own messages, in a loop",
        "no-reply-loop",
        "Found if it visibly replies to message.received, and then to the sender that a report on its "
        "own message names.",
        named="replies-to-itself",
    ),
    _mode(
        41,
        "treats an outgoing leg as an incoming one",
        "answers-incoming-calls",
        "Found if it sends answer for both.",
        named="answers-outgoing-calls",
    ),
    _mode(
        42,
        "fails when a field is missing or null",
        "accepts-absent accepts-null finishes-background-work",
        named="fails-if-absent fails-at-null fails-after-answering",
    ),
    _mode(
        43,
        "expects a string where an object or a list comes, or the reverse",
        "accepts-sample accepts-each-choice accepts-generated",
        named="fails-at-sample fails-at-values",
    ),
    _mode(
        44,
        "expects every message to be plain text",
        "accepts-sample accepts-each-choice accepts-generated",
        named="fails-at-other-products fails-at-values",
    ),
    _mode(
        45,
        "reads a field one level too high or too low",
        "accepts-sample",
        f"Found if the receiver fails. If the receiver continues without the value, no rule sees that. "
        f"{_EFFECT_ONLY}",
        named="reads-unknown-member fails-at-sample",
    ),
    _mode(
        46,
        "decodes client_state without checking that it is set",
        "accepts-null accepts-generated",
        named="fails-at-null fails-if-absent",
    ),
    _mode(
        47,
        "fails at unusual values",
        "accepts-each-choice accepts-generated accepts-new-values survives-json-lone-surrogates "
        "survives-json-nul",
        named="fails-at-values fails-at-empty fails-at-long-text fails-beyond-ascii fails-at-new-values",
    ),
    _mode(
        48,
        "fails when the envelope differs",
        "survives-json-data-* survives-json-payload-* survives-json-type-*",
        "telnyx-mock sends no bodies of API version 1.",
        named="fails-at-malformed-content",
    ),
    _mode(
        49,
        "refuses unknown fields",
        "accepts-unknown-fields",
        named="refuses-unknown-fields",
    ),
    _mode(
        50,
        "answers with another status than 200",
        "accepts-sample",
        named="answers-other-success",
    ),
    _mode(
        51,
        "redirects",
        "accepts-sample",
        "A run sends to the path as you spell it; try another spelling in another run.",
        named="redirects-webhooks",
    ),
    _mode(
        52,
        "asks for a CSRF token",
        "serves-something accepts-sample",
        named="refuses-everything",
    ),
    _mode(
        53,
        "reads the form before the raw body, which is then empty",
        "accepts-sample",
        named="refuses-everything refuses-sample",
    ),
    _mode(
        54,
        "serialises the form again before it verifies",
        "accepts-layouts",
        named="verifies-other-bytes",
    ),
    _mode(
        55,
        "expects TeXML webhooks to be JSON",
        "accepts-sample",
        named="refuses-sample fails-at-sample",
    ),
    _mode(
        56,
        "does not verify TeXML webhooks",
        "refuses-signature-missing",
        _UNSIGNED_FORMS,
        named="verifies-nothing skips-verification-of-some-content-types",
    ),
    _mode(
        57,
        "fails when a form field is missing",
        "accepts-absent accepts-generated",
        named="fails-if-absent",
    ),
    _mode(
        58,
        "answers XML with the wrong content type",
        "answers-xml-as-xml",
        "Found if a sample is answered with an XML document; no rule judges its content.",
        named="sends-wrong-content-type",
    ),
    _mode(
        59,
        "expects one exact spelling of the content type",
        "accepts-headers refuses-headers-missing-* survives-json-untyped survives-json-odd-type "
        "survives-json-odd-charset",
        named="compares-spelling-of-headers skips-verification-of-some-content-types",
    ),
    _mode(
        60,
        "verifies one text and parses another",
        "refuses-body-with-bom survives-json-with-bom survives-json-utf-16",
        named="verifies-other-bytes",
    ),
    _mode(
        61,
        "interprets ambiguous JSON in its own way",
        "refuses-body-member-twice survives-json-nan survives-json-huge-integer "
        "survives-json-type-twice",
        named="accepts-changed-bodies fails-at-malformed-content",
    ),
    _mode(
        62,
        "fails at JSON that is not an object",
        "survives-json-null survives-json-list survives-json-string survives-json-number",
        named="fails-at-malformed-content",
    ),
    _mode(
        63,
        "fails at a compressed body",
        "survives-compressed",
        "telnyx-mock sends no genuine compressed body. Telnyx does not publish whether it compresses, "
        "and which bytes it would sign, so no answer would be wrong.",
        named="mishandles-compressed-bodies",
    ),
    _mode(
        64,
        "has no limit on the size of a body, or fails at the limit",
        "survives-large survives-json-10-mb",
        named="mishandles-large-bodies has-narrow-body-limit",
    ),
    _mode(
        65,
        "stands behind a proxy that rewrites requests",
        "accepts-layouts accepts-headers",
        "Found if you give the address of the proxy, so that the run goes through it.",
        named="verifies-other-bytes compares-spelling-of-headers",
    ),
    _mode(
        66,
        "trusts an address in X-Forwarded-For instead of the signature",
        "refuses-signature-missing",
        "Found if the receiver needs no such header; telnyx-mock sends no forged one.",
        named="verifies-nothing",
    ),
    _mode(
        67,
        "fails at base64 that is not in the standard form",
        "refuses-signature-not-base64 survives-signature-*",
        named="fails-at-bad-signature accepts-damaged-signatures",
    ),
    _mode(
        68,
        "fails at a signature of another length",
        "refuses-signature-truncated refuses-signature-63-bytes refuses-signature-65-bytes "
        "refuses-signature-extended refuses-signature-all-zero",
        named="fails-at-bad-signature accepts-damaged-signatures",
    ),
    _mode(
        69,
        "accepts malleable signatures, or signatures with points of small order",
        "refuses-signature-non-canonical refuses-signature-small-order",
        named="accepts-weak-signatures",
    ),
    _mode(
        70,
        "mishandles its key's text: line breaks, blanks, quotes",
        "accepts-key-spelling fails-closed",
        _ANEW,
        named="starts-with-unusable-key fails-open",
    ),
    _mode(
        71,
        "verifies with another account's key",
        "refuses-signature-by-another-key",
        named="refuses-everything",
    ),
    _mode(
        72,
        "does not catch the error that the verifier raises",
        "refuses-signature-by-another-key refuses-signature-not-base64 refuses-signature-random",
        named="fails-at-forgeries",
    ),
    _mode(
        73,
        "fails at events of unknown calls",
        "accepts-sample accepts-any-order",
        named="needs-beginning",
    ),
    _mode(
        74,
        "fails at other HTTP methods than POST",
        "survives-methods",
        named="fails-at-other-methods",
    ),
    _mode(
        75,
        "shows secrets in answers or logs",
        "answers-without-secrets answers-without-traces",
        "The only secret that telnyx-mock can recognise is the API key, if TELNYX_API_KEY is set for "
        "both the receiver and the run. It does not see logs.",
        named="shows-secrets shows-code",
    ),
    _mode(
        76,
        "fails at events of another product",
        "accepts-sample accepts-unknown-event",
        named="refuses-unused-events refuses-unknown-events fails-at-sample",
    ),
    _mode(
        77,
        "does not handle errors of the Telnyx API",
        "survives-api-errors",
        named="fails-with-api",
    ),
    _mode(
        78,
        "does not wait for the result of the verification",
        "refuses-signature-by-another-key refuses-signature-random",
        named="verifies-nothing",
    ),
)
"""All failure modes, in the order of their numbers."""

NEW = (
    "redirects-forgeries",
    "verifies-only-with-body",
    "binds-no-timestamp",
    "remembers-signatures",
    "acknowledges-before-verifying",
    "reads-query",
    "knows-one-key",
    "fails-at-random",
    "fails-at-duplicates",
    "mixes-calls",
    "treats-events-alike",
    "ignores-long-texts",
    "commands-unknown-calls",
    "commands-ended-calls",
    "refuses-webhooks-at-failover",
    "breaks-documents",
    "serves-nothing",
    "sends-too-many-bytes",
    "accepts-junk",
)
"""The kinds of faults that belong to none of these failure modes."""
