"""Checks the invariants: at each webhook and its consequences, and when all is quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from telnyx_mock.contract.calls import conferences, joined
from telnyx_mock.contract.calls.stage import Handling, Heard, Stage, is_success
from telnyx_mock.delivery import Attempt
from telnyx_mock.simulator.commands import SENDS
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.parameters import texts
from telnyx_mock.simulator.transcript import telephone
from telnyx_mock.transports.receiver import NoAnswerReason

Check = Callable[[Stage, Handling], str | None]
"""Returns what the receiver did wrong at a webhook, as a sentence, or None."""

PLAYS = frozenset(
    ("speak", "playback_start", "gather", "gather_using_speak", "gather_using_audio", "send_dtmf")
)
"""The commands that Telnyx refuses for a telephone that rings."""

GATHERS = frozenset(("gather", "gather_using_speak", "gather_using_audio"))

_SEEN = (
    "answer reject hangup transfer bridge playback_stop gather_stop record_start record_stop record_pause "
    "record_resume streaming_start streaming_stop fork_start fork_stop siprec_start siprec_stop "
    "transcription_start transcription_stop enqueue leave_queue client_state_update"
)
SEEN = PLAYS | set(_SEEN.split())
"""The commands whose end shows on the leg. After any other, something may go on that nobody sees here."""

MOST_PROMPTS = 12
"""So many commands that gather keys of one silent person are without end."""

MOST_IN_A_CHAIN = 10
"""So many messages, each because of the one before, are without end."""

ENDLESS = ("answers-people-not-itself", "gives-up-on-a-silent-caller")
"""What breaks these goes on and on by itself."""

ASKS_AGAIN = (429, 503)
"""The answers by which a receiver asks for a later delivery."""


def at_a_webhook(stage: Stage, handling: Handling) -> Iterator[tuple[str, str]]:
    """Yield each invariant that *handling* shows to be broken, by id, with a sentence."""
    for name, check in _CHECKS.items():
        if (message := check(stage, handling)) is not None:
            yield name, message


def at_rest(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield each invariant that shows to be broken now that nothing happens by itself any more."""
    for handling in stage.handlings:
        for heard in handling.heard:
            leg = heard.leg
            if not heard.failed or leg is None or leg.has_ended or not handling.accepted:
                continue
            if stage.went_on(handling, heard) or not is_left_alone(stage, leg):
                continue
            yield (
                "keeps-a-call-when-the-api-fails",
                f"The app sent {heard.command.name}, which the API answered {heard.status}; it acknowledged "
                f"{handling.name}, sent no command again, and {heard.number} waits in vain.",
            )
    yield from conferences.left_outside(stage)


def is_left_alone(stage: Stage, leg: Leg) -> bool:
    """Whether nothing goes on at *leg*, nothing will without its person, and the app has no plans to see."""
    waits_or_plays = (
        leg.sounds
        or leg.gather
        or leg.queue
        or leg.recordings
        or leg.streams
        or leg.transcribes
        or leg.conference
    )
    others = [each for each in stage.network.legs.values() if each is not leg]
    return (
        not leg.has_ended
        and leg.peer is None
        and leg.bridges_to is None
        and not waits_or_plays
        and stage.network.patience_of(leg) is None
        and not any(
            each.direction == "outgoing" or each.call_session_id == leg.call_session_id
            for each in others
        )
        and not _does_more(stage, leg)
        and not stage.acts_alone
        and stage.wait_until_idle()
    )


def _does_more(stage: Stage, leg: Leg) -> bool:
    """Whether the app sent a command whose effects do not show on the leg, such as for a conference."""
    return any(
        heard.command.name not in SEEN and leg.call_control_id in heard.command.texts()
        for handling in stage.handlings
        for heard in handling.heard
    )


def _is_accepted(stage: Stage, handling: Handling) -> str | None:
    if (
        handling.misled
        or not _refusals(handling)
        or any(heard.status >= 400 for heard in handling.heard)
    ):
        return None
    first, *_ = _refusals(handling)
    if first.no_answer is NoAnswerReason.TIMEOUT:
        return None  # a late answer is looked into, as this machine may be slow
    status = None if first.response is None else first.response.status
    if handling.accepted and status in ASKS_AGAIN and not first.crash:
        return None
    return f"{_subject(handling)} was answered {first.answer()}."


