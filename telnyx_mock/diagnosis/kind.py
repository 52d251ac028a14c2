"""A kind of fault: one way in which receivers fail, and the findings by which it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.app_facts import Mention
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.diagnosis.observation import Answer
from telnyx_mock.diagnosis.remedies.remedy import Remedy

ANY_ANSWER = frozenset(Answer)
ACCEPTED = frozenset({Answer.ACCEPTED})
REDIRECTED = frozenset({Answer.REDIRECTED})
REFUSED = frozenset({Answer.REFUSED})
FAILED = frozenset({Answer.FAILED, Answer.MISSING})


def _any(_: Finding) -> bool:
    return True


class Who(Enum):
    """Who can make the fault show. The value is a sentence."""

    ANYONE = "Anyone who knows the address, without a key."
    RECORDER = "Anyone who has recorded a request, such as a proxy or a reader of logs."
    CALLER = "Anyone who can ring or text."
    TELNYX = "Telnyx does this by itself."
    OPERATOR = "Nobody but you: it follows from a setting."


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One way in which receivers fail.

    Its *id* is a name in lower case, and *title* a sentence about the receiver. A receiver has the
    fault if it breaks each of the rules in *signs* with one of these *answers*, and if it does not
    break the rules in *kept* in this way. A sign such as ``a|b``
    stands for either rule, and ``survives-*`` for any that matches. *everywhere*: no check of the signs
    may have passed; *somewhere*: one must have, or the first event tried. A crash does not count as a
    sign if a finding about the rules in *unlike* shows the same crash.

    *harm* says what can happen, and *who* can make it happen.

    A *single* fault explains all findings about its signs and about the rules in *explains*, with
    one of these answers, and *only* those which this function accepts; with *same_status*, only those
    with a status of the signs. It also explains all findings about the rules in *consequences*. A kind that is not single names a fault
    whose findings have one crash, or one field and one answer, in common. The worst finding says the rest.
    *fix* says what to change; the findings of a kind that is not single say it more exactly.
    With *one_mistake*, several such crashes are one fault, because one change mends all of them.
    *remedy* is the fix as code. Without a crash, the fault is where the app *mentions* one of these.
    """

    id: str
    title: str
    harm: str
    signs: str
    kept: str = ""
    unlike: str = ""
    explains: str = ""
    consequences: str = ""
    answers: frozenset[Answer] = ANY_ANSWER
    everywhere: bool = False
    somewhere: bool = False
    only: Callable[[Finding], bool] = _any
    same_status: bool = False
    single: bool = False
    one_mistake: bool = False
    who: Who = Who.TELNYX
    fix: str = ""
    remedy: Remedy | None = None
    mentions: tuple[Mention, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether only some of the findings about the signs show the fault."""
        return self.only is not _any

    def shows(self, finding: Finding) -> bool:
        """Return whether *finding* is about an answer that this fault gives."""
        return Answer.of(finding) in self.answers and self.only(finding)
