"""Answering machine detection, standard and premium: a person, a machine, a fax, a call screen."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALL_PARTIES
from telnyx_mock.catalogue.kind_vocabulary import always, by_app, one_of
from telnyx_mock.schema.field import Field

FAMILY = Family("voice")

DIALLED: tuple[Field, ...] = tuple(map(by_app, CALL_PARTIES))
"""The sides of a leg that the app has dialled."""

FAMILY.event(
    "call.machine.detection.ended",
    *CALL_LEG,
    *DIALLED,
    field("result", one_of("machine", "human", "not_sure"), "who answered"),
    operation="callMachineDetectionEnded",
    trigger="Standard detection, requested by a dial or transfer command, has decided who answered.",
    before=("call.answered",),
    after=("call.machine.greeting.ended", "call.hangup"),
)

FAMILY.event(
    "call.machine.greeting.ended",
    *CALL_LEG,
    *DIALLED,
    field(
        "result",
        one_of("ended", "beep_detected", "not_sure"),
        "'ended' in mode greeting_end; 'beep_detected' in modes detect_beep and detect_words; 'not_sure' after 30 seconds without a beep",
    ),
    operation="callMachineGreetingEnded",
    trigger="The machine's greeting ends, in mode greeting_end, detect_words or (only with a beep) detect_beep.",
    before=("call.machine.detection.ended",),
    after=("call.hangup",),
    note="Mode detect never sends it.",
)

FAMILY.event(
    "call.machine.premium.detection.started",
    *CALL_LEG,
    *DIALLED,
    operation="callMachinePremiumDetectionStarted",
    trigger="Premium detection begins to listen.",
    before=("call.answered",),
    after=("call.machine.premium.detection.ended", "call.machine.premium.greeting.ended"),
)

FAMILY.event(
    "call.machine.premium.detection.ended",
    *CALL_LEG,
    *DIALLED,
    field(
        "result",
        one_of("machine", "human_residence", "human_business", "silence", "fax_detected", "not_sure"),
        "who answered",
    ),
    operation="callMachinePremiumDetectionEnded",
    trigger="Premium detection has decided who answered.",
    before=("call.machine.premium.detection.started",),
    after=("call.machine.premium.greeting.ended", "call.hangup"),
    note="Not sent if the beep comes before the decision.",
)

FAMILY.event(
    "call.machine.premium.call_screening.detected",
    *CALL_LEG,
    *DIALLED,
    field("result", always("screening"), "the phone asks the caller for a reason"),
    operation="callMachinePremiumCallScreeningDetected",
    trigger="Detection in mode premium_ios_call_screening_detection hears the tone of Apple's call screening.",
    before=("call.machine.premium.detection.ended",),
    after=("call.machine.premium.detection.ended",),
    note="Detection restarts afterwards, so a second call.machine.premium.detection.ended follows.",
)

FAMILY.event(
    "call.machine.premium.greeting.ended",
    *CALL_LEG,
    *DIALLED,
    field(
        "result",
        one_of("beep_detected", "no_beep_detected", "prompt_ended"),
        "whether a beep was heard; the value prompt_ended comes only in the mode premium_ios_call_screening_detection",
    ),
    operation="callMachinePremiumGreetingEnded",
    trigger="The machine's greeting ends, or its beep is heard.",
    before=("call.machine.premium.detection.ended",),
    after=("call.hangup",),
    note="If the beep comes early, only this event is sent, without call.machine.premium.detection.ended.",
)

EVENTS = FAMILY.events
