"""Wherever a number or a name stands in a recorded webhook, and however it is written: it is replaced."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.captures import Scrubber, as_sample, captured_in
from telnyx_mock.payload.captures.replacements import digits_in
from telnyx_mock.payload.captures.scrub import MOST_DIGITS
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook, webhook
from telnyx_mock.schema.event import ContentType
from tests.payload.test_captures import places

EVENTS = [event for event in all_events() if event.signed]
NUMBER = st.text("46789", min_size=10, max_size=13)
"""Digits of no number for fiction, which have 5, 0 and 1."""

NAME = st.builds("{} {}".format, *[st.text("zqjkwv", min_size=4, max_size=8)] * 2)
"""Two words: one word alone may be a code of Telnyx, or the name of a new field, and is kept."""

WAYS = {
    "as it is": str,
    "international": "+{}".format,
    "in a sentence": "Call {} now, please".format,
    "in groups": lambda text: " ".join(re.findall(".{1,3}", text)),
    "with dashes": lambda text: "-".join(re.findall(".{1,4}", text)),
    "in a SIP address": "sip:{}@203.0.113.7:5060;transport=udp".format,
    "in a host": "sip:a@{}.example.net".format,
    "in an address": "https://files.example.net/{0}.wav?to={0}".format,
    "in another scheme": "ftp://{}".format,
    "in an e-mail address": "{}@example.net".format,
    "in quotes": '"{0}" <tel:{0}>'.format,
    "in JSON": lambda text: json.dumps({"to": [text], text: 1}),
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 of JSON": lambda text: base64.b64encode(json.dumps([text]).encode()).decode(),
    "percent-encoded": lambda text: quote(f"+{text}", safe=""),
    "after a prefix": "v3:{}".format,
    "before a suffix": "{}.pdf".format,
    "in full width": lambda text: "".join(chr(ord(each) + 0xFEE0) for each in text),
    "between controls": "\x1b[31m{}\u202e\n".format,
    "beside half a pair": "\ud800{}".format,
}


@st.composite
def recorded(draw: st.DrawFn) -> tuple[Webhook, str, str]:
    """A webhook with a secret somewhere, the secret as it stands there, and the secret alone."""
    event = draw(st.sampled_from(EVENTS))
    found = webhook(event.name)
    body: Any = json.loads(json.dumps(found.body))
    secret = draw(NUMBER | NAME)
    written = WAYS[draw(st.sampled_from(sorted(WAYS)))](secret)
    may_be_a_field = re.fullmatch(r"[A-Za-z_][\w-]*", written) and digits_in(written) <= MOST_DIGITS
    name = "new" if may_be_a_field else written
    path = draw(st.sampled_from([*places(body)]))
    holder = body
    for step in path[:-1]:
        holder = holder[step]
    way = draw(st.sampled_from(["value", "item", "member", "name", "beside"]))
    if way == "value":
        holder[path[-1]] = written
    elif way == "item":
        holder[path[-1]] = [written, {"a": written}]
    elif way == "member":
        holder[path[-1]] = {"unknown": written, name: [written]}
    elif way == "name" and name == written and isinstance(holder, dict):
        holder[written] = 1
    else:
        body[draw(st.sampled_from(["new", "first_name", "from2", "x_id"]))] = written
    return Webhook(event, body), written, secret


def leaks(secret: str, scrubbed: Any) -> bool:
    """Whether *scrubbed* shows seven characters of *secret* in a row, in any of the ways."""
    text = json.dumps(scrubbed, ensure_ascii=False)
    for encoded in re.findall("[A-Za-z0-9+/]{8,}={0,2}", text):
        whole = encoded.rstrip("=")
        if len(whole) % 4 != 1:
            text += base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")
    secret = secret.replace(" ", "")
    plain = re.sub(
        r"[\s.-]",
        "",
        "".join(chr(ord(each) - 0xFEE0) if "\uff01" <= each <= "\uff5e" else each for each in text),
    )
    return any(secret[at : at + 7] in plain for at in range(len(secret) - 6))


@given(recorded())
@settings(max_examples=300, derandomize=True)
def test_nothing_of_a_secret_is_left(made: tuple[Webhook, str, str]) -> None:
    found, written, secret = made
    scrubbed = Scrubber().scrub(found.event, found.body)
    assert not leaks(secret, scrubbed), (written, scrubbed)


@given(recorded(), recorded())
@settings(max_examples=60, derandomize=True)
def test_nothing_of_a_secret_is_left_by_way_of_a_recording(
    one: tuple[Webhook, str, str], other: tuple[Webhook, str, str]
) -> None:
    """As 'capture' does it: JSON lines, and one scrubber for all of them."""
    lines = [
        encode(found.event, found.body).decode().replace("\n", "")
        for found, *_ in (one, other)
        if found.event.content_type is ContentType.JSON
    ]
    scrubber = Scrubber()
    events = {event.name: event for event in all_events()}
    for captured in captured_in("\n".join(lines)).webhooks:
        if captured.event in events:
            event = events[captured.event]
            sample = as_sample(event, scrubber.scrub(event, captured.body))
            for _, written, secret in (one, other):
                assert not leaks(secret, sample), (written, sample)


@given(recorded())
@settings(max_examples=60, derandomize=True)
def test_the_same_secret_is_the_same_replacement(made: tuple[Webhook, str, str]) -> None:
    found, *_ = made
    scrubber = Scrubber()
    assert scrubber.scrub(found.event, found.body) == scrubber.scrub(found.event, found.body)
