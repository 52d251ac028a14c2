"""Scrubs webhooks: replaces data of people and accounts, and keeps what receivers depend on.

Throughout a capture, a telephone number always becomes the same fictional number, and an id always
becomes the same new id of equal form, so related events stay related. Texts keep their length and
the categories of their characters, because these decide how a message is encoded. A field that is
not in the catalogue is treated as text.
"""

from __future__ import annotations

import base64
import random
import re
import string
from collections.abc import Callable
from itertools import count

from telnyx_mock.payload.captures.replacements import digits_in, fictional, masked
from telnyx_mock.payload.json_reader import read_json
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Base64Json, Choice, Identifier, JsonText, Text, Timestamp
from telnyx_mock.schema.placeholders import TimeStyle
from telnyx_mock.schema.text_formats import (
    BASE64,
    CALLED,
    DECIMAL,
    DIGITS,
    PARTY,
    PHONE_NUMBER,
    SENDER,
    SIP_STATUS,
    TELEPHONE_KEYS,
    TOKEN,
    URL,
    TextFormat,
)

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"\+?[0-9]{7,15}(?![0-9])")
_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_SCHEME = re.compile(r"(<?(?:sips?|tel|mailto):)?(.*)", re.DOTALL | re.IGNORECASE)
_HARMLESS = (DECIMAL, DIGITS, SIP_STATUS)

_WORD = re.compile(r"[A-Za-z0-9_,/-]+")
_NAMING = re.compile(
    r"(?:id|sid|key|hash|sha256|name|number|code|pin|date|connector)$", re.IGNORECASE
)
"""Names of fields whose value may be personal, even if it looks like a word of the provider."""

_PROVIDER_CODE = re.compile(
    r"(?:country|error|hangup|mcc|sip)_?code$|^code$|^custom_code$", re.IGNORECASE
)

MOST_DIGITS = 6
"""A number with at most this many digits identifies nobody."""


