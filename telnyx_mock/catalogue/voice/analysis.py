"""Analysis of the sound of a call: live transcription, and detection of deepfake voices."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, optional
from telnyx_mock.catalogue.field_groups import CALL_LEG
from telnyx_mock.catalogue.kind_vocabulary import boolean, by_caller, cases, null, number, one_of, struct, text

FAMILY = Family("voice")

TRANSCRIPTION = struct(
    field("transcript", by_caller(text("hello this is a test speech")), "what was said"),
    field("is_final", boolean(True), "false while the words may still change"),
    optional("confidence", number(0.977219, 0, 1), "how sure the engine is, 0 to 1", nullable=True),
    optional("transcription_track", one_of("inbound", "outbound"), "who said it; engine B only"),
)

FAMILY.event(
    "call.transcription",
    *CALL_LEG,
    field("transcription_data", TRANSCRIPTION, "the words"),
    operation="transcription",
    trigger="Words are recognised after a transcription_start command; many events in one call.",
    before=("call.answered",),
    after=("call.transcription", "call.hangup"),
    note="The operation is called transcription. The event does not say which engine runs.",
)

FAMILY.event(
    "call.deepfake_detection.result",
    *CALL_LEG,
    field("result", one_of("real", "fake", "silence_timeout"), "a person, a synthetic voice, or no voice to judge"),
    field(
        "score",
        cases("result", {"silence_timeout": null()}, otherwise=number(0.04, 0, 1)),
        "how likely the voice is synthetic, 0 to 1; null after silence",
    ),
    field(
        "consistency",
        cases("result", {"silence_timeout": null()}, otherwise=number(97.5, 0, 100)),
        "how steady the verdict was over the call, in per cent; null after silence",
    ),
    operation="callDeepfakeDetectionResult",
    trigger="Deepfake detection, enabled by a dial or answer command, reaches a verdict or hears only silence.",
    before=("call.answered",),
    after=("call.hangup",),
)

FAMILY.event(
    "call.deepfake_detection.error",
    *CALL_LEG,
    field(
        "error_message",
        one_of("detection_timeout", "rtp_timeout", "dfd_connection_error", "dfd_stream_error"),
        "what went wrong",
    ),
    operation="callDeepfakeDetectionError",
    trigger="Deepfake detection, enabled by a dial or answer command, fails without a verdict.",
    before=("call.answered",),
    after=("call.hangup",),
)

EVENTS = FAMILY.events
