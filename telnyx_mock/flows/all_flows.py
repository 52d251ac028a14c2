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
        "warm-transfer",
        "A caller presses 1; who answers the telephone that the app calls then agrees, and they talk.",
        (
            Act("caller", "rings"),
            Act("caller", "presses", "1"),
            Act(DIALLED, "answers"),
            Act(DIALLED, "says", "Put them through."),
            Act(DIALLED, "presses", "1"),
            Act("caller", "says", "Good day."),
            Act(DIALLED, "says", "Good day. How can I help?"),
            Act("caller", "hangs up"),
            Act(DIALLED, "hangs up"),
        ),
    ),
    Flow(
        "queue",
        "Two callers wait in a queue, and the first one gives up.",
        (
            Act("caller", "rings"),
            Act("second", "rings"),
            Act("caller", "stays silent"),
            Act("caller", "hangs up"),
            Act("second", "stays silent"),
            Act("second", "hangs up"),
        ),
    ),
    Flow(
        "payment",
        "A caller pays with a card when the app asks for it, and hangs up.",
        (
            Act("caller", "rings"),
            Act("caller", "pays"),
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
    Flow(
        "rcs-conversation",
        "A person writes by RCS, reads the answer, and sends a picture.",
        (
            Act("caller", "writes", "Hello", by="RCS"),
            Act("caller", "reads", by="RCS"),
            Act("caller", "sends a picture", "Look at this", by="RCS"),
        ),
    ),
    Flow(
        "whatsapp-conversation",
        "A person writes by WhatsApp, reads the answer, and sends a picture.",
        (
            Act("caller", "writes", "Hello", by="WHATSAPP"),
            Act("caller", "reads", by="WHATSAPP"),
            Act("caller", "sends a picture", "Look at this", by="WHATSAPP"),
        ),
    ),
    Flow(
        "fax-in",
        "A fax machine sends a fax of two pages.",
        (Act("caller", "sends a fax"),),
    ),
    Flow(
        "verify",
        "The app verifies a number, and the person there gets the code.",
        (Act("caller", "gets a code"),),
    ),
)

FLOWS = {flow.name: flow for flow in _ALL}


def find_flow(name: str) -> Flow:
    """Return the flow of this *name*. Raises UsageError, with the nearest names, if there is none."""
    if name not in FLOWS:
        raise unknown("flow", name, FLOWS)
    return FLOWS[name]
