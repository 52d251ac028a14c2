"""The flows that can be played, by name."""

from __future__ import annotations

from telnyx_mock.errors import unknown
from telnyx_mock.flows.flow import DIALLED, Act, Flow

_ALL = (
    Flow(
        "inbound-ivr",
        "A caller hears the menu, presses 1, and hangs up.",
        (
            Act("caller", "rings"),
            Act("caller", "presses", "1"),
            Act("caller", "hangs up"),
        ),
    ),
    Flow(
        "silent-caller",
        "A caller presses and says nothing, and hangs up in the end.",
        (
            Act("caller", "rings"),
            Act("caller", "stays silent"),
            Act("caller", "stays silent"),
            Act("caller", "stays silent"),
            Act("caller", "hangs up"),
        ),
    ),
    Flow(
        "hangs-up-early",
        "A caller hangs up while the app still speaks.",
        (
            Act("caller", "rings in a hurry"),
            Act("caller", "hangs up"),
        ),
    ),
    Flow(
        "voicemail",
        "A caller leaves a message: speaks, is silent, and hangs up.",
        (
            Act("caller", "rings"),
            Act("caller", "says", "Please call me back."),
            Act("caller", "stays silent"),
            Act("caller", "hangs up"),
        ),
    ),
    Flow(
        "transfer",
        "A caller presses 1, and talks to who answers the telephone that the app calls then.",
        (
            Act("caller", "rings"),
            Act("caller", "presses", "1"),
            Act(DIALLED, "answers"),
            Act(DIALLED, "says", "Sales, good day."),
            Act("caller", "says", "Good day."),
            Act(DIALLED, "hangs up"),
            Act("caller", "hangs up"),
        ),
    ),
    Flow(
        "transfer-busy",
        "A caller presses 1, and the telephone that the app calls then is busy.",
        (
            Act("caller", "rings"),
            Act("caller", "presses", "1"),
            Act(DIALLED, "is busy"),
            Act("caller", "stays silent"),
            Act("caller", "hangs up"),
        ),
    ),
    Flow(
        "conference-three",
        "Three people call, talk, and hang up one after the other.",
        (
            Act("caller", "rings"),
            Act("second", "rings"),
            Act("third", "rings"),
            Act("caller", "says", "Is everybody here?"),
            Act("third", "says", "Yes."),
            Act("second", "hangs up"),
            Act("caller", "hangs up"),
            Act("third", "hangs up"),
        ),
    ),
    Flow(
        "outbound-person",
        "A person answers the telephone that the app calls, listens, and hangs up.",
        (
            Act(DIALLED, "answers"),
            Act(DIALLED, "stays silent"),
            Act(DIALLED, "hangs up"),
        ),
    ),
    Flow(
        "outbound-amd-machine",
        "An answering machine answers the telephone that the app calls.",
        (
            Act(DIALLED, "answers as a machine"),
            Act(DIALLED, "stays silent"),
            Act(DIALLED, "hangs up"),
        ),
    ),
    Flow(
        "outbound-busy",
        "The telephone that the app calls is busy.",
        (Act(DIALLED, "is busy"),),
    ),
    Flow(
        "sms-conversation",
        "A person writes two messages.",
        (
            Act("caller", "writes", "Hello"),
            Act("caller", "writes", "When do you open?"),
        ),
    ),
    Flow(
        "opt-out",
        "A person writes, opts out with STOP, and opts in again with START.",
        (
            Act("caller", "writes", "Hello"),
            Act("caller", "writes", "STOP"),
            Act("caller", "writes", "START"),
        ),
    ),
    Flow(
        "mms-in",
        "A person sends a picture.",
        (Act("caller", "sends a picture", "Look at this"),),
    ),
)

FLOWS = {flow.name: flow for flow in _ALL}


def find_flow(name: str) -> Flow:
    """Return the flow of this *name*. Raises UsageError, with the nearest names, if there is none."""
    if name not in FLOWS:
        raise unknown("flow", name, FLOWS)
    return FLOWS[name]
