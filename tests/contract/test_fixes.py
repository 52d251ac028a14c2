"""The fix that a finding names follows from the mutated fields of the webhook."""

from __future__ import annotations

from telnyx_mock.contract.engine.fixes import ANY_CASE, MEDIA_TYPE, RAW_BYTES, fix_for
from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.receiver import Response
from tests.conftest import Snapshot

KEY = KeyPair.generate()


def fix(draft: Draft, status: int = 500) -> str:
    """What to change in a receiver that answers *draft* with *status*."""
    request = sign(draft, KEY, timestamp=1_800_000_000)
    answer = Response(status, (), b"", 0.0)
    return fix_for(Delivery((Attempt(request, "https://localhost/", answer, 0.0),)))


def mutated(event: str, **overrides: Json) -> Draft:
    return Draft(webhook(event, **overrides))


USUAL = sample("call.initiated")
DRAFTS = {
    "an absent field": mutated("call.initiated", client_state=ABSENT),
    "null": mutated("call.hangup", call_quality_stats=None),
    "a SIP address": mutated("call.initiated", to="user@sip.example.com"),
    "a caller without a number": mutated("call.initiated", from_="anonymous"),
    "a telephone number": mutated("call.initiated", from_="+442079460123"),
    "an empty text": mutated("call.initiated", caller_id_name=""),
    "a long text": mutated("call.initiated", caller_id_name="x" * 50),
    "a letter beyond ASCII": mutated("call.initiated", caller_id_name="Zoë"),
    "an emoji": mutated("call.initiated", caller_id_name="🙂"),
    "an empty list": mutated("call.initiated", tags=[]),
    "a longer list": mutated("call.initiated", tags=["a", "b", "c"]),
    "a value of a set": mutated("call.hangup", hangup_cause="call_rejected"),
    "the time of the event": Draft(
        sample(
            "call.hangup", strict=False, start_time=sample("call.hangup").payload["end_time"]
        ).fresh()
    ),
    "a time in another offset": mutated("call.hangup", start_time="2024-02-29T12:00:00+02:00"),
    "an id of another form": mutated("call.initiated", call_leg_id="x/y"),
    "a boolean": mutated("call.initiated", shaken_stir_attestation="A", shaken_stir_validated=True),
    "a number": mutated("call.initiated", **{"meta.attempt": 2}),
    "four fields": mutated(
        "call.initiated", client_state=ABSENT, caller_id_name="", tags=[], from_="anonymous"
    ),
    "a field of a form": mutated("texml.call.completed", From="anonymous"),
    "two fields": mutated("call.initiated", client_state=ABSENT, caller_id_name=""),
    "the sample": Draft(USUAL),
}


def test_each_mutation_has_its_fix(snapshot: Snapshot) -> None:
    snapshot("fixes", "".join(f"{name}\n    {fix(draft)}\n" for name, draft in DRAFTS.items()))


def test_a_field_that_is_not_declared_has_no_fix() -> None:
    many = {f"future_field_{number}": "future" for number in range(9)}
    assert fix(mutated("call.initiated", extra=many)) == ""


def test_bytes_and_headers_go_before_the_fields() -> None:
    assert fix(Draft(webhook("call.initiated", caller_id_name="Zoë"), "escaped")) == RAW_BYTES
    assert fix(Draft(USUAL, header_case="upper")) == ANY_CASE
    assert fix(Draft(USUAL, charset=True)) == MEDIA_TYPE
    assert fix(Draft(USUAL, reverse_headers=True)) == ANY_CASE


def test_a_member_that_the_app_missed_has_one_fix() -> None:
    crash = "Traceback (most recent call last):\nKeyError: 'from_sip_uri'\n"
    request = sign(mutated("call.initiated", from_sip_uri=ABSENT), KEY, timestamp=1_800_000_000)
    answer = Response(500, (), b"", 0.0, crash=crash)
    delivery = Delivery((Attempt(request, "https://localhost/", answer, 0.0),))
    assert fix_for(delivery).count("from_sip_uri") == 1


def test_401_means_that_the_receiver_does_not_verify_the_raw_bytes() -> None:
    """The signature is right, so a 401 has nothing to do with the field itself."""
    assert fix(mutated("call.initiated", caller_id_name="Zoë"), 401).startswith(RAW_BYTES)
    assert fix(Draft(sample("message.received")), 401).startswith(RAW_BYTES)
