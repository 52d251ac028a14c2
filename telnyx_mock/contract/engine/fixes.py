"""What to change in a receiver, told from what the webhook departs in that it did not accept."""

from __future__ import annotations

import re

from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.paths import resolve
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Choice, Identifier, Text, Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime
from telnyx_mock.schema.text_formats import PARTIES

__all__ = ["ANY_CASE", "MEDIA_TYPE", "RAW_BYTES", "remedy"]

RAW_BYTES = (
    "Verify the signature over the raw bytes of the body as they came: request.get_data() in "
    "Flask, await request.body() in FastAPI and Starlette, request.body in Django, express.raw() "
    "in Express. Parse them afterwards; what was parsed or decoded and written anew has other bytes."
)
CRASH = (
    "Handle what the sample holds there: the exception that is observed says where it was raised, "
    "and 'telnyx-mock explain EVENT' what each field may be. Acknowledge with 200 what you cannot use."
)
FAILURE = (
    "Look for the exception in the receiver's log, and handle what the sample holds there: "
    "'telnyx-mock explain EVENT' says what each field may be. Acknowledge with 200 what you cannot use."
)
ANY_CASE = (
    "Look headers up through your framework's mapping, which takes no notice of case and order."
)
MEDIA_TYPE = "Compare the content type without its parameters: 'application/json; charset=utf-8' is JSON too."

LONG = 40
"""Characters beyond which a text is called long: narrower columns are common."""

MOST = 3
"""Fields that are spoken of one by one."""


def remedy(delivery: Delivery) -> str:
    """What to change so that a genuine *delivery* is accepted; empty where nothing tells."""
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
    if delivery.status in (401, 403):  # though the signature is right
        return f"{RAW_BYTES} Where all that is genuine is refused, the public key is another."
    event = draft.webhook.event
    decided = draft.webhook.decisions()
    told: list[str] = []
    for path, value in decided.items():
        place = resolve(event, path)
        kinds = kinds_by_path(event).get(place.pattern, ())
        told += filter(None, [_field(place.path, value, kinds)])
    if next(draft.webhook.differences(), None) is None and (delivery.status or 0) >= 500:
        text = CRASH if delivery.crash else FAILURE
        return text.replace("EVENT", event.name)
    more = ["So with the other fields that are named."] if len(told) > MOST else []
    return " ".join([*told[:MOST], *more])


def _field(name: str, value: Json, kinds: tuple[Kind, ...]) -> str:
    """What to do about *value* in the field *name*; empty for what is not declared."""
    if value is ABSENT:
        return f"Read {name} with .get(), for it may be absent, and decide what that means."
    if value is None:
        return (
            f"Treat null in {name} as if it were missing: .get(..., default) still gives None there, "
            "and (.get(...) or default) does not."
        )
    if value == []:
        return f"Expect an empty list in {name}: take no first item for granted."
    if isinstance(value, list):
        return f"Expect any number of items in {name}, here {len(value)}."
    kind = next((each for each in kinds if each.problem(value) is None), None)
    match kind:
        case None:
            return ""
        case Choice(values=values) if value in values and len(values) > 1:
            return (
                f"Have a branch for each value of {name} that you act on, and one for all others "
                f"that does nothing: there are {len(values)}, and {value!r} is one."
            )
        case Choice():
            return (
                f"Have a branch for values of {name} that you do not know, as {value!r}: Telnyx "
                "may add some."
            )
        case Timestamp() if isinstance(value, GeneratedTime) and value.style is kind.style:
            return (
                f"Let {name} be the time of the event: what you divide by may have taken no time."
            )
        case Timestamp():
            return f"Parse {name} as ISO 8601 with whatever fraction and offset it has, as in {value!r}."
        case Identifier():
            return f"Take {name} for a name and no more: it may have any form, as {value!r} has."
        case Text():
            return _text(name, value, kind)
        case _ if isinstance(value, bool):
            return f"Expect {name} to be true and to be false."
        case _ if isinstance(value, dict):
            return f"Take no member of {name} for granted."
        case _:
            return f"Make sure that {name} can be {value} wherever it goes: a column, a sum, a division."


def _text(name: str, value: str, kind: Text) -> str:
    is_party = kind.format in PARTIES
    if not value:
        return f"Treat an empty text in {name} as if it were missing."
    if is_party and not _is_plain(value):
        return (
            f"Take no telephone number for granted in {name}: {_no_number(value)} comes there, "
            "too. Keep it as text."
        )
    told = []
    if len(value) > LONG:
        limit = f"up to {kind.max_length}" if kind.max_length else "of no documented limit"
        told.append(
            f"Make room for long texts in {name}, or cut them before you keep them: this has "
            f"{len(value)} characters, {limit}."
        )
    if not value.isascii():
        room = ", with room for emoji (utf8mb4 in MySQL)" if max(value) > "\uffff" else ""
        told.append(f"Read and keep {name} as UTF-8{room}: it holds any Unicode character.")
    expected = "telephone number" if is_party else kind.format.name.replace("token", "word")
    return " ".join(told) or f"Expect any {expected} in {name}, as {_shown(value)}."


def _is_plain(value: str) -> bool:
    return re.fullmatch(r"\+?[0-9]{8,15}", value) is not None


def _no_number(value: str) -> str:
    if "@" in value or value.startswith("sip:"):
        return "a SIP address"
    if re.fullmatch("[0-9]+", value):
        return "a short code"
    return f"a word such as {_shown(value)}"


def _shown(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= LONG else f"{text[:LONG]}..."
