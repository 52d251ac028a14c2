"""``texml.call-cost``: the cost of a call.

No document describes it; receivers in public code read these fields.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field
from telnyx_mock.catalogue.kind_vocabulary import always, decimal, text
from telnyx_mock.catalogue.texml.fields import CALL_SID
from telnyx_mock.schema.event import Status

FAMILY = Family("texml")

FAMILY.form(
    "texml.call-cost",
    CALL_SID,
    field("CallbackSource", always("call-cost-events"), "distinguishes it from the other status callbacks"),
    field("CallCost[{CallSid}]", decimal("0.0040"), "the cost, as a string; the name holds the CallSid"),
    extra=text(""),
    status=Status.PARTIAL,
    trigger="A call ends, and its TeXML application has call_cost_in_webhooks enabled; sent to the status callback.",
    before=("texml.call.completed",),
    note="Only the setting is documented; public receivers show the fields. In the encoded form, the brackets and colons of the name "
    "are percent-encoded.",
)

EVENTS = FAMILY.events
