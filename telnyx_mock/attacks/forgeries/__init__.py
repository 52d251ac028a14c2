"""Every forgery by name: requests that an attacker could send without Telnyx's key.

A receiver must refuse most of them with 4xx. If anyone can send a forgery, accepting it is an
error. If sending it needs the key, or if the sources do not say what is right, accepting it is a
warning or advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from telnyx_mock.attacks.forgeries.altered_body import BODY_FORGERIES
from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery, Group
from telnyx_mock.attacks.forgeries.missing_headers import HEADER_FORGERIES
from telnyx_mock.attacks.forgeries.replay import REPLAY_FORGERIES
from telnyx_mock.attacks.forgeries.signature import SIGNATURE_FORGERIES
from telnyx_mock.attacks.forgeries.signature_encoding import SIGNATURE_ENCODING_FORGERIES
from telnyx_mock.attacks.forgeries.signed_content import SIGNED_CONTENT_FORGERIES
from telnyx_mock.attacks.forgeries.timestamp import TIMESTAMP_FORGERIES
from telnyx_mock.attacks.forgeries.timestamp_format import TIMESTAMP_FORMAT_FORGERIES
from telnyx_mock.attacks.original import Original
from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.installed import offered
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.signing.keys import KeyPair

__all__ = [
    "FORGERIES",
    "OURS",
    "Expected",
    "Forgery",
    "Group",
    "forge",
    "register",
    "with_installed",
]

OURS: Mapping[str, Forgery] = {
    forgery.name: forgery
    for forgery in (
        *HEADER_FORGERIES,
        *SIGNATURE_FORGERIES,
        *SIGNED_CONTENT_FORGERIES,
        *SIGNATURE_ENCODING_FORGERIES,
        *TIMESTAMP_FORGERIES,
        *TIMESTAMP_FORMAT_FORGERIES,
        *BODY_FORGERIES,
        *REPLAY_FORGERIES,
    )
}
"""The forgeries of this package by name, group by group."""

_forgeries = dict(OURS)

FORGERIES: Mapping[str, Forgery] = _forgeries
"""Every forgery by name: ours, and those that the user registered."""


def register(forgery: Forgery) -> None:
    """Let *forgery*, one of the user's own, be known by its name.

    Raises UsageError if one of ours has that name, or if it does not begin with the name of a group.
    """
    if forgery.name in OURS:
        raise UsageError(f"The forgery {forgery.name!r} has the name of one of ours.")
    starts = [f"{group.value}-" for group in Group]
    if not forgery.name.startswith(tuple(starts)):
        raise UsageError(
            f"The name {forgery.name!r} of a forgery must begin with what it falsifies: "
            f"{', '.join(starts)}."
        )
    _forgeries[forgery.name] = forgery


def with_installed() -> Mapping[str, Forgery]:
    """Return every forgery by name, also those that installed packages offer; they are registered.

    Raises UsageError if a package offers what cannot be loaded.
    """
    for offer in offered():
        for each in offer.load():
            if isinstance(each, Forgery) and each not in OURS.values():
                register(each)
    return FORGERIES


def forge(what: str | Forgery, webhook: Webhook, key: KeyPair, now: float) -> Request:
    """Return the forgery *what* of *webhook*; *key* is Telnyx's key, *now* the Unix time.

    Raises UsageError for an unknown forgery.
    """
    if not isinstance(what, Forgery):
        if what not in FORGERIES and what not in with_installed():
            raise unknown("forgery", what, FORGERIES)
        what = FORGERIES[what]
    return replace(what.make(Original(webhook, key, now)), forgery=what.name)
