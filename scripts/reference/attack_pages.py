"""Writes the pages about forgeries and about malformed requests."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference.markdown import prose, table
from scripts.reference.official_sdk import OFFICIAL_SDK
from telnyx_mock.attacks.forgeries import FORGERIES, Group
from telnyx_mock.attacks.malformed import MALFORMED


def forgeries() -> Iterator[str]:
    yield "# Forgeries\n"
    yield "Requests that Telnyx never sends. No forgery may make a receiver fail (5xx, or no answer)."
    yield "Beyond that, the receiver must do what the column *expected* says:\n"
    yield "- *refused*: answer 4xx, and have no effect."
    yield "- *survived*: accept it or refuse it. Telnyx did sign this content."
    yield "- *ignored*: answer anything, and have no effect.\n"
    yield "A broken expectation is an *error* if anyone can send the request. It is a *warning* or"
    yield "*advice* if sending it takes Telnyx's private key, or if the sources leave open what is right."
    yield "`telnyx-mock send EVENT TARGET --forge NAME` sends a forgery.\n"
    for group in Group:
        members = [forgery for forgery in FORGERIES.values() if forgery.group is group]
        yield f"## {group.value.capitalize()}\n"
        yield from table(
            ("forgery", "expected", "severity", "a receiver that breaks the rule"),
            (
                (f"`{one.name}`", one.expected.value, one.severity.value, prose(one.reason))
                for one in members
            ),
        )
    yield "## What the official Python SDK does not refuse\n"
    yield "Version 4.189 refuses all other forgeries with a `ValueError`. A receiver that verifies with the"
    yield "SDK passes the rules for these forgeries if it catches `Exception`, not only `ValueError`.\n"
    yield from table(
        ("forgery", "what happens"),
        ((f"`{name}`", prose(says)) for name, says in OFFICIAL_SDK.items()),
    )


def malformed() -> Iterator[str]:
    yield "# Malformed requests\n"
    yield "Requests that are correctly signed and make no sense. A receiver must answer each with a status"
    yield "below 500. Only a holder of Telnyx's private key can send one, so a failure is *advice*."
    yield "`telnyx-mock send EVENT TARGET --malform NAME` sends a malformed request.\n"
    yield from table(
        ("malformed as", "a receiver that fails"),
        ((f"`{one.name}`", prose(one.reason)) for one in MALFORMED.values()),
    )
