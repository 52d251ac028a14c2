"""Tells about a kind of fault without a receiver: how it is known, and what to change."""

from __future__ import annotations

from collections.abc import Iterable

from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.kind import ANY_ANSWER, FaultKind
from telnyx_mock.diagnosis.observation import Answer
from telnyx_mock.diagnosis.remedies import Remedy, code

EXAMPLE = "data.payload.client_state"
"""A member that many events have only sometimes."""


def known_by(kind: FaultKind) -> str:
    """Return by which broken and kept rules a fault of this *kind* is known, in one or two sentences."""
    text = f"It breaks {_all(sign.replace('|', ' or ') for sign in kind.signs.split())}"
    if kind.narrows:
        text += " in this way"
    if kind.answers != ANY_ANSWER:
        text += f", with the answer {' or '.join(each.value for each in Answer if each in kind.answers)}"
    if kind.somewhere:
        text += ", for some events and not for others"
    if kind.everywhere:
        text += ", for each event that is tried"
    if kind.kept:
        text += f". It keeps {_all(kind.kept.split())}"
    return f"{text}."


def _all(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def fix_in_words(kind: FaultKind) -> str:
    """Return what to change. If the kind does not say it, the one rule that it breaks does."""
    return kind.fix or CONTRACT[kind.signs].fix


def fix_as_code(
    kind: FaultKind,
    framework: Framework = Framework.UNKNOWN,
    verifier: Verifier = Verifier.UNKNOWN,
) -> str:
    """Return the fix as code for a receiver in *framework*; empty if the kind has none."""
    if kind.remedy is None:
        return ""
    member = EXAMPLE if kind.remedy is Remedy.READ_OPTIONAL else ""
    return code(kind.remedy, framework, verifier, member=member)
