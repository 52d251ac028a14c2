"""The official SDK parses the answers of the fake API."""

from __future__ import annotations

import asyncio

import pytest
import telnyx

from telnyx_mock.fake_api import FakeApi, Interceptors

CALL = "v3:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ"


def test_the_sync_client_parses_the_answers(interceptors: Interceptors, api: FakeApi) -> None:
    with telnyx.Telnyx(api_key="KEY017secret") as client:
        answered = client.calls.actions.answer(CALL, client_state="YQ==", command_id="c-1")
        dialled = client.calls.dial(connection_id="1", from_="+13125550100", to="+13125550101")
        sent = client.messages.send(from_="+13125550100", to="+13125550101", text="hi")

    assert answered.data is not None
    assert answered.data.result == "ok"
    assert dialled.data is not None
    assert dialled.data.record_type == "call"
    assert dialled.data.call_control_id.startswith("v3:")
    assert sent.data is not None
    assert sent.data.from_ is not None
    assert sent.data.from_.phone_number == "+13125550100"
    assert sent.data.to is not None
    assert [(to.phone_number, to.status) for to in sent.data.to] == [("+13125550101", "queued")]
    assert sent.data.received_at is not None
    assert sent.data.received_at.timestamp() == 1_700_000_000

    assert [command.name for command in api.commands] == ["answer", "dial", "messages.send"]
    assert api.commands[0].call_control_id == CALL
    assert api.commands[0].command_id == "c-1"
    assert "KEY017secret" not in repr(api.commands)


def test_answers_validate_against_the_models_of_the_sdk(interceptors: Interceptors) -> None:
    """The SDK builds its models without validation, so it would not notice a wrong type."""
    with telnyx.Telnyx(api_key="k") as client:
        for parsed in (
            client.calls.actions.speak(CALL, payload="hi", voice="female"),
            client.calls.dial(connection_id="1", from_="+13125550100", to="+13125550101"),
            client.messages.send(
                to="+13125550101", media_urls=["https://shop.example/a.png"], subject="s"
            ),
            client.messages.rcs.send(
                agent_id="my_agent",
                to="+13125550101",
                messaging_profile_id="1",
                agent_message={"content_message": {"text": "hi"}},
            ),
            client.messages.whatsapp(
                from_="+13125550100",
                to="+13125550101",
                whatsapp_message={"type": "text", "text": {"body": "hi"}},
            ),
        ):
            type(parsed).model_validate(parsed.to_dict(use_api_names=True))
            assert parsed.to_dict(exclude_none=True)


def test_the_async_client_parses_the_answers(interceptors: Interceptors, api: FakeApi) -> None:
    async def use() -> None:
        async with telnyx.AsyncTelnyx(api_key="k") as client:
            answered = await client.calls.actions.answer(CALL)
            assert answered.data is not None
            assert answered.data.result == "ok"
            dialled = await client.calls.dial(
                connection_id="1", from_="+13125550100", to="+13125550101"
            )
            assert dialled.data is not None
            assert dialled.data.is_alive is False
            sent = await client.messages.send(to="+13125550101", text="hi")
            assert sent.data is not None
            assert sent.data.record_type == "message"

    asyncio.run(use())

    assert [command.name for command in api.commands] == ["answer", "dial", "messages.send"]


def test_a_prepared_error_is_the_exception_of_the_sdk(
    interceptors: Interceptors, api: FakeApi
) -> None:
    problem = {
        "code": "90018",
        "title": "Call has already ended",
        "detail": "This call is no longer active.",
    }
    api.answer_with("POST", "/v2/calls/*/actions/answer", status=422, body={"errors": [problem]})

    with (
        telnyx.Telnyx(api_key="k") as client,
        pytest.raises(telnyx.UnprocessableEntityError, match="90018"),
    ):
        client.calls.actions.answer(CALL)
    assert len(api.commands) == 1


def test_no_answer_is_the_exception_of_the_sdk(interceptors: Interceptors, api: FakeApi) -> None:
    api.answer_with("POST", "/v2/calls/*/actions/answer", status=None)

    with (
        telnyx.Telnyx(api_key="k", max_retries=0) as client,
        pytest.raises(telnyx.APITimeoutError),
    ):
        client.calls.actions.answer(CALL)
