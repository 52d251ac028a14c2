"""``texml.deepfake.*``: whether a machine made the voice on a dialled leg.

Source: the guide to the Dial verb, which names these fields. Further fields are not documented.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_not, optional
from telnyx_mock.catalogue.kind_vocabulary import number, one_of, text
from telnyx_mock.provider_urls import VOICE_GUIDES
from telnyx_mock.schema.event import Status

DIAL_GUIDE = f"{VOICE_GUIDES}/texml-verbs/dial"
FAMILY = Family("texml", status=Status.DOCUMENTED, url=DIAL_GUIDE)
HEARD = is_not("DeepfakeResult", "silence_timeout")
NOTE = "The webhook also has fields of the call. The guide does not say which, so telnyx-mock allows all of them."

FAMILY.form(
    "texml.deepfake.result",
    field("DeepfakeResult", one_of("real", "fake", "silence_timeout"), "what the voice is"),
    optional("DeepfakeScore", number(0.12, 0, 1), "the probability that the voice is a machine's", when=HEARD),
    optional("DeepfakeConsistency", number(92.5, 0, 100), "how steady the score was", when=HEARD),
    extra=text(""),
    trigger="A Number with deepfakeDetection=Enable was answered, and the voice was judged.",
    before=("texml.call.answered",),
    note=NOTE,
)

FAMILY.form(
    "texml.deepfake.error",
    field(
        "DeepfakeError",
        one_of("detection_timeout", "rtp_timeout", "dfd_connection_error", "dfd_stream_error", extensible=True),
        "why the voice could not be judged",
    ),
    extra=text(""),
    trigger="A Number with deepfakeDetection=Enable was answered, but the voice could not be judged.",
    before=("texml.call.answered",),
    note=f"{NOTE} The values are those of call.deepfake_detection.error.",
)

EVENTS = FAMILY.events
