"""Says how to change a receiver that does not accept a genuine webhook, by what is special in it."""

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

__all__ = ["ANY_CASE", "MEDIA_TYPE", "RAW_BYTES", "fix_for"]

RAW_BYTES = (
    "Verify the signature over the raw bytes of the body as they came: request.get_data() in "
    "Flask, await request.body() in FastAPI and Starlette, request.body in Django, express.raw() "
    "in Express. Parse the body afterwards: a body that is parsed or decoded and written again has "
    "other bytes."
)
OTHER_KEY = "If the receiver refuses every genuine webhook, it verifies with another public key."
CRASH = (
    "Handle the values of the sample: the observed exception says where it was raised, and "
    "'telnyx-mock explain EVENT' says which values each field may have. Answer 200 to events that you "
    "cannot use."
)
FAILURE = (
    "Look for the exception in the receiver's log, and handle the values of the sample: 'telnyx-mock "
    "explain EVENT' says which values each field may have. Answer 200 to events that you cannot use."
)
ANY_CASE = "Look up headers in the mapping of your framework, which ignores the case and order of their names."
MEDIA_TYPE = "Compare the content type without its parameters: 'application/json; charset=utf-8' is JSON too."

LONG = 40
"""Characters beyond which a text is called long: narrower columns are common."""

MOST = 3
"""How many fields are spoken of one by one."""


def fix_for(delivery: Delivery) -> str:
    """What to change so that the receiver accepts a genuine *delivery*; empty if nothing suggests it."""
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
        return (CRASH if delivery.crash else FAILURE).replace("EVENT", event.name)
    fixes = list(filter(None, _each_field(event, draft.webhook.decisions())))
    more = ["Do the same for the other fields that are named."] if len(fixes) > MOST else []
    return " ".join([*fixes[:MOST], *more])


def _each_field(event: Event, values: Mapping[str, Json]) -> Iterator[str]:
    for path, value in values.items():
        place = resolve(event, path)
        yield _fix(place.path, value, kinds_by_path(event).get(place.pattern, ()))


def _fix(name: str, value: Json, kinds: tuple[Kind, ...]) -> str:
    """What to do about *value* in the field *name*; empty for a field that is not declared."""
    if value is ABSENT:
        return f"Read {name} with .get(), and decide what to do while it is absent."
    if value is None:
        return (
            f"Treat null in {name} like a missing field: .get(..., default) returns None for null, "
            "and (.get(...) or default) returns the default."
        )
    if value == []:
        return f"Expect an empty list in {name}: it may have no first item."
    if isinstance(value, list):
        return f"Expect any number of items in {name}, here {len(value)}."
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
            return f"Handle unknown values of {name}, such as {value!r}: Telnyx may add values."
        case Timestamp() if isinstance(value, GeneratedTime) and value.style is kind.style:
            return f"Expect the time of the event in {name}: a duration may be 0, so do not divide by it."
        case Timestamp():
            return f"Parse {name} as ISO 8601 with any fraction and offset, as in {value!r}."
        case Identifier():
            return f"Treat {name} as an opaque name of any form, such as {value!r}."
        case Text():
            return _text_fix(name, value, kind)
        case _ if isinstance(value, bool):
            return f"Expect both true and false in {name}."
        case _ if isinstance(value, dict):
            return f"Expect any member of {name} to be absent."
        case _:
            return f"Expect {value} in {name} wherever you use it: a column, a sum, a division."


def _text_fix(name: str, value: str, kind: Text) -> str:
    is_party = kind.format in PARTIES
    if not value:
        return f"Treat an empty text in {name} like a missing field."
    if is_party and not re.fullmatch(r"\+?[0-9]{8,15}", value):
        return f"Expect {_kind_of_party(value)} in {name}, too, not only telephone numbers. Keep it as text."
    fixes = []
    if len(value) > LONG:
        limit = f"at most {kind.max_length}" if kind.max_length else "any number"
        fixes.append(
            f"Make room for long texts in {name}, or cut them before you store them: this one has "
            f"{len(value)} characters, and {limit} may come."
        )
    if not value.isascii():
        room = ", with room for emoji (utf8mb4 in MySQL)" if max(value) > "\uffff" else ""
        fixes.append(f"Read and store {name} as UTF-8{room}: it may hold any Unicode character.")
    expected = "telephone number" if is_party else kind.format.name.replace("token", "word")
    return " ".join(fixes) or f"Expect any {expected} in {name}, such as {_shown(value)}."


def _kind_of_party(value: str) -> str:
    """What identifies a caller or called party instead of a telephone number."""
    if "@" in value or value.startswith("sip:"):
        return "a SIP address"
    if re.fullmatch("[0-9]+", value):
        return "a short code"
    return f"a word such as {_shown(value)}"


def _shown(value: str) -> str:
    text = repr(value)
    return text if len(text) <= LONG else f"{text[:LONG]}..."
