"""Checks that people get into a conference that goes on."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.calls.stage import Handling, Stage

INVARIANT = "lets-people-into-a-conference"


def left_outside(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield the invariant, with a sentence, for each person whom the app sent to a conference that is over.

    It had had conference.ended, and did nothing else for this person.
    """
    memory = stage.api.memory
    for handling in stage.handlings:
        for heard in handling.heard:
            conference, leg = heard.command.conference, heard.leg
            if conference is None or leg is None or leg.has_ended or heard.status != 422:
                continue
            if not memory.states.conference_has_ended(conference):
                continue
            if not _knew(stage, handling, conference) or stage.went_on(handling, heard):
                continue
            if not stage.acts_alone and stage.wait_until_idle():
                yield (
                    INVARIANT,
                    f"At {handling.name}, the app sent {heard.command.name} for a conference that has ended, "
                    f"though it had had conference.ended; it sent nothing else, and {heard.number} waits in vain.",
                )


def _knew(stage: Stage, handling: Handling, conference: str) -> bool:
    """Whether the app had had the webhook about the end of *conference* before *handling*."""
    about = [
        each for each in stage.handlings if each.webhook.payload.get("conference_id") == conference
    ]
    if not about:
        return True  # it was a conference of other people, who called before
    before = stage.handlings[: stage.handlings.index(handling)]
    return any(each.name == "conference.ended" and each in before for each in about)
