import json

from hypothesis import given

from telnyx_mock.strategies import drafts


def test_keeps_status(telnyx_mock, table):
    delivery = telnyx_mock.send("message.finalized", **{"to[0].status": "delivered"})
    delivery.assert_accepted()
    assert json.loads(delivery.body) == {"ok": True}
    assert [item["status"] for item in table.items.values()] == ["delivered"]


def test_forged(telnyx_mock, table):
    telnyx_mock.send("message.finalized", forge="body-one-byte").assert_refused()
    assert not table.items


@given(draft=drafts("message.finalized"))
def test_any(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()
