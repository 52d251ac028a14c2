"""An app that blocks the thread which delivers to it is interrupted, and the error says where it was."""

from __future__ import annotations

import asyncio
import faulthandler
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from telnyx_mock import Emulator
from telnyx_mock.delivery import POLICIES
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.patience import PATIENCE
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.blocking import Blocks, not_longer_than
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.wsgi import WsgiReceiver

pytestmark = pytest.mark.timeout(0)  # it would use the alarm

SOON = replace(PATIENCE, blocked=0.1, answer=0.1)


def wait() -> None:
    threading.Event().wait()


def spin() -> None:
    while True:
        pass


def insist() -> None:
    """Catch each Exception, as frameworks do, and what interrupts for the first time."""
    try:
        wait()
    except BaseException:
        while True:
            try:
                time.sleep(60)
            except Exception:
                continue


def wsgi(blocks: Callable[[], None]) -> Receiver:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        blocks()
        return []

    return WsgiReceiver(app, patience=SOON)


def aws(blocks: Callable[[], None]) -> Receiver:
    return LambdaReceiver(lambda event, context: blocks(), patience=SOON)


def asgi(blocks: Callable[[], None]) -> Receiver:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            async with asyncio.TaskGroup() as group:  # which wraps what is raised
                group.create_task(_blocking(blocks))

    return AsgiReceiver(app, patience=SOON)


async def _blocking(blocks: Callable[[], None]) -> None:
    blocks()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telnyx_mock.transports.event_loop.PATIENCE", SOON)


@pytest.fixture(autouse=True)
def _ends() -> Iterator[None]:
    """End the process if nothing is interrupted."""
    faulthandler.dump_traceback_later(60, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(params=[wsgi, aws, asgi])
def telnyx(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    receiver = request.param(wait)
    telnyx = Emulator(receiver, patience=SOON)
    yield telnyx
    telnyx.unbind()
    receiver.close()


def test_a_delivery_ends_and_says_where_the_app_blocks(telnyx: Emulator) -> None:
    delivery = telnyx.send("call.initiated")
    assert "no answer (the app blocks at tests/transports/test_blocking.py:" in delivery.answer()
    with pytest.raises(ReceiverFailure, match=r"call\.initiated was not accepted"):
        delivery.assert_accepted()
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_it_is_not_tried_again(telnyx: Emulator) -> None:
    policy = replace(POLICIES["voice"], deadline=0.1)
    assert len(telnyx.deliver("call.initiated", policy=policy).attempts) == 1


@pytest.mark.slow  # it lasts as long as Telnyx waits for an answer
def test_a_simulated_call_ends_with_the_same_error() -> None:
    telnyx = Emulator(wsgi(wait), patience=SOON)
    with pytest.raises(ReceiverFailure) as caught:
        telnyx.call()
    assert "no answer (the app blocks at tests/transports/test_blocking.py:" in str(caught.value)
    assert "+13125550142  calls" in str(caught.value)
    telnyx.unbind()


@pytest.mark.parametrize("blocks", [spin, insist])
def test_an_app_is_interrupted_until_it_ends(
    blocks: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telnyx_mock.transports.blocking._AGAIN", 0.1)
    telnyx = Emulator(wsgi(blocks), patience=SOON)
    assert "the app blocks" in telnyx.send("call.initiated").answer()
    telnyx.unbind()


def test_nobody_elses_alarm_is_touched() -> None:
    rings = []
    signal.signal(signal.SIGALRM, lambda *args: rings.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with not_longer_than(0.01):
            time.sleep(0.1)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert rings == [True]


def test_an_app_may_use_the_alarm_itself() -> None:
    rings: list[bool] = []
    with not_longer_than(5):
        signal.signal(signal.SIGALRM, lambda *args: rings.append(True))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        time.sleep(0.05)
    assert rings == [True]
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def test_only_the_main_thread_is_interrupted() -> None:
    ended = []

    def deliver() -> None:
        with not_longer_than(0.01):
            time.sleep(0.05)
        ended.append(True)

    thread = threading.Thread(target=deliver)
    thread.start()
    thread.join()
    assert ended == [True]


def test_a_debugger_stops_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    class Trace:
        def __call__(self, *args: Any) -> None:
            return None

    Trace.__module__ = "bdb"
    before = sys.gettrace()
    try:
        sys.settrace(Trace())
        with not_longer_than(0.01):
            time.sleep(0.05)
    finally:
        sys.settrace(before)
    with pytest.raises(Blocks), not_longer_than(0.01):
        time.sleep(5)
