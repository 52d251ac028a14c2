"""Faxes: ``fax.*``.

Sources: each event's callback page for outgoing faxes, the guide to receiving for incoming ones
(three events that the schemas do not have). The schemas allow both directions everywhere, although
only ``fax.failed`` is ever shown inbound.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, both, field, has_no, is_, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    boolean,
    by_app,
    by_app_while,
    by_caller,
    called,
    cases,
    client_state,
    identifier,
    integer,
    one_of,
    party,
    phone,
    setting,
    timestamp,
    token,
    url,
)
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.conditions import Condition
from telnyx_mock.schema.event import Status
from telnyx_mock.schema.field import Field

INBOUND = is_("direction", "inbound")
OUTBOUND = is_("direction", "outbound")

FAX: tuple[Field, ...] = (
    field("fax_id", identifier("fax_id", "9fbc3f0d-5495-42af-9a4e-c57a235d9182"), "the fax, the same in every event about it"),
    field("connection_id", setting("7267000000000000001"), "the fax application"),
    field("user_id", setting("a7f7c54a-4df3-4bca-a65a-3da1ecc777f0"), "the account"),
)

PARTIES: tuple[Field, ...] = (
    field("from", party("+13125550142"), "the sending side"),
    field("to", by_app(called("+13125550199")), "the receiving side; may be a SIP address"),
)


def sent_with(when: Condition | None = None) -> tuple[Field, ...]:
    """What an outgoing fax was sent with. Its file has an address or, if it is stored at Telnyx, a name."""
    no_name = has_no("media_name")
    address = by_app(url("https://example.com/invoice.pdf"))
    return (
        rare("client_state", client_state(), "what the receiver attached when it sent the fax", when=when),
        rare("media_name", setting("invoice.pdf"), "the stored file that was sent", when=when),
        field("original_media_url", address, "the address of the file that was sent", when=both(when, no_name) if when else no_name),
    )


SENT: tuple[Field, ...] = (
    *FAX,
    *map(by_app, PARTIES),
    field("direction", always("outbound"), "away from you"),
    *sent_with(),
)
"""An outgoing fax."""

RECEIVED: tuple[Field, ...] = (
    *FAX,
    *PARTIES,
    field("direction", always("inbound"), "towards you"),
    field("caller_id", by_caller(phone("+13125550142")), "the number the other side shows"),
)
"""An incoming fax."""

WHEN = timestamp("2020-05-05T13:08:22.039204Z")
FAMILY = Family("fax", occurred_at=WHEN, pretty=True)
INBOUND_GUIDE = f"{GUIDES}/programmable-fax/receive-a-fax-api"

FAMILY.event(
    "fax.queued",
    *SENT,
    field("status", always("queued"), "how far it is"),
    rare("call_duration_secs", integer(50), "in one sample of the guide"),
    rare("partial_content", boolean(True), "in one sample of the guide"),
    operation="fax.queued",
    trigger="Telnyx accepts a fax for sending.",
    after=("fax.media.processed", "fax.failed"),
)

FAMILY.event(
    "fax.media.processed",
    *SENT,
    field("status", always("media.processed"), "how far it is"),
    operation="fax.media.processed",
    trigger="Telnyx has downloaded the file of a fax and converted it into pages.",
    before=("fax.queued",),
    after=("fax.sending.started", "fax.failed"),
)

FAMILY.event(
    "fax.sending.started",
    *SENT,
    field("status", always("sending"), "how far it is"),
    operation="fax.sending.started",
    trigger="The call that carries a fax is in progress.",
    before=("fax.media.processed",),
    after=("fax.delivered", "fax.failed"),
)

FAMILY.event(
    "fax.delivered",
    *SENT,
    field("status", always("delivered"), "how it ended"),
    field("page_count", integer(2, 1), "pages"),
    field("call_duration_secs", integer(25, 1), "how long the call took"),
    operation="fax.delivered",
    trigger="The other side has received all pages of a fax.",
    before=("fax.sending.started",),
)

OUTBOUND_FAILURE = one_of(
    "user_busy",
    "rejected",
    "account_disabled",
    "connection_channel_limit_exceeded",
    "destination_invalid",
    "destination_not_in_countries_whitelist",
    "destination_not_in_service_plan",
    "destination_unreachable",
    "fax_initial_communication_timeout",
    "fax_signaling_error",
    "invalid_ecm_response_from_receiver",
    "no_outbound_profile",
    "outbound_profile_channel_limit_exceeded",
    "outbound_profile_daily_spend_limit_exceeded",
    "receiver_call_dropped",
    "receiver_communication_error",
    "receiver_decline",
    "receiver_incompatible_destination",
    "receiver_invalid_number_format",
    "receiver_no_answer",
    "receiver_no_response",
    "receiver_recovery_on_timer_expire",
    "receiver_unallocated_number",
    "service_unavailable",
    "unverified_destination_not_allowed",
    "unverified_origination_number",
    "user_channel_limit_exceeded",
    extensible=True,
)
INBOUND_FAILURE = one_of("sender_call_dropped", "rejected", extensible=True)

FAMILY.event(
    "fax.failed",
    *FAX,
    *(by_app_while(each, "direction", "outbound") for each in PARTIES),
    field("direction", one_of("outbound", "inbound"), "seen from you"),
    *sent_with(OUTBOUND),
    field("status", always("failed"), "how it ended"),
    field("failure_reason", cases("direction", {"inbound": INBOUND_FAILURE}, otherwise=OUTBOUND_FAILURE), "why"),
    rare("internal_failure_reason", token("t38_negotiation_failed"), "why, in more detail"),
    optional("caller_id", by_caller(phone("+13125550142")), "the number the other side shows", when=INBOUND),
    operation="fax.failed",
    trigger="A fax could not be sent, or was not received completely.",
    before=(
        "fax.queued",
        "fax.media.processed",
        "fax.sending.started",
        "fax.receiving.started",
        "fax.media.processing.started",
    ),
    note="The schema has only one reason, rejected; the guides list the others. The SDK accepts any text.",
)

FAMILY.event(
    "fax.receiving.started",
    *RECEIVED,
    field("status", always("receiving"), "how far it is"),
    status=Status.DOCUMENTED,
    url=INBOUND_GUIDE,
    trigger="A fax is coming in.",
    after=("fax.media.processing.started", "fax.failed"),
)

FAMILY.event(
    "fax.media.processing.started",
    *RECEIVED,
    field("status", always("media.processing"), "how far it is"),
    field("page_count", integer(2, 1), "pages"),
    status=Status.DOCUMENTED,
    url=INBOUND_GUIDE,
    trigger="All pages of a fax have arrived; Telnyx is converting them into a PDF.",
    before=("fax.receiving.started",),
    after=("fax.received", "fax.failed"),
)

FAMILY.event(
    "fax.received",
    *RECEIVED,
    field("status", always("received"), "how it ended"),
    field("media_url", url("https://example.com/faxes/9fbc3f0d.pdf?signature=abc"), "the PDF; the signed address is valid for minutes"),
    field("page_count", integer(2, 1), "pages"),
    field("call_duration_secs", integer(50, 1), "how long the call took"),
    field("partial_content", boolean(False), "whether pages are missing"),
    status=Status.DOCUMENTED,
    url=INBOUND_GUIDE,
    trigger="A fax has come in and its PDF can be fetched.",
    before=("fax.receiving.started", "fax.media.processing.started"),
    note="The official SDK does not know the event, and parses it as a link click by mistake. The guide says that the address is valid for ten "
    "minutes; the "
    "address that it prints is valid for two hours.",
)

EVENTS = FAMILY.events
