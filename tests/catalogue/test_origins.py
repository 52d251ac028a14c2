"""Who decides a value: every field that reads like a caller's or an app's is declared as one."""

from __future__ import annotations

import re

import pytest

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.field_tree import nodes_by_path
from telnyx_mock.schema.kind import Leaf, kinds_within
from telnyx_mock.schema.kinds import Choice, Identifier, Null, Text
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.text_formats import (
    BASE64,
    MASKED,
    PARTIES,
    TELEPHONE_KEY,
    TELEPHONE_KEYS,
)

OF_PEOPLE = (*PARTIES, BASE64, MASKED, TELEPHONE_KEY, TELEPHONE_KEYS)
"""Formats in which no value is Telnyx's."""

CALLERS = re.compile(
    r"""(.*\.)?( text | digits? | subject | transcript | caller_?id(_name)? | speechresult
    | transcription_?text | .*_headers\[\]\.value | offered_codecs | body | transcription
    | (from|to)(_?sip_?uri)? | (payment_?card|bank)_?.* | expiration_?date | security_?code )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Names of what a caller or sender says, types, shows or sends."""

APPS = re.compile(
    r"""(.*\.)?( client_state | tags\[\] | webhook(_failover)?_url | delivered_to | stream_url | queue
    | (assistant|connection|messaging_profile|organization|enterprise|billing_group|user)_?id
    | accountsid | friendlyname | participantlabel | customer_reference | template_(id|name)
    | media_name | original_media_url | payment_?method | payment_?connector )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Names of what an app says in a command, or what is set in the portal."""

TELNYX_OWN = {
    "bank_account_type": "as the payment processor knows it",
    "BankAccountType": "as the payment processor knows it",
    "content.text": "the words of a language model",
    "comment.body": "the words of Telnyx's staff, among others",
}
"""Paths without the payload's that read like a person's, and are not, with the reason."""

LEAVES = [
    (event, path, kind)
    for event in all_events()
    for path, nodes in nodes_by_path(event).items()
    for node in nodes
    for path, kind in kinds_within(node.kind, node.path)
    if isinstance(kind, Leaf) and not isinstance(kind, Null | Identifier)
    if not isinstance(kind, Choice) or len(kind.values) > 1
]


def names() -> set[str]:
    return {short_path(event, path) for event, path, _ in LEAVES}


def test_what_has_a_format_of_people_is_not_decided_by_telnyx() -> None:
    wrong = {
        (event.name, path)
        for event, path, kind in LEAVES
        if isinstance(kind, Text) and kind.format in OF_PEOPLE and kind.origin is Origin.TELNYX
    }
    assert not wrong


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [(CALLERS, {Origin.CALLER, Origin.APP}), (APPS, {Origin.APP})],
    ids=["callers", "apps"],
)
def test_what_has_a_name_of_a_caller_or_an_app_is_decided_by_one(
    pattern: re.Pattern[str], allowed: set[Origin]
) -> None:
    named = [(each, short_path(each[0], each[1])) for each in LEAVES]
    found = [
        (event.name, name, kind.origin.value)
        for (event, _, kind), name in named
        if pattern.fullmatch(name) and kind.origin not in allowed
        if name.removeprefix("payload.") not in TELNYX_OWN
    ]
    assert not found


def test_every_exception_is_needed() -> None:
    assert {name.removeprefix("payload.") for name in names()} >= TELNYX_OWN.keys()


def test_times_are_telnyx_own_and_ids_too() -> None:
    for event, path, kind in LEAVES:
        if kind.origin is not Origin.TELNYX:
            assert not path.endswith(("_at", "Time", "Timestamp")), (event.name, path)


def test_no_sample_has_a_client_state_since_no_app_has_touched_the_call() -> None:
    for event in all_events():
        assert sample(event.name).payload.get("client_state") is None, event.name