def _survives_hangup(stage: Stage, handling: Handling) -> str | None:
    if handling.misled or handling.accepted:
        return None
    for heard in handling.heard:
        if heard.status == 422 and heard.was == "ended":
            refused = _refusals(handling)[0].answer()
            return (
                f"{heard.number} had hung up, so the API refused "
                f"{heard.command.name} with 422; the app then answered {handling.name} with {refused}."
            )
    return None


def _asks_again(stage: Stage, handling: Handling) -> str | None:
    if (
        handling.misled
        or handling.accepted
        or any(heard.was == "ended" for heard in handling.heard)
    ):
        return None
    for heard in handling.heard:
        if heard.failed:
            return (
                f"The API answered {heard.command.name} with {heard.status} once; the app answered {handling.name} "
                f"with {handling.attempts[-1].answer()}, and Telnyx gave up."
            )
    return None


def _refusals(handling: Handling) -> list[Attempt]:
    return [attempt for attempt in handling.attempts if not is_success(attempt)]


def _acts_once(stage: Stage, handling: Handling) -> str | None:
    if handling.before is None:
        return None
    known = [heard.meaning for heard in handling.before.heard if heard.counts]
    for heard in handling.heard:
        if heard.counts and heard.meaning in known:
            return f"{handling.name} came twice, and the app sent {heard.command.name} twice."
    return None


def _knows_call(stage: Stage, handling: Handling) -> str | None:
    for heard in handling.heard:
        call = heard.command.call_control_id
        if call is not None and heard.leg is None and not stage.knows(call):
            return f"At {handling.name}, the app sent {heard.command.name} for a call that nobody named: {call!r:.60}."
    return None


def _answers_first(stage: Stage, handling: Handling) -> str | None:
    for heard in handling.heard:
        leg = heard.leg
        if leg is None or heard.command.name not in PLAYS or heard.failed or heard.was == "ended":
            continue
        at = f"At {handling.name}, the app sent {heard.command.name}"
        is_own = leg.call_session_id == handling.session
        if leg.direction == "incoming" and not is_own:
            continue  # it may be the wrong call, which is another fault
        if leg.direction == "incoming" and _only_rings(stage, leg):
            return f"{at} before call.answered had come."
        if heard.was == "ringing":
            return f"{at} before anybody had answered the call."
    return None


def _only_rings(stage: Stage, leg: Leg) -> bool:
    """Whether no webhook shows the app that *leg* is answered. Others than call.answered show it, too."""
    return all(
        each.name == "call.initiated"
        for each in stage.handlings
        if each.call == leg.call_control_id
    )


def _answers_once(stage: Stage, handling: Handling) -> str | None:
    for heard in handling.fresh:
        if heard.command.name == "answer" and heard.was in ("answered", "bridged", "held"):
            return f"At {handling.name}, the app answered a call that it had answered before."
    return None


def _answers_callers(stage: Stage, handling: Handling) -> str | None:
    for heard in handling.heard:
        outgoing = heard.leg is not None and heard.leg.direction == "outgoing"
        if outgoing and heard.command.name in ("answer", "reject"):
            return f"At {handling.name}, the app sent {heard.command.name} for a telephone that it calls itself."
    return None


def _asks_callers(stage: Stage, handling: Handling) -> str | None:
    asked = {_question(heard) for heard in _all(stage) if _is_for(heard, "incoming")}
    for heard in handling.heard:
        if _is_for(heard, "outgoing") and (question := _question(heard)) in asked and question[-1]:
            return f"At {handling.name} of {heard.number}, whom it calls, the app asked what it had asked the caller."
    return None


def _is_for(heard: Heard, direction: str) -> bool:
    return heard.counts and heard.leg is not None and heard.leg.direction == direction


