"""Queues, which a call enters and leaves, and transfers by SIP REFER."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALL_PARTIES
from telnyx_mock.catalogue.kind_vocabulary import by_app, integer, one_of, text
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind

FAMILY = Family("voice")

QUEUE = field("queue", by_app(text("support")), "name of the queue")

FAMILY.event(
    "call.enqueued",
    *CALL_LEG,
    QUEUE,
    field("current_position", integer(7, 1), "place in the queue"),
    field("queue_avg_wait_time_secs", integer(60), "the average waiting time of calls in the queue, in seconds"),
    operation="callEnqueued",
    trigger="An enqueue command puts a call into a queue.",
    before=("call.answered",),
    after=("call.dequeued",),
)

FAMILY.event(
    "call.dequeued",
    *CALL_LEG,
    QUEUE,
    field("queue_position", integer(7), "its position in the queue"),
    field("wait_time_secs", integer(60), "how long it waited, in seconds"),
    field("reason", one_of("bridged", "bridging-in-process", "hangup", "leave", "timeout"), "why it left"),
    operation="callLeftQueue",
    trigger="A call leaves a queue: it is bridged, removed by leave_queue, hung up, or has waited too long.",
    before=("call.enqueued",),
    after=("call.bridged", "call.hangup"),
    note="The operation is called callLeftQueue, and until 2021 the event was call.left.queue.",
)


def sip_notify_response(sample: int, lowest: int, highest: int) -> Field:
    """The SIP status that the other side reported, in a range; Unlike sip_hangup_cause, it is a number."""
    kind: Kind = integer(sample, lowest, highest)
    return field("sip_notify_response", kind, "SIP status in the other side's NOTIFY, as a number")


FAMILY.event(
    "call.refer.started",
    *CALL_LEG,
    *CALL_PARTIES,
    sip_notify_response(100, 100, 199),
    operation="callReferStarted",
    trigger="The other side has accepted a refer command's REFER and is trying.",
    before=("call.answered",),
    after=("call.refer.completed", "call.refer.failed"),
)

FAMILY.event(
    "call.refer.completed",
    *CALL_LEG,
    *CALL_PARTIES,
    sip_notify_response(200, 200, 299),
    operation="callReferCompleted",
    trigger="The other side reached the address in the REFER.",
    before=("call.refer.started",),
    after=("call.hangup",),
)

FAMILY.event(
    "call.refer.failed",
    *CALL_LEG,
    *CALL_PARTIES,
    sip_notify_response(603, 300, 699),
    operation="callReferFailed",
    trigger="The other side could not reach the address in the REFER.",
    before=("call.refer.started",),
    after=("call.hangup",),
)

EVENTS = FAMILY.events
