"""The work in a queue is done whenever telnyx-mock waits for the app."""

from __future__ import annotations

import queue

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.drained import drained
from telnyx_mock.transports.wsgi import WsgiReceiver


def receiver_with_queue(work):
    def app(environ, start_response):
        work.put(environ["REQUEST_METHOD"])
        start_response("200 OK", [])
        return [b""]

    return WsgiReceiver(app)


def test_waiting_for_the_app_does_the_work(request_):
    work, done = queue.Queue(), []

    def drain():
        while not work.empty():
            done.append(work.get())

    receiver = drained(receiver_with_queue(work), drain)
    assert receiver.send(request_, timeout=5).status == 200
    assert done == []
    assert receiver.wait_until_idle(1)
    assert done == ["POST"]
    receiver.at("/other").send(request_, timeout=5)
    assert receiver.at("/other").wait_until_idle(1)
    assert done == ["POST", "POST"]


def test_an_exception_in_the_work_is_an_error_in_the_background(request_):
    def drain():
        raise KeyError("the work")

    receiver = drained(receiver_with_queue(queue.Queue()), drain)
    with app_errors.background_errors() as seen:
        assert receiver.wait_until_idle(1)
    assert "KeyError: 'the work'" in seen[0]


def test_without_a_drain_nothing_changes():
    receiver = receiver_with_queue(queue.Queue())
    assert drained(receiver, None) is receiver
    assert drained(receiver, "") is receiver


def test_what_is_no_function_is_one_sentence():
    with pytest.raises(UsageError, match="The drain 42 is not a function"):
        drained(receiver_with_queue(queue.Queue()), 42)
