"""E-mail: ``email.*`` and ``email_domain.*``, known in part.

Sources: the SDK for the names. The fields of ``email.*`` are those of the events that the API lists;
the webhooks guide says that these fields are similar but not the same. Of ``email_domain.*`` and
``email.received`` only the name is published. One event is about one recipient.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, both, field, has_no, optional, rare
from telnyx_mock.catalogue.kind_vocabulary import always, anything, by_app, digits, identifier, one_of, struct, text, timestamp, token
from telnyx_mock.provider_urls import GUIDES
from telnyx_mock.schema.event import Event, Status
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Object

GUIDE = f"{GUIDES}/messaging/email/webhooks-events"
FAMILY = Family("email", status=Status.PARTIAL, url=GUIDE)
PART_KNOWN = "The fields are those of the events API; record_type is an assumption."
NAME_KNOWN = "Only the name is published, so any payload is allowed."

MESSAGE_ID = identifier("email_id", "4ee8c3a6-4995-4309-a3c6-38e3db9ea4be")
RECIPIENT_ID = identifier("email_recipient_id", "ac012cbf-5e09-46af-a69a-7c0e2d90993c")


def _address(kind: str) -> Object:
    return struct(
        field("email", by_app(token("jane@example.com")), "the address"),
        optional("name", by_app(text("Jane Roe")), "the name beside it", nullable=True),
        optional("kind", always(kind), "which of the three events this is"),
    )


SENDER = struct(
    field("email", by_app(token("news@example.com")), "the address"),
    optional("name", by_app(text("News")), "the name beside it", nullable=True),
)

ERROR_EVIDENCE = struct(field("code", digits("30005"), "Telnyx's code for the kind of bounce"))


def _envelope(canonical: Kind) -> tuple[Field, ...]:
    """The fields that e-mail events have beside the payload."""
    return (
        optional("canonical_event_type", canonical, "the same event under a more specific name"),
        optional("recipient_id", RECIPIENT_ID, "the recipient of this copy"),
    )


def _email(
    name: str,
    trigger: str,
    *more: Field,
    canonical: Kind | None = None,
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
) -> Event:
    """An event about one recipient's copy; *before* and *after* hold names without ``email.``."""
    return FAMILY.event(
        f"email.{name}",
        field("id", MESSAGE_ID, "of the mail"),
        field("status", always(name), "how far it is"),
        optional("occurred_at", timestamp(), "when it happened, again"),
        optional("recipient_id", RECIPIENT_ID, "the recipient this is about"),
        field("from", SENDER, "who sent it"),
        field("subject", by_app(text("Hello")), "its subject"),
        optional("to", _address("to"), "the recipient, if named under To"),
        rare("cc", _address("cc"), "the recipient, if named under Cc", when=has_no("to")),
        field("bcc", _address("bcc"), "the recipient, if named under Bcc", when=both(has_no("to"), has_no("cc"))),
        *more,
        envelope=_envelope(canonical or always(f"email.{name}")),
        trigger=trigger,
        before=tuple(f"email.{neighbour}" for neighbour in before),
        after=tuple(f"email.{neighbour}" for neighbour in after),
        note=PART_KNOWN,
    )


def _name_only(name: str, trigger: str, envelope: tuple[Field, ...] = ()) -> Event:
    """An event of which only the name is known."""
    return FAMILY.event(
        name,
        extra=anything(),
        envelope=envelope,
        trigger=trigger,
        note=NAME_KNOWN,
    )


_email("scheduled", "A mail is to be sent later.", after=("queued", "cancelled"))
_email("cancelled", "A scheduled mail is cancelled.", before=("scheduled",))
_email("sandbox", "The sandbox accepts a mail, which is never delivered.")
_email("queued", "Telnyx accepts a mail for sending.", before=("scheduled",), after=("sending", "failed"))
_email("sending", "A mail is being handed to the mail server.", before=("queued",), after=("sent", "failed"))
_email("sent", "A mail has been handed to the mail server.", before=("sending",), after=("delivered", "deferred", "bounced"))
_email("delivered", "The recipient's server accepts a mail.", before=("sent",), after=("opened", "clicked", "complained"))
_email(
    "deferred",
    "The recipient's server does not accept a mail now; Telnyx will try again.",
    rare("error_evidence", ERROR_EVIDENCE, "what the server said"),
    before=("sent",),
    after=("delivered", "bounced"),
)
_email(
    "bounced",
    "A mail will not arrive: the server refused it, or Telnyx gave up after many attempts.",
    optional("error_evidence", ERROR_EVIDENCE, "what went wrong"),
    canonical=one_of("email.bounced", "email.expired", extensible=True),
    before=("sent", "deferred"),
)
_email(
    "failed",
    "A mail could not be sent at all.",
    optional("error_evidence", ERROR_EVIDENCE, "what went wrong"),
    canonical=one_of("email.failed", "email.gw_reject", "email.injection_timeout", extensible=True),
    before=("queued", "sending"),
)
_email("complained", "The recipient reports a mail as spam.", before=("delivered",))
_email("opened", "The recipient opens a mail.", before=("delivered",), after=("clicked",))
_email("clicked", "The recipient follows a link in a mail.", before=("delivered", "opened"))
_email("unsubscribed", "The recipient unsubscribes.", before=("delivered",))
_email(
    "daily_limit_exceeded",
    "A mail is not sent, because the daily limit is reached.",
    rare("error_evidence", ERROR_EVIDENCE, "what went wrong"),
    before=("queued",),
)
_name_only("email.received", "A mail comes in.", _envelope(always("email.received")))
_name_only("email_domain.created", "A domain for mails is set up.")
_name_only("email_domain.verified", "A domain's DNS records are right.")
_name_only("email_domain.degraded", "A domain's reputation has become worse.")
_name_only("email_domain.suspended", "A domain may not send any more.")
_name_only("email_domain.deleted", "A domain is removed.")
_name_only("email_domain.dkim_rotated", "A domain has a new DKIM key.")

EVENTS = FAMILY.events