def _question(heard: Heard) -> tuple[str, str, Any]:
    """Return what *heard* asks for keys with, and within which session; the last is empty if it does not."""
    given, session = heard.command.parameters, heard.leg.call_session_id if heard.leg else ""
    name = heard.command.name
    words = (given.get("payload") or given.get("audio_url")) if name in GATHERS else ""
    return name, session, str(words or "")


def _stops(stage: Stage, handling: Handling) -> str | None:
    if handling.name != "call.hangup" or stage.acts_alone:
        return None  # a receiver that keeps nothing cannot know it at any other webhook
    for heard in handling.heard:
        if heard.was == "ended" and heard.command.call == handling.call and not heard.failed:
            return f"At call.hangup, the app sent {heard.command.name} for the call that has ended."
    return None


def _answers_people(stage: Stage, handling: Handling) -> str | None:
    """Look at what the app sends because of its own messages."""
    chain = [
        each
        for each in stage.handlings[stage.since :]
        if each.name in ("message.sent", "message.finalized")
        and any(heard.counts and heard.command.name in SENDS for heard in each.heard)
    ]
    if handling not in chain or len(chain) < MOST_IN_A_CHAIN:
        return None
    return f"The app sends a message at {handling.name} of its own message, and so on without end."


def _gives_up(stage: Stage, handling: Handling) -> str | None:
    """Look whether the app asks for keys again and again, while no time passes and nobody does anything."""
    for heard in handling.heard:
        leg = heard.leg
        if leg is None or not heard.counts or heard.command.name not in GATHERS:
            continue
        if prompts(leg, stage.handlings[stage.since :]) >= MOST_PROMPTS:
            return (
                f"{telephone(leg)} does nothing, and the app has asked for keys {MOST_PROMPTS} times, the last time at "
                f"{handling.name}, and goes on."
            )
    return None


def prompts(leg: Leg, handlings: Iterable[Handling]) -> int:
    """Return how often the app asked for keys at *leg* because of *handlings*."""
    return sum(
        heard.leg is leg and heard.counts and heard.command.name in GATHERS
        for handling in handlings
        for heard in handling.heard
    )


def _respects_opt_out(stage: Stage, handling: Handling) -> str | None:
    if handling.before is not None or _keyword(handling):
        return None
    out: set[str] = set()
    for each in stage.handlings[: stage.handlings.index(handling)]:
        if each.accepted and (keyword := _keyword(each)):
            person = each.webhook.payload["from"]["phone_number"]
            out = out | {person} if keyword == "STOP" else out - {person}
    for heard in handling.heard:
        for person in texts(heard.command.parameters, "to"):
            if heard.command.name in SENDS and person in out:
                return f"{person} has written STOP, but the app sent this person a message at {handling.name}."
    return None


def _keyword(handling: Handling) -> str:
    """Return STOP or START if *handling* is a message that says so, or empty."""
    value = handling.webhook.payload.get("autoresponse_type")
    return value if handling.name == "message.received" and value in ("STOP", "START") else ""


def _all(stage: Stage) -> Iterator[Heard]:
    return (heard for handling in stage.handlings for heard in handling.heard)


def _subject(handling: Handling) -> str:
    return f"{handling.name}, which came again," if handling.before is not None else handling.name


_CHECKS: dict[str, Check] = {
    "survives-a-hangup-at-any-moment": _survives_hangup,
    "keeps-a-call-when-the-api-fails": _asks_again,
    "accepts-each-webhook-of-a-call": _is_accepted,
    "commands-calls-it-can-know": _knows_call,
    "acts-once-on-a-webhook": _acts_once,
    "answers-before-it-speaks": _answers_first,
    "answers-only-callers": _answers_callers,
    "answers-once": _answers_once,
    "plays-the-menu-to-callers": _asks_callers,
    "leaves-ended-calls-alone": _stops,
    "records-once": joined.records_once,
    "lets-people-talk-on": joined.lets_talk,
    "keeps-calls-of-people-apart": joined.spares_strangers,
    "answers-people-not-itself": _answers_people,
    "gives-up-on-a-silent-caller": _gives_up,
    "writes-to-nobody-who-opted-out": _respects_opt_out,
}
