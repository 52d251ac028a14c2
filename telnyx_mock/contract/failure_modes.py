"""How receivers of Telnyx webhooks break, and which checks find it: 78 ways, each seen somewhere.

They were collected from receivers, SDKs and issue trackers. Facts only. A mode that no check can
judge from outside says why not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

__all__ = ["FAILURE_MODES", "FailureMode"]


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One way to break.

    *judged_by* are ids of checks, or patterns of ids such as ``survives-json-*``. *limit* says
    what of it cannot be judged, and why.
    """

    number: int
    failure: str
    judged_by: tuple[str, ...] = ()
    limit: str = ""

    def checks(self, known: Iterable[str]) -> tuple[str, ...]:
        """Of the *known* ids of checks, those that judge it."""
        return tuple(
            name for name in known if any(fnmatchcase(name, pattern) for pattern in self.judged_by)
        )


def _mode(number: int, failure: str, judged_by: str = "", limit: str = "") -> FailureMode:
    return FailureMode(number, failure, tuple(judged_by.split()), limit)


_EFFECT_ONLY = (
    "An answer of 200 looks the same whether the event was understood or not. Write a test of your "
    "own: telnyx_mock.send(...), and look at what it led to."
)
_ANEW = "Found where the app can be made anew, for another key: name its factory, as module:make()."
_ONE_PATH = "One path is judged in a run; run the contract once for each (--path)."
_UNSIGNED_FORMS = "Where signing of TeXML is not set up, run it for JSON events alone."

