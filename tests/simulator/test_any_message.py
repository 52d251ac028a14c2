"""Whatever people write, send and refuse, messages and faxes send what Telnyx could send, in order."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.flows.flow import MessageType
from telnyx_mock.simulator import faxes, messages, writing
from tests.simulator.test_any_sequence import STATES
from tests.simulator.world import AGENT, APP, CALLER, World


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, *faxes.BEFORE_THE_CALL, *faxes.IN_THE_CALL]),
            st.sampled_from(
                [{"media_url": "https://example.com/a.pdf"}, {"media_name": "a.pdf"}, {}]
            ),
            STATES,
            st.integers(0, 3),
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_any_faxes_send_valid_webhooks_in_order(
    drawn: list[tuple[str | None, dict[str, str], str, int, bool]],
) -> None:
    world = World()
    for failure, document, state, pages, breaks_off in drawn:
        faxes.tray(world.network, CALLER).failure = failure
        given = {"from": APP, "to": CALLER, "connection_id": "1", "client_state": state}
        world.command("faxes.post", **given, **document)
        if pages:
            faxes.receive(world.network, CALLER, APP, pages, breaks_off, {})
        world.run()
    world.assert_valid()
    told: dict[str, list[str]] = {}
    for webhook in world.webhooks():
        told.setdefault(str(webhook.payload["fax_id"]), []).append(webhook.name)
    for names in told.values():
        assert names in FAX_ORDERS


FAX_ORDERS = [
    names.split()
    for names in (
        "fax.queued fax.media.processed fax.sending.started fax.delivered",
        "fax.queued fax.media.processed fax.sending.started fax.failed",
        "fax.queued fax.media.processed fax.failed",
        "fax.receiving.started fax.media.processing.started fax.received",
        "fax.receiving.started fax.failed",
    )
]


KINDS: tuple[MessageType, ...] = ("SMS", "RCS", "WHATSAPP")
SAID = st.text(min_size=1, max_size=200)
MESSAGES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "messages.send": st.fixed_dictionaries({"from": st.just(APP), "text": SAID}),
    "messages.group_mms.post": st.fixed_dictionaries(
        {"from": st.just(APP), "to": st.just([CALLER, AGENT]), "text": SAID}
    ),
    "messages.rcs.post": st.fixed_dictionaries(
        {
            "agent_id": st.just("my_agent"),
            "agent_message": st.builds(lambda said: {"content_message": {"text": said}}, SAID),
        },
        optional={
            "sms_fallback": st.fixed_dictionaries({"from": st.just(APP), "text": SAID}),
            "mms_fallback": st.fixed_dictionaries({"from": st.just(APP), "text": SAID}),
        },
    ),
    "messages.whatsapp.post": st.fixed_dictionaries(
        {
            "from": st.just(APP),
            "whatsapp_message": st.builds(
                lambda said: {"type": "text", "text": {"body": said}}, SAID
            ),
        }
    ),
}


@settings(max_examples=40)
@given(st.data())
def test_any_conversation_sends_valid_webhooks_in_order(data: st.DataObject) -> None:
    world = World()
    box = messages.inbox(world.network, CALLER)
    for _ in range(data.draw(st.integers(0, 8), label="steps")):
        match data.draw(st.sampled_from(["write", "send", "read", "reachable", "rcs", "run"])):
            case "write":
                media = data.draw(st.lists(st.just("https://example.com/a.jpg"), max_size=2))
                kind = data.draw(st.sampled_from(KINDS))
                writing.write(world.network, CALLER, APP, data.draw(SAID), media, {}, kind)
            case "send":
                name = data.draw(st.sampled_from(sorted(MESSAGES)))
                world.command(name, **{"to": CALLER, **data.draw(MESSAGES[name])})
            case "read":
                messages.read(world.network, box, data.draw(st.sampled_from(KINDS)))
            case "reachable":
                box.error = None if box.error else messages.UNREACHABLE
            case "rcs":
                box.rcs_error = None if box.rcs_error else messages.UNREACHABLE
            case _:
                world.run()
    world.run()
    world.assert_valid()
    told: dict[str, list[str]] = {}
    for webhook in world.webhooks():
        told.setdefault(str(webhook.payload["id"]), []).append(webhook.name)
    for names in told.values():
        if names != ["message.received"]:
            assert names[:2] == ["message.sent", "message.finalized"]
            assert set(names[2:]) <= {"message.finalized", "message.read"}
            assert names.count("message.read") <= 1
