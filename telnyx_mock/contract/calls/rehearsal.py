"""A first call with a receiver in another process: is it there, and how late are its commands?"""

from __future__ import annotations

from contextlib import suppress

from telnyx_mock.contract.calls.address import Address
from telnyx_mock.contract.calls.app_elsewhere import AppElsewhere
from telnyx_mock.contract.calls.people import MOST, People
from telnyx_mock.contract.calls.run import Run
from telnyx_mock.contract.calls.stage import Stage
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import DeliveryError, ReceiverFailure, UsageError
from telnyx_mock.transports.receiver import NoAnswerReason


def rehearse(emulator: Emulator, run: Run, address: Address, *, key_is_new: bool) -> None:
    """Let somebody call and hang up, and judge nothing.

    Raises DeliveryError if the receiver cannot be reached, and UsageError if nothing serves its *address*, or if it
    refuses the first webhook and the *key_is_new*, so that it cannot know it.
    """
    app = AppElsewhere(emulator.clock, emulator.patience)
    stage = Stage(emulator, lambda stage: None, run.earlier, app)
    people = People(stage, run.strangers)
    try:
        with suppress(ReceiverFailure):  # which is judged later
            people.call()
            people.all_hang_up("not_answer")
    finally:
        stage.stop_listening()
    run.strangers += MOST
    run.earlier.update(stage.legs, people.numbers)
    run.threads = app
    last = stage.handlings[0].attempts[-1]
    if last.no_answer is NoAnswerReason.UNREACHABLE:
        raise DeliveryError(last.problem)
    address.require_served({*stage.statuses()})
    if key_is_new and last.response is not None and last.response.status in (400, 401, 403):
        raise UsageError(str(Reason(Why.KEY_UNKNOWN, details={"answer": last.answer()})))