class Scrubber:
    """Scrubs the webhooks of one capture, with the same replacements for all of them."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()
        self._known: dict[tuple[str, str], str] = {}

    def scrub(self, event: Event, body: Json) -> Json:
        """Return a copy of *body* without personal data."""
        return self._value(event, "", body)

    def _value(self, event: Event, path: str, value: Json) -> Json:
        kinds = kinds_by_path(event).get(path, ())
        if isinstance(value, dict):
            return self._members(event, path, value)
        if isinstance(value, list):
            return [self._value(event, f"{path}[]", item) for item in value]
        if isinstance(value, str):
            return self._text(event, path, value, kinds)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_expected = any(kind.problem(value) is None for kind in kinds)
        return self._figure(value) if is_number and not is_expected else value

    def _members(self, event: Event, path: str, members: dict[str, Json]) -> dict[str, Json]:
        """Return the scrubbed *members* of an object; equal names get a number at the end."""
        new: dict[str, Json] = {}
        for name, member in members.items():
            inner = f"{path}.{name}" if path else name
            own = self._name(event, inner, name)
            names = (f"{own} {number}" if number > 1 else own for number in count(1))
            new[next(each for each in names if each not in new)] = self._value(event, inner, member)
        return new

    def _figure(self, value: float) -> float:
        """Return a replacement for a number in an unknown field: an account, an age, a place."""
        return type(value)(re.sub("[1-9]", "1", repr(value)))

    def _text(self, event: Event, path: str, value: str, kinds: tuple[Kind, ...]) -> str:
        for kind in kinds:
            match kind:
                case Choice(values=values) if value in values:
                    return value
                case JsonText() if isinstance(content := _content(kind, value), dict | list):
                    return kind.encode(self._value(event, path, content))
                case Identifier():
                    return self._id(value)
                case Text() if kind.format in _HARMLESS and kind.problem(value) is None:
                    return self._id(value) if digits_in(value) > MOST_DIGITS else value
                case Timestamp() if _is_time(value):
                    return value
                case _:
                    continue
        if not kinds and _is_time(value, exactly=True):
            return value
        if _UUID.fullmatch(value):
            return self._id(value)
        formats = {kind.format for kind in kinds if isinstance(kind, Text)}
        if not formats and any(isinstance(kind, Choice) for kind in kinds):
            is_new_value = re.fullmatch("[A-Za-z][A-Za-z_-]*", value)  # one that Telnyx has added
            return value if is_new_value and not _hides_text(value) else masked(value)
        return self._by_format(re.split(r"[.\[]", path)[-1], value, formats)

    def _by_format(self, name: str, value: str, formats: set[TextFormat]) -> str:
        if BASE64 in formats:
            return base64.b64encode(b"x" * (len(value) * 3 // 4 - value.count("="))).decode()
        if URL in formats or value.startswith(("http://", "https://")):
            return self._same("url", value, lambda count: f"https://example.com/captured/{count}")
        if TOKEN in formats:
            is_own = _NAMING.search(name) and not _PROVIDER_CODE.search(name)
            return value if _is_word(value) and not is_own else self._id(value)
        if _NUMBER.fullmatch(value):
            return self._number(value)
        if formats & {PARTY, CALLED, SENDER, PHONE_NUMBER}:
            if value == "anonymous" or re.fullmatch("[0-9]{1,6}", value):  # a short code
                return value
        elif TELEPHONE_KEYS in formats and re.fullmatch(TELEPHONE_KEYS.pattern or "", value):
            return re.sub("[0-9]", "1", value)
        if "@" in value and " " not in value:
            user, _, host = value.rpartition("@")
            return f"{self._user(user)}@{self._host(host)}"
        return masked(value)

    def _user(self, user: str) -> str:
        match = _SCHEME.fullmatch(user)
        assert match is not None
        scheme, name = match[1] or "", match[2]
        name = self._number(name) if _NUMBER.fullmatch(name) else masked(name)
        return f"{scheme}{name}"

    def _host(self, host: str) -> str:
        name, port, rest = re.split(r"((?::[0-9]{1,5})?(?=[;>]|$))", host, maxsplit=1)
        if _ADDRESS.fullmatch(name):
            name = self._same("address", name, lambda count: f"203.0.113.{count % 256}")
        else:
            name = self._same("host", name, lambda count: f"host-{count}.example.com")
        return f"{name}{port}{masked(rest)}"

    def _name(self, event: Event, path: str, name: str) -> str:
        """Return the scrubbed name of a member; a name can itself be an id, a number or an address."""
        if path in kinds_by_path(event):
            return name
        own = re.search(r"\[(.+)\]$", name)  # CallCost[v3:...]
        if own is not None:
            return f"{name[: own.start()]}[{self._id(own[1])}]"
        if _UUID.fullmatch(name):
            return self._id(name)
        if _NUMBER.fullmatch(name):
            return self._number(name)
        is_plain = (
            re.fullmatch(r"[A-Za-z_][\w-]*", name, re.ASCII) and digits_in(name) <= MOST_DIGITS
        )
        return name if is_plain else masked(name)

    def _number(self, number: str) -> str:
        digits = number.removeprefix("+")
        if len(digits) == 10:  # the national form, in some SIP addresses
            return self._number(f"1{digits}").removeprefix("1")
        new = self._same("number", digits, lambda count: fictional(digits, count))
        return f"+{new}" if number.startswith("+") else new

    def _id(self, value: str) -> str:
        return self._same("id", value, lambda count: self._reshaped(value))

    def _reshaped(self, value: str) -> str:
        """Return another id of the same form; punctuation and a version in front stay unchanged."""
        version = re.match(r"v[0-9]:", value)
        prefix = version[0] if version else ""
        own = value.removeprefix(prefix)
        is_hex = re.fullmatch("[0-9a-fA-F-]*", own) is not None
        new = []
        for character in own:
            if character in string.digits:
                new.append(self._random.choice("123456789"))
            elif character in string.ascii_letters:
                letters = "abcdef" if is_hex else string.ascii_lowercase
                letter = self._random.choice(letters)
                new.append(letter.upper() if character.isupper() else letter)
            else:
                new.append(masked(character))
        return f"{prefix}{''.join(new)}"

    def _same(self, sort: str, old: str, make: Callable[[int], str]) -> str:
        """Return the replacement for *old*; *make* gets the number of replacements of this *sort*."""
        if (sort, old) not in self._known:
            count = 1 + sum(1 for known, _ in self._known if known == sort)
            self._known[sort, old] = make(count)
        return self._known[sort, old]


def _content(kind: JsonText, text: str) -> Json:
    """Return the JSON in *text*, or None if *text* is not JSON or has too many levels of nesting."""
    try:
        is_base64 = isinstance(kind, Base64Json)
        return read_json(base64.b64decode(text, validate=True) if is_base64 else text)
    except ValueError:
        return None


def _is_time(value: str, *, exactly: bool = False) -> bool:
    """Return whether *value* is a time. With *exactly*, a date alone is not a time."""
    try:
        return TimeStyle.of(value) is not TimeStyle.DATE or not exactly
    except ValueError:
        return False


def _is_word(value: str) -> bool:
    """Return whether *value* is a technical word that identifies nobody, such as ``G722,PCMU``."""
    is_short = _WORD.fullmatch(value) is not None and digits_in(value) <= MOST_DIGITS
    return is_short and not _hides_text(value)


def _hides_text(value: str) -> bool:
    """Return whether *value* is base64 of a text that can be read."""
    if len(value) < 8:
        return False
    try:
        content = base64.b64decode(value.rstrip("=") + "=" * (-len(value) % 4), altchars=b"-_")
        return content.decode().isprintable()
    except ValueError:
        return False
