"""Groups of fields that several families share.

Sources: the OpenAPI schemas behind each page in ``Event.url``; where they leave something open, captures of real deliveries in public
repositories (2025-09 to 2026-05).
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import field, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import (
    by_app,
    by_caller,
    called,
    client_state,
    decimal,
    identifier,
    line_of_text,
    list_of,
    one_of,
    party,
    setting,
    sip_uri,
    struct,
    text,
    token,
    url,
    words,
)
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kinds import Identifier, ListOf, Object

_CALL_CONTROL_ID = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"


def call_control_id(leg: int = 1) -> Identifier:
    """The id of a call leg, as used in commands; *leg* 1 is the webhook's leg, 2 another leg."""
    return identifier("call_control_id", _CALL_CONTROL_ID, "v3:{token}", number=leg)


def call_leg_id(leg: int = 1) -> Identifier:
    """The leg's id in the older form, a UUID."""
    return identifier("call_leg_id", "428c31b6-7af4-4bcb-b7f5-5013ef9657c1", number=leg)


def call_session_id() -> Identifier:
    """The id that linked legs share, for example after a transfer."""
    return identifier("call_session_id", "428c31b6-abf3-3bc1-b7f4-5013ef9657c1")


def connection_id() -> Field:
    """The id of the application, which is the same in all its calls."""
    return field("connection_id", setting("7267000000000000001"), "the application the call runs in")


CALL_LEG: tuple[Field, ...] = (
    field("call_control_id", call_control_id(), "names the leg in commands"),
    field("call_leg_id", call_leg_id(), "names the leg in reports"),
    field("call_session_id", call_session_id(), "shared by linked legs"),
    connection_id(),
    optional(
        "client_state",
        client_state(),
        "what the receiver attached with its last command; null if it never attached anything",
        shown_null=True,
    ),
)
"""The fields of every event of a call leg."""

CALL_PARTIES: tuple[Field, ...] = (
    field("from", party("+13125550142"), "the calling side"),
    field("to", called("+13125550199"), "the called side"),
)

CALLING_PARTY_TYPE = optional("calling_party_type", one_of("pstn", "sip"), "the network the call came from")


def custom_headers(meaning: str) -> Field:
    """The X- headers of the SIP message, by name and value."""
    header = struct(
        field("name", by_caller(token("X-Account")), "name of the header"),
        field("value", by_caller(line_of_text("1234")), "its value"),
    )
    return rare("custom_headers", list_of(header), meaning)


SIP_HEADERS = rare(
    "sip_headers",
    list_of(
        struct(
            field("name", by_caller(one_of("User-to-User", "Diversion")), "name of the header"),
            field("value", by_caller(line_of_text("1234")), "its value"),
        )
    ),
    "the User-to-User and Diversion headers, if the INVITE had any",
)

TAGS = rare("tags", by_app(list_of(text("tag-01"))), "labels of the number or connection")


SIP_ADDRESSES: tuple[Field, ...] = (
    optional("from_sip_uri", sip_uri("+13125550142@203.0.113.10:5060"), "SIP address of the caller"),
    optional("to_sip_uri", sip_uri("+13125550199@203.0.113.20:5060"), "SIP address that was called"),
)


CODEC = one_of("PCMU", "PCMA", "G722", "OPUS", "AMR-WB", extensible=True)
"""The codecs that connections of Telnyx offer."""


def money(amount: str = "0.0040") -> Object:
    """An amount and its currency."""
    return struct(
        optional("amount", decimal(amount), "a decimal number, as a string"),
        optional("currency", one_of("USD", extensible=True), "ISO 4217"),
    )


def errors(shown: int = 0, max_items: int | None = None) -> ListOf:
    """A list of errors in the form of Telnyx's API errors; the sample shows so many."""
    return list_of(
        struct(
            field("code", token("40300"), "Telnyx's error code"),
            field("title", words("Blocked due to STOP message"), "the error in a few words"),
            optional("detail", words("Messages cannot be sent to this number"), "the error in a sentence"),
            rare(
                "meta",
                struct(
                    rare(
                        "url",
                        url("https://developers.telnyx.com/docs/overview/errors/40300"),
                        "the error's page",
                    ),
                    extra=text(""),
                ),
                "more about it",
            ),
            rare(
                "source",
                struct(
                    rare("parameter", token("to"), "query parameter at fault"),
                    rare("pointer", token("/to"), "JSON pointer to the wrong value"),
                ),
                "where in the request",
            ),
        ),
        shown=shown,
        max_items=max_items,
    )
