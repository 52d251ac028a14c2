"""A draft decides how a request is written, and every request verifies."""

from __future__ import annotations

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import layouts
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import verify

NOW = 1_700_000_000
KEY = KeyPair.generate()
CALL = webhook("call.initiated")


@pytest.mark.parametrize("name", ["call.initiated", "message.received", "texml.http-request"])
@pytest.mark.parametrize("case", HEADER_CASES)
@pytest.mark.parametrize("charset", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_every_draft_verifies(name: str, case: str, charset: bool, reverse: bool) -> None:
    for layout in (None, *layouts(find(name))):
        request = sign(Draft(webhook(name), layout, case, charset, reverse), KEY, timestamp=NOW)
        assert verify(KEY.public_key, request, now=NOW).ok
        assert (b"charset=utf-8" in (request.header(b"content-type") or b"")) is charset


def test_the_draft_decides_the_case_of_header_names() -> None:
    names = [
        sign(Draft(CALL, header_case=case), KEY, timestamp=NOW).headers[-1][0]
        for case in HEADER_CASES
    ]
    assert names == [
        b"telnyx-signature-ed25519",
        b"Telnyx-Signature-Ed25519",
        b"TELNYX-SIGNATURE-ED25519",
    ]


def test_the_headers_are_there_as_texts() -> None:
    texts = sign(Draft(CALL), KEY, timestamp=NOW).text_headers
    assert texts["telnyx-timestamp"] == str(int(NOW))
    assert len(texts) == len(sign(Draft(CALL), KEY, timestamp=NOW).headers)


def test_the_draft_can_reverse_the_headers() -> None:
    usual = sign(Draft(CALL), KEY, timestamp=NOW).headers
    reverse = sign(Draft(CALL, reverse_headers=True), KEY, timestamp=NOW).headers
    assert reverse == usual[::-1] != usual


def test_the_repr_of_a_draft_shows_its_unusual_choices() -> None:
    assert repr(Draft(CALL)) == "<Draft <Webhook call.initiated>>"
    assert repr(Draft(CALL, "spaced", "title", True, True)) == (
        "<Draft <Webhook call.initiated>, layout='spaced', header_case='title', charset=True, "
        "reverse_headers=True>"
    )


def test_an_unknown_header_case_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no header case 'Titel'\. Did you mean 'title'\?"):
        Draft(CALL, header_case="Titel")
