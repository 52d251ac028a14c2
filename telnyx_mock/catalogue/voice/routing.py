"""Queues, which a call enters and leaves, and transfers by SIP REFER."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import event, field
from telnyx_mock.catalogue.groups import CALL_LEG, CALL_PARTIES
from telnyx_mock.catalogue.vocabulary import integer, one_of, text
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kind import Kind

QUEUE = field("queue", text("support"), "name of the queue")

CALL_ENQUEUED = event(
    "call.enqueued",
    "voice",
    *CALL_LEG,
    QUEUE,
    field("current_position", integer(7), "place in the queue"),
    field("queue_avg_wait_time_secs", integer(60), "how long calls wait in it on average, in seconds"),
    operation="callEnqueued",
    trigger="An enqueue command puts a call into a queue.",
    before=("call.answered",),
    after=("call.dequeued",),
)

CALL_DEQUEUED = event(
    "call.dequeued",
    "voice",
    *CALL_LEG,
    QUEUE,
    field("queue_position", integer(7), "place it had in the queue"),
    field("wait_time_secs", integer(60), "how long it waited, in seconds"),
    field("reason", one_of("bridged", "bridging-in-process", "hangup", "leave", "timeout"), "why it left"),
    operation="callLeftQueue",
    trigger="A call leaves a queue: bridged, sent away by leave_queue, hung up, or after waiting too long.",
    before=("call.enqueued",),
    after=("call.bridged", "call.hangup"),
    note="The operation is called callLeftQueue, and until 2021 the event was call.left.queue.",
)


def sip_notify_response(sample: int) -> Field:
    """The SIP status that the other side reported; unlike sip_hangup_cause, a number."""
    kind: Kind = integer(sample, 100, 699)
    return field("sip_notify_response", kind, "SIP status in the other side's NOTIFY, as a number")


CALL_REFER_STARTED = event(
    "call.refer.started",
    "voice",
    *CALL_LEG,
    *CALL_PARTIES,
    sip_notify_response(100),
    operation="callReferStarted",
    trigger="The other side has accepted a refer command's REFER and is trying.",
    before=("call.answered",),
    after=("call.refer.completed", "call.refer.failed"),
)

CALL_REFER_COMPLETED = event(
    "call.refer.completed",
    "voice",
    *CALL_LEG,
    *CALL_PARTIES,
    sip_notify_response(200),
    operation="callReferCompleted",
    trigger="The other side reached the address it was referred to.",
    before=("call.refer.started",),
    after=("call.hangup",),
)

CALL_REFER_FAILED = event(
    "call.refer.failed",
    "voice",
    *CALL_LEG,
    *CALL_PARTIES,
    sip_notify_response(603),
    operation="callReferFailed",
    trigger="The other side could not reach the address it was referred to.",
    before=("call.refer.started",),
    after=("call.hangup",),
)

EVENTS: tuple[Event, ...] = (CALL_ENQUEUED, CALL_DEQUEUED, CALL_REFER_STARTED, CALL_REFER_COMPLETED, CALL_REFER_FAILED)
