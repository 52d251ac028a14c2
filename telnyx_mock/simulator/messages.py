"""Messages: what an app sends, what people write, and who has opted out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.schema.placeholders import TimeStyle
from telnyx_mock.simulator.leg import Inbox
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import text, texts

_KEYWORDS = {
    **dict.fromkeys(
        ("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), "STOP"
    ),
    **dict.fromkeys(("START", "UNSTOP"), "START"),
    **dict.fromkeys(("HELP", "INFO"), "HELP"),
}
"""The keywords by which people opt out, opt in and ask for help, in upper case."""

_GSM = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¤¡ÄÖÑÜ§¿äöñüà\r\n!\"#%&'()*+,-./0123456789:;<=>?"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz^{}\\[~]|€"
)

_DELIVERY = 0.5
"""How many seconds a message takes from Telnyx to the telephone."""

UNREACHABLE = {
    "code": "40001",
    "title": "Not routable",
    "detail": "The destination number is either a landline or a non-routable wireless number.",
}
"""The error of a message to a number that no message reaches."""


def inbox(network: Network, number: str) -> Inbox:
    """Return the inbox of the telephone with this *number*."""
    return network.inboxes.setdefault(number, Inbox(number))


def send(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what a command that sends a message says. *made* is the message in the answer of the API."""
    numbers = texts(given, "to")
    if not numbers:
        return
    media = [{"url": url} for url in texts(given, "media_urls")]
    is_mms = bool(media) or len(numbers) > 1 or given.get("type") == "MMS"
    url = text(given, "webhook_url") or None
    common = {
        "id": text(made, "id") or network.new_id(),
        "messaging_profile_id": text(made, "messaging_profile_id") or network.new_id(),
        "type": "MMS" if is_mms else "SMS",
        "from": {"phone_number": text(given, "from"), "carrier": "Telnyx", "line_type": "Wireless"},
        "media": media,
        "tags": texts(given, "tags"),
        **_words(text(given, "text")),
        "received_at": _time(network, network.now),
    }
    if url:
        common["webhook_url"] = url
    if len(numbers) > 1:
        common["group_message_id"] = common["id"]
    leaves = {"sent_at": _time(network, network.now + LATENCY)}
    waiting = [_recipient(number, "sent") for number in numbers]
    tell_sent = partial(network.send, "message.sent", None, url, to=waiting, **common, **leaves)
    network.after(LATENCY, tell_sent, None)
    for number in numbers:
        network.after(
            LATENCY + _DELIVERY, partial(_arrived, network, number, url, {**common, **leaves}), None
        )


def _arrived(network: Network, number: str, url: str | None, fields: Mapping[str, Any]) -> None:
    box = inbox(network, number)
    if box.error is None:
        box.received.append(str(fields["text"]))
        network.note(number, "person", f"receives: {fields['text']}")
        end = {"to": [_recipient(number, "delivered")], "errors": []}
    else:
        end = {"to": [_recipient(number, "delivery_failed")], "errors": [dict(box.error)]}
    completed = _time(network, network.now)
    network.send("message.finalized", None, url, completed_at=completed, **end, **fields)


def write(
    network: Network,
    from_: str,
    to: str,
    words: str,
    media: tuple[str, ...],
    given: Mapping[str, Any],
) -> None:
    """Let the person at *from_* write *words* to the app's number *to*, with the files *media*."""
    network.note(from_, "person", f"writes: {words}")
    keyword = _KEYWORDS.get(" ".join(words.upper().split()))
    if keyword == "STOP":
        network.opted_out.add((to, from_))
    elif keyword == "START":
        network.opted_out.discard((to, from_))
    fields = {
        "id": network.new_id(),
        "type": "MMS" if media else "SMS",
        "from": {"phone_number": from_, "carrier": "T-Mobile USA", "line_type": "Wireless"},
        "to": [{**_recipient(to, "webhook_delivered"), "carrier": "Telnyx"}],
        "media": [{"url": url, "content_type": "image/jpeg", "size": 60574} for url in media],
        "autoresponse_type": keyword or ABSENT,
        **_words(words),
    }
    network.send("message.received", None, **{**fields, **given})


def _recipient(number: str, status: str) -> dict[str, str]:
    return {
        "phone_number": number,
        "status": status,
        "carrier": "T-Mobile USA",
        "line_type": "Wireless",
    }


def _words(words: str) -> dict[str, Any]:
    """Return the fields about the *words* of a message: they leave in one part, or in shorter ones."""
    is_gsm = set(words) <= _GSM
    single, part = (160, 153) if is_gsm else (70, 67)
    parts = 1 if len(words) <= single else -(-len(words) // part)
    return {"text": words, "encoding": "GSM-7" if is_gsm else "UCS-2", "parts": min(parts, 10)}


def _time(network: Network, at: float) -> str:
    return TimeStyle.MILLISECONDS_OFFSET.write(network.epoch + at)
