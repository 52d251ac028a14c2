"""Says how to change a receiver that does not accept a genuine webhook, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.paths import resolve
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Choice, Identifier, Text, Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime
from telnyx_mock.schema.text_formats import PARTIES

RAW_BYTES = (
    "Verify the signature over the raw bytes of the body, before anything decodes them: "
    "request.get_data() in Flask, await request.body() in FastAPI and Starlette, request.body in "
    "Django, express.raw() in Express. Parse the body afterwards: if you parse the body and "
    "write it again, its bytes change and the signature no longer matches."
)
OTHER_KEY = "If the receiver refuses every genuine webhook, it verifies with a wrong public key."
CRASH = (
    "Handle the values of the sample. The observed exception says where the receiver raised it; "
    "'telnyx-mock explain EVENT' says which values each field may have. Answer 200 to events "
    "that you cannot use."
)
FAILURE = (
    "Look for the exception in the receiver's log, and handle the values of the sample; "
    "'telnyx-mock explain EVENT' says which values each field may have. Answer 200 to events "
    "that you cannot use."
)
ANY_CASE = (
    "Look up headers in the mapping of your framework: it ignores the order of the names, and "
    "upper and lower case."
)
MEDIA_TYPE = (
    "Compare the content type without its parameters: 'application/json; charset=utf-8' is also "
    "JSON."
)

LONG = 40
"""A text with more characters than this is called long, since many columns are narrower."""

MOST = 3
"""The largest number of fields that get a sentence of their own."""


def fix_for(delivery: Delivery) -> str:
    """Return what to change so that the receiver accepts a genuine *delivery*; empty if unknown."""
    request = delivery.request
    draft = request.draft
    if draft is None or request.forgery or request.malformed:
        return ""
    if draft.layout is not None:
        return RAW_BYTES
    if draft.header_case != "lower" or draft.reverse_headers:
        return ANY_CASE
    if draft.charset:
        return MEDIA_TYPE
    if delivery.status in (401, 403):  # although the signature is right
        return f"{RAW_BYTES} {OTHER_KEY}"
    event = draft.webhook.event
    if next(draft.webhook.differences(), None) is None and (delivery.status or 0) >= 500:
        return (CRASH if delivery.crash or delivery.logged else FAILURE).replace(
            "EVENT", event.name
        )
    fixes = list(filter(None, _each_field(event, draft.webhook.decisions())))
    missed = _missed(delivery.crash or delivery.logged or "")
    for path, value in draft.webhook.differences():
        if value is ABSENT and missed and path.endswith(f".{missed}"):
            fixes[:0] = [_fix(resolve(event, path).path, ABSENT, ())]
    fixes = list(dict.fromkeys(fixes))
    more = (
        [("Do the same for the other fields that this finding names.")] if len(fixes) > MOST else []
    )
    return " ".join([*fixes[:MOST], *more])


def _missed(traceback: str) -> str:
    """Return the key that the app did not find, by the last line of *traceback*; empty if none."""
    found = re.search(r"^KeyError: '([^']+)'\s*$", traceback, re.MULTILINE)
    return found[1] if found else ""


def _each_field(event: Event, values: Mapping[str, Json]) -> Iterator[str]:
    for path, value in values.items():
        place = resolve(event, path)
        yield _fix(place.path, value, kinds_by_path(event).get(place.pattern, ()))


def _fix(name: str, value: Json, kinds: tuple[Kind, ...]) -> str:
    """Return what to do about *value* in the field *name*; empty if the field is not declared."""
    if value is ABSENT:
        return f"Read {name} with .get(), and decide what your app does if the field is absent."
    if value is None:
        return (
            f"Treat null in {name} like an absent field. Note that .get(..., default) returns "
            "None for null; (.get(...) or default) returns the default."
        )
    if value == []:
        return (
            f"Expect that the list {name} can be empty: before you read its first item, check "
            "that the list has one."
        )
    if isinstance(value, list):
        return f"Expect a list of any length in {name}; here it has {len(value)} items."
    kind = next((each for each in kinds if each.problem(value) is None), None)
    match kind:
        case None:
            return ""
        case Choice(values=values) if value in values and len(values) > 1:
            return (
                f"Handle each value of {name} that you act on, and ignore all others. It has "
                f"{len(values)} documented values, such as {value!r}."
            )
        case Choice():
            return (
                f"Handle unknown values of {name}, such as {value!r}, because Telnyx may add "
                "values."
            )
        case Timestamp() if isinstance(value, GeneratedTime) and value.style is kind.style:
            return (
                f"Expect that {name} can equal the time of the event. A duration can then be 0, "
                "so do not divide by it."
            )
        case Timestamp():
            return (
                f"Parse {name} as an ISO 8601 time with any number of decimals and any UTC "
                f"offset, as in {value!r}."
            )
        case Identifier():
            return (
                f"Treat {name} as an opaque name: store it as it is, and do not parse it. An "
                f"example is {value!r}."
            )
        case Text():
            return _text_fix(name, value, kind)
        case _ if isinstance(value, bool):
            return f"Expect both true and false in {name}."
        case _ if isinstance(value, dict):
            return f"Expect that any member of {name} can be absent."
        case _:
            return (
                f"Expect {value} in {name} wherever you use the field: in a database column, a "
                "sum or a division."
            )


def _text_fix(name: str, value: str, kind: Text) -> str:
    is_party = kind.format in PARTIES
    if not value:
        return f"Treat an empty text in {name} like an absent field."
    if is_party and not re.fullmatch(r"\+?[0-9]{8,15}", value):
        return (
            f"Expect that {name} can hold {_kind_of_party(value)} instead of a telephone number. "
            "Keep the value as text."
        )
    fixes = []
    if len(value) > LONG:
        limit = f"at most {kind.max_length}" if kind.max_length else "any number"
        fixes.append(
            f"Make room for long texts in {name}, or cut them. This text "
            f"has {len(value)} characters, and up to {limit} are possible."
        )
    if not value.isascii():
        room = ", with room for emoji (utf8mb4 in MySQL)" if max(value) > "\uffff" else ""
        fixes.append(
            f"Read and store {name} as UTF-8{room}, because it can hold any Unicode character."
        )
    expected = "telephone number" if is_party else kind.format.name.replace("token", "word")
    return " ".join(fixes) or f"Expect any {expected} in {name}, such as {_shown(value)}."


def _kind_of_party(value: str) -> str:
    """Return what identifies a caller or a called party if it is not a telephone number."""
    if "@" in value or value.startswith("sip:"):
        return "a SIP address"
    if re.fullmatch("[0-9]+", value):
        return "a short code"
    return f"a word such as {_shown(value)}"


def _shown(value: str) -> str:
    text = repr(value)
    return text if len(text) <= LONG else f"{text[:LONG]}..."
