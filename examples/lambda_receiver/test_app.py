"""Tests of the Lambda receiver, as API Gateway calls it: JSON as text, or every body in base64."""

from xml.etree import ElementTree

import app
import pytest
from hypothesis import given

from telnyx_mock import FORGERIES
from telnyx_mock.strategies import drafts
from telnyx_mock.transports.aws_lambda import LambdaReceiver


@pytest.fixture(scope="module", params=[False, True], ids=["as-it-is", "base64"])
def telnyx_receiver(request):
    return LambdaReceiver(app.handler, "/webhooks", base64=request.param)


pytestmark = pytest.mark.usefixtures("telnyx_receiver")


def test_answers_a_call_with_a_document(telnyx_mock):
    delivery = telnyx_mock.send("texml.instructions")
    delivery.assert_accepted()
    document = ElementTree.fromstring(delivery.body)
    assert [verb.tag for verb in document] == ["Say", "Hangup"]


@given(draft=drafts("*"))
def test_accepts_every_event(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()


@pytest.mark.parametrize("event", ["call.initiated", "texml.instructions"])
@pytest.mark.parametrize("forgery", FORGERIES)
def test_withstands_forgeries(telnyx_mock, event, forgery):
    assert FORGERIES[forgery].allows(telnyx_mock.send(event, forge=forgery).status)
