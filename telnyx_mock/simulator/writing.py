"""What people write to an app: by SMS, MMS, RCS or WhatsApp. Keywords opt them out and in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from telnyx_mock.flows.flow import MessageType
from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.simulator.messages import recipient, words_of
from telnyx_mock.simulator.network import Network

_KEYWORDS = {
    **dict.fromkeys(
        ("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), "STOP"
    ),
    **dict.fromkeys(("START", "UNSTOP"), "START"),
    **dict.fromkeys(("HELP", "INFO"), "HELP"),
}
"""The keywords by which people opt out, opt in and ask for help, in upper case."""

_WHATSAPP_FILES = ("image", "video", "audio")
"""The types of files in WhatsApp; any other file is a document."""


def write(
    network: Network,
    from_: str,
    to: str,
    words: str,
    media: Sequence[str],
    given: Mapping[str, Any],
    kind: MessageType = "SMS",
    others: Sequence[str] = (),
) -> None:
    """Let the person at *from_* write *words* to *to*, a number of the app or its agent, with the files *media*.

    The *others* are who else is in the group, and *given* are further fields of ``message.received``.
    """
    network.note(from_, "person", f"writes: {words}")
    match kind:
        case "SMS":
            contents = [_sms(network, from_, to, words, media, others)]
        case "RCS":
            contents = [{"body": {"user_file": {"payload": _rcs_file(url)}}} for url in media]
            contents += [{"body": {"text": words}}] if words or not media else []
        case "WHATSAPP":
            contents = [_whatsapp_file(url, "" if at else words) for at, url in enumerate(media)]
            contents = contents or [{"body.type": "text", "body.text": {"body": words}}]
    for content in contents:
        _receive(network, from_, to, kind, {**content, **given})


def share_location(
    network: Network, from_: str, to: str, latitude: float, longitude: float
) -> None:
    """Let the person at *from_* tell the RCS agent *to* a place, in degrees."""
    network.note(from_, "person", f"shares the place {latitude:g}, {longitude:g}")
    place = {"latitude": latitude, "longitude": longitude}
    _receive(network, from_, to, "RCS", {"body": {"location": place}})


def press(network: Network, from_: str, to: str, text: str, posted: str) -> None:
    """Let the person at *from_* press what the RCS agent *to* suggested: *text*, which posts back *posted*."""
    network.note(from_, "person", f"presses {text}")
    pressed = {"text": text, "postback_data": posted}
    _receive(network, from_, to, "RCS", {"body": {"suggestion_response": pressed}})


def _receive(
    network: Network, from_: str, to: str, kind: MessageType, content: Mapping[str, Any]
) -> None:
    fields: dict[str, Any] = {
        "id": network.new_id(),
        "type": kind,
        "from": {"phone_number": from_, "carrier": "T-Mobile USA", "line_type": "Wireless"},
    }
    match kind:
        case "RCS":
            fields["to"] = [{"agent_id": to, "carrier": "Telnyx", "status": "webhook_delivered"}]
        case "WHATSAPP":
            fields |= {"to": to, "body.from": from_.removeprefix("+")}
        case "SMS":
            fields["to"] = [{**recipient(to, "webhook_delivered"), "carrier": "Telnyx"}]
    network.send("message.received", None, **{**fields, **content})


def _sms(
    network: Network, from_: str, to: str, words: str, media: Sequence[str], others: Sequence[str]
) -> dict[str, Any]:
    keyword = _KEYWORDS.get(" ".join(words.upper().split()))
    if keyword == "STOP":
        network.opted_out.add((to, from_))
    elif keyword == "START":
        network.opted_out.discard((to, from_))
    fields = {
        "type": "MMS" if media or others else "SMS",
        "media": [{"url": url, "content_type": _kind_of(url), "size": 60574} for url in media],
        "autoresponse_type": keyword or ABSENT,
        **words_of(words),
    }
    if others:
        fields["cc"] = [{"phone_number": number} for number in others]
    return fields


def _rcs_file(url: str) -> dict[str, Any]:
    name = PurePosixPath(urlsplit(url).path).name
    return {"file_name": name, "file_uri": url, "mime_type": _kind_of(url), "file_size_bytes": 2048}


def _whatsapp_file(url: str, caption: str) -> dict[str, Any]:
    kind = _kind_of(url)
    family = kind.partition("/")[0]
    name = family if family in _WHATSAPP_FILES else "document"
    file = {"id": f"{name}-1", "mime_type": kind, "url": url}
    return {
        "body.type": name,
        f"body.{name}": {**file, "caption": caption} if caption else file,
    }


def _kind_of(url: str) -> str:
    return guess_type(urlsplit(url).path)[0] or "image/jpeg"
