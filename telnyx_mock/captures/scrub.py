"""Takes out of a webhook what tells of people and accounts; what is left behaves as it did.

The same number becomes the same number of fiction throughout a capture, and an id another of the
same shape, so that events that belong together still do. Texts keep their length and what sort of
characters they have, which decide how a message is encoded. What the catalogue does not know is
treated as a text.
"""

from __future__ import annotations

import base64
import json
import random
import re
import string
import unicodedata
from collections.abc import Callable

from telnyx_mock.captures.declared import declared
from telnyx_mock.events.identity import Style
from telnyx_mock.events.kinds import (
    Base64Json,
    Choice,
    Identifier,
    Json,
    JsonText,
    Kind,
    Text,
    Timestamp,
)
from telnyx_mock.events.model import Event

__all__ = ["Scrubber"]

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"\+?[0-9]{7,15}(?![0-9])")
_ACCOUNT_ID = re.compile(r"[\w:-]{10,}")
_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_HARMLESS = ("decimal", "digits", "SIP status")
_AREAS = ("312", "213", "404", "503", "617", "702", "808", "919")


class Scrubber:
    """Scrubs the webhooks of one capture, all by the same replacements."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()
        self._known: dict[tuple[str, str], str] = {}

    def scrub(self, event: Event, body: Json) -> Json:
        """*body* without what must not be told."""
        return self._value(event, "", body)

    def _value(self, event: Event, path: str, value: Json) -> Json:
        if isinstance(value, dict):
            return {
                self._name(name): self._value(event, f"{path}.{name}" if path else name, member)
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [self._value(event, f"{path}[]", item) for item in value]
        if isinstance(value, str):
            return self._text(event, path, value, declared(event).get(path, ()))
        return value

    def _text(self, event: Event, path: str, value: str, kinds: tuple[Kind, ...]) -> str:
        for kind in kinds:
            match kind:
                case Choice():
                    return value
                case JsonText() | Base64Json() if kind.problem(value) is None:
                    if isinstance(kind, JsonText):
                        return json.dumps(self._value(event, path, json.loads(value)))
                    content = json.loads(base64.b64decode(value))
                    inner = json.dumps(self._value(event, path, content)).encode()
                    return base64.b64encode(inner).decode("ascii")
                case Identifier():
                    return self._id(value)
                case Text(meaning=meaning) if meaning in _HARMLESS and kind.problem(value) is None:
                    return value
                case _:
                    continue
        if any(isinstance(kind, Timestamp) for kind in kinds) or _is_time(value):
            return value
        if _UUID.fullmatch(value):
            return self._id(value)
        meanings = {kind.meaning for kind in kinds if isinstance(kind, Text)}
        return self._by_meaning(value, meanings)

    def _by_meaning(self, value: str, meanings: set[str]) -> str:
        if "base64" in meanings:
            return base64.b64encode(b"x" * (len(value) * 3 // 4 - value.count("="))).decode()
        if "URL" in meanings or value.startswith(("http://", "https://")):
            return self._same("url", value, lambda count: f"https://example.com/captured/{count}")
        if "token" in meanings:
            is_id = _ACCOUNT_ID.fullmatch(value) and len(re.findall("[0-9]", value)) >= 4
            return self._id(value) if is_id else value
        if _NUMBER.fullmatch(value):
            return self._number(value)
        if meanings & {"party", "sender", "phone number"}:
            if value == "anonymous" or re.fullmatch("[0-9]{1,6}", value):  # a short code
                return value
        elif "telephone keys" in meanings:
            return re.sub("[0-9]", "1", value)
        if "@" in value and " " not in value:
            user, _, host = value.rpartition("@")
            return f"{self._user(user)}@{self._host(host)}"
        return "".join(map(_masked, value))

    def _user(self, user: str) -> str:
        scheme, colon, name = user.rpartition(":")
        name = self._number(name) if _NUMBER.fullmatch(name) else "".join(map(_masked, name))
        return f"{scheme}{colon}{name}"

    def _host(self, host: str) -> str:
        name, colon, rest = host.partition(":")
        if _ADDRESS.fullmatch(name):
            name = self._same("address", name, lambda count: f"203.0.113.{count % 256}")
        else:
            name = self._same("host", name, lambda count: f"host-{count}.example.com")
        return f"{name}{colon}{rest}"

    def _name(self, name: str) -> str:
        """The name of a member, which may be an id or a number itself."""
        if _UUID.fullmatch(name):
            return self._id(name)
        return self._number(name) if _NUMBER.fullmatch(name) else name

    def _number(self, number: str) -> str:
        digits = number.removeprefix("+")
        if len(digits) == 10:  # the national form, as some SIP addresses have it
            return self._number(f"1{digits}").removeprefix("1")
        new = self._same("number", digits, lambda count: _fictional(digits, count))
        return f"+{new}" if number.startswith("+") else new

    def _id(self, value: str) -> str:
        return self._same("id", value, lambda count: self._reshaped(value))

    def _reshaped(self, value: str) -> str:
        """Another id of the same shape: what is before a colon stays, as does punctuation."""
        prefix, colon, own = value.rpartition(":")
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
                new.append(character)
        return f"{prefix}{colon}{''.join(new)}"

    def _same(self, sort: str, old: str, make: Callable[[int], str]) -> str:
        """What stands for *old* everywhere; *make* is told how many of its sort there are."""
        if (sort, old) not in self._known:
            count = 1 + sum(1 for known, _ in self._known if known == sort)
            self._known[sort, old] = make(count)
        return self._known[sort, old]


def _fictional(digits: str, count: int) -> str:
    """The number of fiction that comes next, of the same country where that keeps some."""
    if digits.startswith("44"):
        return f"442079460{count % 1000:03}"
    if digits.startswith("61"):
        return f"61491570{count % 1000:03}"
    return f"1{_AREAS[count // 100 % len(_AREAS)]}55501{count % 100:02}"


def _is_time(value: str) -> bool:
    try:
        Style.of(value)
    except ValueError:
        return False
    return True


def _masked(character: str) -> str:
    """A character of the same sort: a letter for a letter, a digit for a digit."""
    if character.isdigit() and character.isascii():
        return "0"
    if not character.isalpha():
        return character
    if character.isascii():
        return "X" if character.isupper() else "x"
    is_latin = unicodedata.name(character, "").startswith("LATIN")
    return "é" if is_latin else "中" if len(character.encode()) == 3 else "я"
