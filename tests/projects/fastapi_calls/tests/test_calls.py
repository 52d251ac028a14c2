from hypothesis import given

from telnyx_mock.strategies import drafts


async def test_a_call_rings_and_ends(telnyx_mock, client):
    call = {"call_control_id": "v3:abc", "from_": "+13125550142"}
    (await telnyx_mock.asend("call.initiated", direction="incoming", **call)).assert_accepted()
    assert [c.name for c in telnyx_mock.api.commands] == ["answer"]
    assert (await client.get("/calls")).json() == [{"caller": "+13125550142", "state": "ringing"}]
    (await telnyx_mock.asend("call.hangup", **call)).assert_accepted()
    assert (await client.get("/calls")).json() == [{"caller": "+13125550142", "state": "ended"}]


async def test_a_duplicate_is_answered_once(telnyx_mock):
    webhook = telnyx_mock.webhook("call.initiated", direction="incoming")
    await telnyx_mock.asend(webhook)
    (await telnyx_mock.asend(webhook)).assert_accepted()
    assert len(telnyx_mock.api.commands) == 1


async def test_api_down(telnyx_mock):
    with telnyx_mock.api.failing(500):
        delivery = await telnyx_mock.asend("call.initiated", direction="incoming")
    assert delivery.status == 500


async def test_forged(telnyx_mock, client):
    (await telnyx_mock.asend("call.initiated", forge="signature-missing")).assert_refused()
    (await telnyx_mock.asend("call.initiated", forge="timestamp-expired-1h")).assert_refused()
    assert (await client.get("/calls")).json() == []


@given(draft=drafts("call.*"))
def test_accepts_all(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()


def test_sync(telnyx_mock):
    telnyx_mock.send("call.initiated", direction="outgoing").assert_accepted()
    assert telnyx_mock.api.commands == []
