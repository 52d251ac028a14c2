"""Messages that an app sends: by SMS, MMS, RCS or WhatsApp."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from telnyx_mock.flows.flow import MessageType
from telnyx_mock.schema.placeholders import TimeStyle
from telnyx_mock.simulator.carrier_errors import CARRIER_ERRORS
from telnyx_mock.simulator.leg import Inbox
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import mapping, text, texts

_GSM = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¤¡ÄÖÑÜ§¿äöñüà\r\n!\"#%&'()*+,-./0123456789:;<=>?"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz^{}\\[~]|€"
)

_DELIVERY = 0.5
"""How many seconds a message takes from Telnyx to the telephone."""

UNREACHABLE = CARRIER_ERRORS["40001"]
"""The error of a message to a number that no message reaches."""


def inbox(network: Network, number: str) -> Inbox:
    """Return the inbox of the telephone with this *number*."""
    return network.inboxes.setdefault(number, Inbox(number))


def send(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what a command that sends an SMS or MMS says. *made* is the message in the answer of the API."""
    numbers = texts(given, "to")
    media = [{"url": url} for url in texts(given, "media_urls")]
    is_mms = bool(media) or len(numbers) > 1 or given.get("type") == "MMS"
    content = {
        "type": "MMS" if is_mms else "SMS",
        "from": {"phone_number": text(given, "from"), "carrier": "Telnyx", "line_type": "Wireless"},
        "media": media,
        **words_of(text(given, "text")),
    }
    _leave(network, given, made, content, text(given, "text"))


