import httpx
import pytest


def names(telnyx_mock):
    return [command.name for command in telnyx_mock.api.commands]


def test_menu(telnyx_mock):
    call = {"call_control_id": "v3:menu"}
    telnyx_mock.send("call.initiated", direction="incoming", **call).assert_accepted()
    telnyx_mock.send("call.answered", **call).assert_accepted()
    telnyx_mock.send("call.gather.ended", digits="1", **call).assert_accepted()
    assert names(telnyx_mock) == ["answer", "gather_using_speak", "transfer"]
    assert telnyx_mock.api.commands[-1].parameters["to"] == "+13125550199"


def test_other_digit(telnyx_mock):
    telnyx_mock.send("call.gather.ended", digits="9").assert_accepted()
    assert names(telnyx_mock) == []


def test_outgoing(telnyx_mock):
    telnyx_mock.send("call.initiated", direction="outgoing").assert_accepted()
    assert names(telnyx_mock) == []


def test_log(telnyx_mock, ivr):
    delivery = telnyx_mock.send("call.hangup")
    delivery.assert_accepted()
    assert [delivery.webhook.body["data"]["id"], "call.hangup"] in httpx.get(f"{ivr}/log").json()


def test_forged(telnyx_mock):
    telnyx_mock.send("call.initiated", forge="signature-by-another-key").assert_refused()


def test_transfer_fails(telnyx_mock):
    telnyx_mock.api.answer_with("POST", "/v2/calls/v3:x/actions/transfer", status=422)
    telnyx_mock.send("call.gather.ended", digits="1", call_control_id="v3:x")


@pytest.mark.parametrize(
    "event", ["call.answered", "call.bridged", "call.hangup", "call.dtmf.received"]
)
def test_all(telnyx_mock, event):
    telnyx_mock.send(event).assert_accepted()
