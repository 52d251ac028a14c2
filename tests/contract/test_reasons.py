"""Every reason for a check without a verdict: its code, its sentence, and its way through JSON."""

from __future__ import annotations

import string

from telnyx_mock.contract.engine.reason import NAMED, Inconclusive, Reason, Why
from tests.conftest import Snapshot

DETAILS = {
    "sentence": "Nobody wrote.",
    "address": "http://127.0.0.1:12111/v2",
    "sign": "a wait of 0.05 s ended 0.3 s too late",
    "event": "call.hangup",
    "rule": "accepts-null",
    "products": "rcs,whatsapp",
    "missing": "there is no table calls",
    "answer": "401 Unauthorized",
    "answers": "404 or 405",
    "calls": "A call by urllib.request to api.telnyx.com was blocked.",
    "how": "with every new value",
    "keys": "the old key",
    "problem": "ConnectionRefusedError",
    "variable": "TELNYX_API_KEY",
    "when": "20th",
    "what": "An exception in the background",
}


def sample(why: Why) -> Reason:
    gaps = {name for _, name, _, _ in string.Formatter().parse(why.value) if name}
    about = "call.initiated" if "about" in gaps else ""
    return Reason(why, about, {name: DETAILS[name] for name in sorted(gaps - {"about"})})


def test_the_sentences(snapshot: Snapshot) -> None:
    lines = [f"{why.code}\n    {sample(why)}\n" for why in Why]
    snapshot("reasons", "".join(lines))


def test_a_reason_is_the_same_after_the_way_through_json() -> None:
    reasons = [sample(why) for why in Why]
    assert [Reason.from_json(reason.to_json()) for reason in reasons] == reasons


def test_a_sentence_names_few_of_many_events() -> None:
    names = [f"event.{number}" for number in range(NAMED + 2)]
    sentence = Reason(Why.FAMILY_NOT_SERVED).sentence(names)
    assert sentence == "The receiver does not serve " + ", ".join(names[:NAMED]) + " and 2 more."


def test_an_exception_carries_its_reason() -> None:
    problem = Inconclusive(Why.BUSY, "fax.sent")
    assert problem.reason == Reason(Why.BUSY, "fax.sent")
    assert str(problem) == str(problem.reason)
