"""The invariants: what must hold in every call, why, and what to do if it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from telnyx_mock.contract.engine.choice import choice
from telnyx_mock.errors import BudgetSpent, ReceiverFailure
from telnyx_mock.settings import Settings
from telnyx_mock.severity import Severity


@dataclass(frozen=True, slots=True)
class Invariant:
    """One invariant. *title* states it, *why* gives its reason, and *fix* says what to change."""

    id: str
    title: str
    severity: Severity
    why: str
    fix: str


_OWN_TIMER = (
    "Nothing that Telnyx sends will end this, so the call goes on, and costs, until a person hangs up. "
    "Only a timer of your own, which a simulation cannot see, could still end it."
)

KEEPS_RUNNING = "keeps-running"
"""The invariant that only a run in a child process can judge."""

INVARIANTS: Mapping[str, Invariant] = {
    each.id: each
    for each in (
        Invariant(
            "accepts-each-webhook-of-a-call",
            "accepts each webhook of a call",
            Severity.ERROR,
            "Telnyx delivers a webhook again that is not accepted, and gives up after two attempts. Then "
            "the call stays where it is.",
            "Handle the webhook that the story ends with, whatever came before it.",
        ),
        Invariant(
            "answers-while-telnyx-waits",
            "answers each webhook of a call before Telnyx gives up",
            Severity.ERROR,
            "Telnyx waits about two seconds for an answer, and then delivers the webhook again. A handler that waits for what "
            "another webhook tells, such as call.answered, holds up the answer, and perhaps that webhook, too.",
            "Answer at once, and go on when the next webhook comes. Work that takes longer belongs into the background.",
        ),
        Invariant(
            "survives-a-hangup-at-any-moment",
            "accepts a webhook although the call has ended meanwhile",
            Severity.ERROR,
            "A person may hang up while your app handles a webhook. Telnyx then refuses the command (422, "
            "code 90018), and no later attempt can succeed.",
            "Catch this error of the API, and answer 200.",
        ),
        Invariant(
            "keeps-a-call-when-the-api-fails",
            "sends a command again, or asks for the webhook again, after 429 and 5xx",
            Severity.ERROR,
            "Telnyx has not carried out a command that it answers with 429 or 5xx. If the app "
            "acknowledges the webhook all the same, nothing moves the call on, and the caller waits in vain.",
            "Send the command again, or answer 503, so that Telnyx delivers the webhook again.",
        ),
        Invariant(
            "acts-once-on-a-webhook",
            "acts once on a webhook that Telnyx delivers twice",
            Severity.ERROR,
            "Telnyx delivers a webhook again if it does not see the answer. Then the caller hears "
            "everything twice.",
            "Store data.id before you act, or send each command with a command_id that you derive from it.",
        ),
        Invariant(
            "keeps-calls-of-people-apart",
            "sends a command for the call that the webhook is about, while others call",
            Severity.ERROR,
            "Several people call at the same time. One of them gets what another one asked for.",
            "Take call_control_id from the webhook. Do not keep the current call in a global variable, nor by the caller's "
            "number: a person may call twice.",
        ),
        Invariant(
            "commands-calls-it-can-know",
            "sends commands only for calls that it can know",
            Severity.ERROR,
            "No webhook and no answer of the API named this call, so the command reaches nobody, or somebody else.",
            "Take call_control_id from the webhook, as it is.",
        ),
        Invariant(
            "answers-before-it-speaks",
            "plays or gathers nothing before call.answered has come",
            Severity.ERROR,
            "Telnyx refuses to play anything to a telephone that rings (422, code 90034), so the person misses it. A call "
            "is not answered yet when Telnyx has accepted the command answer.",
            "Send the command once call.answered has come.",
        ),
        Invariant(
            "answers-once",
            "answers each call once",
            Severity.WARNING,
            "Telnyx refuses to answer a call that is answered.",
            "Answer at call.initiated, and nowhere else.",
        ),
        Invariant(
            "answers-only-callers",
            "answers only people who call, not telephones that it calls itself",
            Severity.WARNING,
            "A transfer and a dial begin a call, too, with call.initiated. Only the person there can answer it.",
            "Answer only if payload.direction is incoming.",
        ),
        Invariant(
            "plays-the-menu-to-callers",
            "asks the caller, and not also the person whom the caller is transferred to",
            Severity.WARNING,
            "The telephone that a transfer calls has events of its own, such as call.answered, with the same "
            "names as those of the caller.",
            "Look at the client_state (target_leg_client_state of transfer) or at the call_control_id.",
        ),
        Invariant(
            "leaves-ended-calls-alone",
            "sends no command for a call at the webhook that tells of its end",
            Severity.WARNING,
            "Telnyx refuses each command for a call that has ended (422, code 90018).",
            "Send no command at call.hangup: Telnyx ends recordings and all else by itself.",
        ),
        Invariant(
            "gives-up-on-a-silent-caller",
            "ends at some time, if the caller never says or presses anything",
            Severity.ERROR,
            "A telephone that nobody holds any more is silent. A menu without end holds the line, and costs, "
            "until Telnyx cuts it after hours.",
            "Count the attempts, and hang up or transfer after a few.",
        ),
        Invariant(
            "leaves-nobody-in-silence",
            "goes on, or hangs up, when a person has nothing to wait for",
            Severity.WARNING,
            _OWN_TIMER,
            "Hang up, or say what comes next, at the last webhook of the story.",
        ),
        Invariant(
            "lets-people-into-a-conference",
            "lets people into a conference, although an earlier one has ended",
            Severity.ERROR,
            "A conference ends when all have left it. Telnyx refuses each command for it from then on (422, code 90019), "
            "and whoever calls next is in no conference.",
            "Forget the conference at conference.ended, and create another one for the next caller. Do so, too, if Telnyx "
            "refuses the command.",
        ),
        Invariant(
            "hangs-up-after-the-caller",
            "hangs up the telephones that it called for a caller who is gone",
            Severity.WARNING,
            _OWN_TIMER,
            "At call.hangup of the caller, hang up the calls that your app made for this caller.",
        ),
        Invariant(
            "tells-people-from-machines",
            "treats people and machines differently, if it asks Telnyx to tell them apart",
            Severity.WARNING,
            "The app asks Telnyx to detect machines, and then does the same for both. So a person hears what is meant for "
            "a machine, or the machine's greeting drowns what is meant for a person.",
            "Look at payload.result: human, or with premium detection human_residence and human_business. Speak to a "
            "machine at call.machine.greeting.ended, after its greeting.",
        ),
        Invariant(
            "calls-others-not-itself",
            "calls no number of its own, and sends no message to it",
            Severity.ERROR,
            "The number leads back to the app, which answers itself, and so on without end. Each call and each message costs.",
            "Of payload.from and payload.to, take the number of the person, not your own.",
        ),
        Invariant(
            "records-once",
            "records a call once at a time",
            Severity.WARNING,
            "Two recordings of the same kind run at the same time, on one telephone or on both that are joined. Each "
            "costs, and holds what was said.",
            "Start the recording in one place, and for one telephone: with answer (record), or with record_start.",
        ),
        Invariant(
            "lets-people-talk-on",
            "lets two people talk on, when another telephone hangs up",
            Severity.ERROR,
            "Each telephone has a call.hangup of its own, with the same name: also one that rang in vain while another "
            "was answered. The caller is cut off in the middle of a talk.",
            "At call.hangup, look whose it is (call_control_id), and with whom the caller is joined now.",
        ),
        Invariant(
            "answers-people-not-itself",
            "sends no message because of its own messages, and so on without end",
            Severity.ERROR,
            "Telnyx tells of each message that the app sends, too: message.sent and message.finalized. Each message costs.",
            "Answer only message.received.",
        ),
        Invariant(
            "stops-answering-an-automaton",
            "stops answering a telephone that answers by itself",
            Severity.ADVICE,
            "Some telephones answer each message by themselves, while somebody drives or is away. Two automata then write "
            "to each other without end, and each message costs.",
            "Answer the same words of one number only a few times, or leave unknown words unanswered.",
        ),
        Invariant(
            "writes-to-nobody-who-opted-out",
            "sends no message to a person who has written STOP, until this person writes START",
            Severity.WARNING,
            "Telnyx refuses such a message (code 40300), and who has opted out must be left alone.",
            "Store who has opted out, and look before you send.",
        ),
        Invariant(
            KEEPS_RUNNING,
            "neither ends its process nor hangs during a call",
            Severity.ERROR,
            "All calls that the process serves end with it.",
            "Handle the webhook that the story ends with, without an end of the process and without an endless wait.",
        ),
    )
}


def chosen_invariants(settings: Settings) -> Mapping[str, Invariant]:
    """Return the invariants that *settings* choose, with the severities that these give.

    Raises UsageError if a pattern matches no invariant, or if none is left.
    """
    chosen = choice(
        "invariant",
        INVARIANTS,
        settings.only,
        settings.exclude,
        settings.rules_with_severity,
    )
    return {
        name: replace(each, severity=Severity(settings.severity_of(name) or each.severity))
        for name, each in chosen.items()
    }


class Violation(ReceiverFailure):
    """An invariant that does not hold. *message* says what the receiver did, and *story* how it came to it.

    *delivery* is the id of the last delivery of the story in the journal; empty if there is none.
    """

    def __init__(self, invariant: Invariant, message: str, story: str, delivery: str = "") -> None:
        super().__init__(f"{message}\n{story}\n  why  {invariant.why}\n  fix  {invariant.fix}")
        self.invariant = invariant
        self.message = message
        self.story = story
        self.delivery = delivery

    def judged(self, invariant: Invariant) -> Violation:
        """Return the same violation of *invariant*, which may have another severity."""
        return Violation(invariant, self.message, self.story, self.delivery)


class Certain(BaseException):
    """Ends the run at once with a *violation*, which would take too long to shrink. Hypothesis lets it pass."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(str(violation))
        self.violation = violation


class OutOfTime(BaseException):
    """Ends the run, because the app takes so long for each call. Hypothesis lets it pass."""


class OutOfBudget(BaseException):
    """Ends the run, because it may send no request any more. Hypothesis lets it pass."""

    def __init__(self, spent: BudgetSpent) -> None:
        super().__init__(str(spent))
        self.requests = spent.requests