FAILURE_MODES: tuple[FailureMode, ...] = (
    _mode(
        1,
        "verifies nothing",
        "refuses-headers-missing refuses-signature-missing refuses-signature-by-another-key",
    ),
    _mode(
        2,
        "lets everything in while no key is configured",
        "fails-closed",
        _ANEW,
    ),
    _mode(
        3,
        "lets everything in while the crypto package is missing",
        "refuses-signature-missing refuses-signature-by-another-key",
        "Found where it runs without the package. What takes a package away from this process takes "
        "it from all that runs here, and what is imported already keeps it: start the receiver in an "
        "environment that lacks it, and give its address.",
    ),
    _mode(
        4,
        "verifies only if a setting says so",
        "refuses-headers-missing refuses-signature-missing",
        "Judged with the settings that the app has in the run.",
    ),
    _mode(5, "rejects all, for the crypto package is missing", "serves-something"),
    _mode(6, "takes its own bug for a bad signature, and rejects all", "serves-something"),
    _mode(
        7,
        "verifies at some addresses only",
        "refuses-signature-missing refuses-at-failover",
        _ONE_PATH,
    ),
    _mode(8, "puts a dot for the separator", "serves-something refuses-signature-with-dot"),
    _mode(
        9,
        "leaves the separator out, or expects hex",
        "serves-something refuses-signature-without-separator survives-signature-hex",
    ),
    _mode(
        10,
        "expects an HMAC",
        "serves-something refuses-signature-hmac-of-public-key refuses-signature-standard-webhooks",
    ),
    _mode(11, "reads headers of other names", "serves-something refuses-signature-legacy-v1"),
    _mode(12, "looks headers up by case", "accepts-headers"),
    _mode(
        13,
        "verifies what it parsed and wrote anew",
        "accepts-layouts refuses-signature-over-rewritten-body",
    ),
    _mode(14, "parses before it verifies", "survives-junk refuses-body-truncated"),
    _mode(15, "hands bytes over where text is expected, and rejects all", "serves-something"),
    _mode(16, "decodes the body before it verifies", "survives-junk"),
    _mode(
        17,
        "fails where a header is missing",
        "refuses-signature-missing refuses-timestamp-missing",
    ),
    _mode(
        18,
        "takes an empty header for a good one",
        "refuses-signature-empty refuses-timestamp-empty",
    ),
    _mode(
        19,
        "stumbles over a header that comes twice",
        "survives-signature-*-then-* survives-timestamp-*-then-*",
    ),
    _mode(
        20,
        "fails at a timestamp that is no number",
        "refuses-timestamp-not-a-number refuses-timestamp-float refuses-timestamp-empty",
    ),
    _mode(
        21,
        "fails at a timestamp of many digits",
        "refuses-timestamp-*-digits refuses-timestamp-negative",
    ),
    _mode(
        22,
        "compares a timestamp that is no number, and lets it pass",
        "refuses-timestamp-not-a-number-signed",
    ),
    _mode(23, "accepts any future", "refuses-timestamp-future-*"),
    _mode(24, "accepts any past", "refuses-timestamp-expired-* refuses-replay-expired"),
    _mode(
        25,
        "allows hours, or passes the tolerance in the wrong place",
        "refuses-timestamp-expired-1h refuses-timestamp-expired-1d refuses-timestamp-1970",
    ),
    _mode(
        26,
        "takes milliseconds for seconds, or bears no skew of clocks",
        "refuses-timestamp-milliseconds accepts-skewed-clock accepts-edge-of-tolerance",
    ),
    _mode(27, "acts again on a request that is replayed", "once-when-replayed"),
    _mode(
        28,
        "remembers signatures as text, so that another spelling passes",
        "once-when-delivered-again survives-signature-with-spare-bits",
        "Found by the new signature of another attempt.",
    ),
    _mode(29, "drops events that come close together", "distinct-events-both-handled"),
    _mode(
        30,
        "acts again when an event is delivered again",
        "once-when-delivered-again once-when-failed-over",
    ),
    _mode(
        31,
        "takes the message or the call for the event",
        "distinct-events-both-handled",
        "Found where events of two types about one thing have an effect that is seen. One that takes "
        "the type of the event together with the message or the call is not found: an app may mean "
        "to act on the first of several alike, such as the first key that is pressed in a call.",
    ),
    _mode(32, "looks for an id and notes it later", "once-when-raced"),
    _mode(
        33,
        "counts on an order",
        "any-order",
        "Whether a later state is undone by an earlier event shows in its own data.",
    ),
    _mode(34, "works before it answers", "answers-in-time"),
    _mode(35, "starts slowly", "answers-first-in-time"),
    _mode(36, "blocks all others while it waits", "steady-under-burst"),
    _mode(
        37,
        "answers, and then loses the event",
        "retried finishes-after-answering handled-after-refusal",
        "Found where it asks for a retry, or refuses an attempt, and where an exception leaves an "
        "app in process after 200; else nothing tells a loss from a queue.",
    ),
    _mode(38, "refuses events it does not know", "accepts-unknown-event"),
    _mode(
        39,
        "minds dots and underscores in names",
        "accepts-sample accepts-unknown-event",
        f"That the right branch is taken is not seen. {_EFFECT_ONLY}",
    ),
    _mode(
        40,
        "answers its own messages, in a loop",
        "no-reply-loop",
        "Found where it is seen to reply to message.received, and then to the number that a report "
        "on its own message names as the sender.",
    ),
    _mode(
        41,
        "takes an outgoing leg for an incoming one",
        "accepts-sweep",
        f"That it is not answered is for the app to say. {_EFFECT_ONLY}",
    ),
    _mode(
        42,
        "fails where a field is missing or null",
        "accepts-absent accepts-null finishes-after-answering",
    ),
    _mode(43, "expects another container", "accepts-sample accepts-sweep accepts-generated"),
    _mode(44, "expects a plain text message", "accepts-sample accepts-sweep accepts-generated"),
    _mode(
        45,
        "looks a level too high or too low",
        "accepts-sample",
        f"Found where it fails for that. Where it goes on without what it looked for, that is not "
        f"seen. {_EFFECT_ONLY}",
    ),
    _mode(46, "decodes any client_state", "accepts-null accepts-generated"),
    _mode(
        47,
        "fails at unusual values",
        "accepts-sweep accepts-generated accepts-new-values survives-json-lone-surrogates "
        "survives-json-nul",
    ),
    _mode(
        48,
        "fails at another envelope",
        "survives-json-data-* survives-json-payload-* survives-json-type-*",
        "Bodies of API version 1 are not sent.",
    ),
    _mode(49, "refuses fields it does not know", "accepts-unknown-fields"),
    _mode(50, "answers another status than 200", "accepts-sample"),
    _mode(
        51,
        "redirects",
        "accepts-sample",
        "The path is sent as it is given; another spelling of it is another run.",
    ),
    _mode(52, "asks for a CSRF token", "serves-something accepts-sample"),
    _mode(53, "reads the form before the raw body", "accepts-sample"),
    _mode(54, "writes the form anew before it verifies", "accepts-layouts"),
    _mode(55, "expects JSON from TeXML", "accepts-sample"),
    _mode(56, "leaves TeXML unprotected", "refuses-signature-missing", _UNSIGNED_FORMS),
    _mode(57, "fails where a form field is missing", "accepts-absent accepts-generated"),
    _mode(
        58,
        "writes the wrong type on XML",
        "answers-xml-as-xml",
        "Found where a sample is answered with a document; what is in that is not judged.",
    ),
    _mode(
        59,
        "minds the letter of a content type",
        "accepts-headers refuses-headers-missing-* survives-json-untyped survives-json-odd-type "
        "survives-json-odd-charset",
    ),
    _mode(
        60,
        "verifies other text than it parses",
        "refuses-body-with-bom survives-json-with-bom survives-json-utf-16",
    ),
    _mode(
        61,
        "reads odd JSON in its own way",
        "refuses-body-member-twice survives-json-nan survives-json-huge-integer "
        "survives-json-type-twice",
    ),
    _mode(
        62,
        "fails at JSON that is no object",
        "survives-json-null survives-json-list survives-json-string survives-json-number",
    ),
    _mode(
        63,
        "fails at a compressed body",
        "survives-compressed",
        "No genuine body is sent compressed: whether Telnyx does that, and which bytes it would sign "
        "then, is published nowhere, so that neither answer could be called wrong.",
    ),
    _mode(64, "has no limit to a body, or fails at it", "survives-large survives-json-10-mb"),
    _mode(
        65,
        "stands behind a proxy that rewrites",
        "accepts-layouts accepts-headers",
        "Found where the proxy is part of what is tested: give its address.",
    ),
    _mode(
        66,
        "trusts an address in X-Forwarded-For",
        "refuses-signature-missing",
        "Found where the header is not asked for; no forged one is sent.",
    ),
    _mode(
        67,
        "reads base64 loosely or strictly, and fails at it",
        "refuses-signature-not-base64 survives-signature-*",
    ),
    _mode(
        68,
        "fails at a signature of another length",
        "refuses-signature-truncated refuses-signature-63-bytes refuses-signature-65-bytes "
        "refuses-signature-extended refuses-signature-all-zero",
    ),
    _mode(
        69,
        "accepts malleated signatures, or points of small order",
        "refuses-signature-non-canonical refuses-signature-small-order",
    ),
    _mode(
        70,
        "stumbles over the text of its key",
        "bears-key-text fails-closed",
        _ANEW,
    ),
    _mode(71, "verifies with another account's key", "refuses-signature-by-another-key"),
    _mode(
        72,
        "catches another error than the verifier raises",
        "refuses-signature-by-another-key refuses-signature-not-base64 refuses-signature-random",
    ),
    _mode(73, "fails at calls it does not know", "accepts-sample any-order"),
    _mode(74, "fails at other methods", "survives-methods"),
    _mode(
        75,
        "shows secrets in answers or logs",
        "answers-without-secrets answers-without-traces",
        "Of its secrets the API key is known, where TELNYX_API_KEY is set for it and for the run. "
        "What it logs stays with it.",
    ),
    _mode(76, "cannot bear another product's events", "accepts-sample accepts-unknown-event"),
    _mode(77, "lets errors of the API through", "api-errors"),
    _mode(
        78,
        "does not wait for the verification",
        "refuses-signature-by-another-key refuses-signature-random",
    ),
)
"""Every mode, by number from 1."""