def send_rcs(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what the command that sends an RCS message says. If it does not arrive, send what it names instead.

    "When RCS isn't available on the recipient's device or carrier, your message will still be delivered via the
    fallback channel you define" (https://telnyx.com/release-notes/RCS-fallback). No page says which webhooks tell of it:
    here the RCS message fails, and the other is a message of its own.
    """
    message = mapping(given, "agent_message")
    content = {
        "type": "RCS",
        "from": {"agent_id": text(given, "agent_id"), "carrier": "Telnyx"},
        "body": dict(message),
    }
    shown = _rcs_words(mapping(message, "content_message"))
    _leave(network, given, made, content, shown, partial(_fall_back, network, given, made))


def _fall_back(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Send the SMS or MMS that a command names for an RCS message that does not arrive, unless the person opted out."""
    sms, mms = mapping(given, "sms_fallback"), mapping(given, "mms_fallback")
    other = sms or mms
    to = text(given, "to")
    if not other or (text(other, "from"), to) in network.opted_out:
        return
    kind = "SMS" if sms else "MMS"
    same = {"to": to, "webhook_url": given.get("webhook_url"), "type": kind}
    profile = {"messaging_profile_id": text(made, "messaging_profile_id")}
    send(network, {**other, **same}, profile)


def send_whatsapp(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what the command that sends a WhatsApp message says."""
    message = mapping(given, "whatsapp_message")
    content = {
        "type": "WHATSAPP",
        "from": {"phone_number": text(given, "from"), "carrier": "Telnyx", "line_type": "Wireless"},
        "body": dict(message),
    }
    _leave(network, given, made, content, _whatsapp_words(message))


def read(network: Network, box: Inbox, kind: MessageType) -> None:
    """Let the person with the inbox *box* read all messages of this *kind*."""
    network.note(box.number, "person", "reads")
    unread = [each for each in box.unread if each[1]["type"] == kind]
    box.unread = [each for each in box.unread if each not in unread]
    for url, fields in unread:
        network.send("message.read", None, url, to=[recipient(box.number, "read")], **fields)


def _leave(
    network: Network,
    given: Mapping[str, Any],
    made: Mapping[str, Any],
    content: Mapping[str, Any],
    shown: str,
    fails: Callable[[], None] = lambda: None,
) -> None:
    """Send a message with this *content* to all to whom the command goes; each sees what is *shown*.

    *fails* is called once it has not arrived.
    """
    numbers = texts(given, "to")
    if not numbers:
        return
    url = text(given, "webhook_url") or None
    common = {
        **content,
        "id": text(made, "id") or network.new_id(),
        "messaging_profile_id": text(made, "messaging_profile_id") or network.new_id(),
        "tags": texts(given, "tags"),
        "received_at": _time(network, network.now),
    }
    if url:
        common["webhook_url"] = url
    if len(numbers) > 1:
        common["group_message_id"] = common["id"]
    leaves = {"sent_at": _time(network, network.now + LATENCY)}
    waiting = [recipient(number, "sent") for number in numbers]
    tell_sent = partial(network.send, "message.sent", None, url, to=waiting, **common, **leaves)
    network.after(LATENCY, tell_sent, None)
    for number in numbers:
        fields = {**common, **leaves}
        if others := [{"phone_number": each} for each in numbers if each != number]:
            fields["cc"] = others
        arrives = partial(_arrived, network, number, url, fields, shown, fails)
        network.after(LATENCY + _DELIVERY, arrives, None)


def _arrived(
    network: Network,
    number: str,
    url: str | None,
    fields: Mapping[str, Any],
    shown: str,
    fails: Callable[[], None],
) -> None:
    box = inbox(network, number)
    error = box.error or (box.rcs_error if fields["type"] == "RCS" else None)
    if error is None:
        box.received.append(shown)
        network.note(number, "person", f"receives: {shown}")
        end: dict[str, Any] = {"to": [recipient(number, "delivered")], "errors": []}
    else:
        end = {"to": [recipient(number, "delivery_failed")], "errors": [dict(error)]}
    completed = _time(network, network.now)
    network.send("message.finalized", None, url, completed_at=completed, **end, **fields)
    if error is not None:
        fails()
    elif "body" in fields:
        known = {name: fields[name] for name in _OF_A_READ_MESSAGE if name in fields}
        box.unread.append((url, {**known, "completed_at": completed}))
        box.suggestions.update(_suggestions(fields["body"]))


_OF_A_READ_MESSAGE = (
    *("type", "from", "body", "id", "messaging_profile_id", "tags"),
    *("received_at", "sent_at", "webhook_url"),
)


def recipient(number: str, status: str) -> dict[str, str]:
    """Return the telephone with this *number* as one end of a message, with the message's *status*."""
    return {
        "phone_number": number,
        "status": status,
        "carrier": "T-Mobile USA",
        "line_type": "Wireless",
    }


def words_of(words: str) -> dict[str, Any]:
    """Return the fields about the *words* of an SMS or MMS: they leave in one part, or in shorter ones."""
    is_gsm = set(words) <= _GSM
    single, part = (160, 153) if is_gsm else (70, 67)
    parts = 1 if len(words) <= single else -(-len(words) // part)
    return {"text": words, "encoding": "GSM-7" if is_gsm else "UCS-2", "parts": min(parts, 10)}


def _rcs_words(content: Mapping[str, Any]) -> str:
    """Return what a person sees of an RCS message: its words, the title of its card, or its file."""
    if words := text(content, "text"):
        return words
    card = mapping(mapping(content, "rich_card"), "standalone_card")
    title = text(mapping(card, "card_content"), "title")
    return title or text(mapping(content, "content_info"), "file_url")


def _whatsapp_words(message: Mapping[str, Any]) -> str:
    """Return what a person sees of a WhatsApp message: its words, a caption, a file, or a template's name."""
    content = mapping(message, text(message, "type"))
    said = text(content, "body") or text(mapping(content, "body"), "text")
    return said or text(content, "caption") or text(content, "link") or text(content, "name")


def _suggestions(content: Any) -> dict[str, str]:
    """Return the suggestions in the *content* of an RCS message: what each says, and what it posts back."""
    if isinstance(content, Mapping):
        said, posted = text(content, "text"), text(content, "postback_data")
        own = {said: posted} if said and posted else {}
        return {**own, **_suggestions(list(content.values()))}
    found: dict[str, str] = {}
    if isinstance(content, Sequence) and not isinstance(content, str):
        for each in content:
            found.update(_suggestions(each))
    return found


def _time(network: Network, at: float) -> str:
    return TimeStyle.MILLISECONDS_OFFSET.write(network.epoch + at)
