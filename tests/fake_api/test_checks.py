"""The fake API refuses what Telnyx refuses, with the documented status, code and body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from telnyx_mock.clock import SetClock
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.fake_api.answering import start_answering, stop_answering
from telnyx_mock.fake_api.api_server import ApiServer
from telnyx_mock.operations.example import Examples
from telnyx_mock.operations.table import Operation, table
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import API_HOST

NOW = 1_700_000_000
JSON = {"content-type": "application/json"}
SPEAK = "/v2/calls/v3:abc/actions/speak"
HELLO = {"payload": "Hello", "voice": "female"}


def ask(
    api: FakeApi, method: str, path: str, parameters: Any = None, headers: Any = JSON
) -> tuple[int, Any]:
    """Return the status and the errors of the answer; the whole body if it has none."""
    body = b"" if parameters is None else json.dumps(parameters).encode()
    made = api.respond(method, f"https://{API_HOST}{path}", headers, body)
    decoded = json.loads(made.body or b"{}")
    return made.status, decoded.get("errors", decoded)


def path_of(operation: Operation) -> str:
    return "/v2" + re.sub(r"[{}]", "", operation.path)


def members(operation: Operation, place: Any) -> tuple[dict[str, int], dict[str, int]]:
    """The required and the optional parameters in *place*."""
    kind = table().kinds[operation.places[place]] if place in operation.places else None
    return (kind[1], kind[2]) if isinstance(kind, list) and kind[0] == "object" else ({}, {})


def with_json() -> Iterator[Operation]:
    for operation in table().operations.values():
        if operation.sends == "json" and members(operation, "body")[0]:
            yield operation


def body_of(operation: Operation) -> Any:
    return Examples(table().kinds, NOW).make(operation.places["body"])


def query_of(operation: Operation) -> str:
    """A query with the required parameters, if all of them are plain."""
    made = Examples(table().kinds, NOW)
    required = {
        name: made.make(kind, name) for name, kind in members(operation, "query")[0].items()
    }
    return str(httpx.QueryParams({name: str(value) for name, value in required.items()}))


REQUIRED = [
    (operation, name) for operation in with_json() for name in members(operation, "body")[0]
]


def test_there_is_something_to_leave_out() -> None:
    assert len(REQUIRED) > 500


@pytest.mark.parametrize("how", ["left out", None, ""])
def test_every_required_parameter_that_is_missing_is_named(how: str | None, api: FakeApi) -> None:
    for operation, name in REQUIRED:
        body = body_of(operation)
        number = members(operation, "body")[0][name]
        if how == "left out" or table().kinds[number] != "string":
            del body[name]
        else:
            body[name] = how
        path = f"{path_of(operation)}?{query_of(operation)}"
        assert ask(api, operation.method, path, body) == (
            422,
            [
                {
                    "code": "10004",
                    "title": "Missing required parameter",
                    "detail": f"The '{name}' parameter is required and cannot be blank.",
                    "source": {"pointer": f"/{name}"},
                }
            ],
        ), operation.name


def test_every_required_parameter_that_is_missing_in_a_query_is_named(api: FakeApi) -> None:
    tried = 0
    for operation in table().operations.values():
        for name in members(operation, "query")[0]:
            tried += 1
            query = httpx.QueryParams(query_of(operation)).remove(name)
            status, [error] = ask(api, operation.method, f"{path_of(operation)}?{query}")
            assert (status, error["code"]) == (422, "10004"), operation.name
            assert error["source"] == {"parameter": name}
    assert tried > 20


def test_every_operation_accepts_its_example(api: FakeApi) -> None:
    for operation in with_json():
        path = f"{path_of(operation)}?{query_of(operation)}"
        assert ask(api, operation.method, path, body_of(operation))[0] in (200, 204), operation.name


def test_an_unknown_value_is_refused_with_the_values_that_are_known(api: FakeApi) -> None:
    path = "/v2/calls/v3:abc/actions/record_start"
    status, [error] = ask(api, "POST", path, {"channels": "mono", "format": "wav"})
    assert status == 422
    assert error == {
        "code": "10032",
        "title": "Invalid enumerated value",
        "detail": "The value must be one of: dual, single.",
        "source": {"pointer": "/channels"},
    }


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({**HELLO, "payload": 1}, "/payload"),
        ({**HELLO, "client_state": {}}, "/client_state"),
        ({**HELLO, "voice_settings": "x"}, "/voice_settings"),
        ([], "/"),
    ],
)
def test_a_value_of_another_kind_is_refused(api: FakeApi, parameters: Any, pointer: str) -> None:
    status, [error] = ask(api, "POST", SPEAK, parameters)
    assert (status, error["code"], error["source"]) == (400, "10015", {"pointer": pointer})


def test_a_body_that_is_no_json_is_refused(api: FakeApi) -> None:
    made = api.respond("POST", f"https://{API_HOST}{SPEAK}", JSON, b"{")
    assert (made.status, json.loads(made.body)["errors"][0]["code"]) == (400, "10015")


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        (SPEAK, {**HELLO, "unheard_of": 1}),
        (SPEAK, {**HELLO, "client_state": None}),
        ("/v2/calls/v3:abc/actions/gather", {"timeout_millis": "5000", "minimum_digits": 1}),
        ("/v2/calls/v3:abc/actions/answer", {"send_silence_when_idle": "true"}),
        ("/v2/calls", {"connection_id": "1", "from": "+1", "to": ["+2", "+3"]}),
    ],
    ids=["unknown", "null", "number in a text", "truth in a text", "either kind"],
)
def test_what_telnyx_may_accept_is_accepted(api: FakeApi, path: str, parameters: Any) -> None:
    assert ask(api, "POST", path, parameters)[0] == 200


def test_a_form_is_not_looked_at(api: FakeApi) -> None:
    form = {"content-type": "multipart/form-data; boundary=b"}
    assert api.respond("POST", f"https://{API_HOST}/v2/faxes", form, b"--b--").status == 200
    assert ask(api, "POST", "/v2/faxes", {})[0] == 422


def test_a_prepared_answer_goes_before_a_refusal_and_so_does_the_end_of_the_call(
    api: FakeApi,
) -> None:
    api.memory.note_webhook(sample("call.hangup", call_control_id="v3:abc").fresh())
    _, [error] = ask(api, "POST", SPEAK, {})
    assert error["code"] == "90018"
    api.answer_with("POST", SPEAK)
    assert ask(api, "POST", SPEAK, {})[0] == 200


def test_a_refused_command_is_recorded_and_sets_nothing(api: FakeApi) -> None:
    ask(api, "POST", SPEAK, {"client_state": "YQ=="})
    assert [command.name for command in api.commands] == ["speak"]
    later = api.memory.carry(sample("call.speak.ended", call_control_id="v3:abc").fresh())
    assert later.payload.get("client_state") is None


def test_the_contract_does_not_look_at_parameters(api: FakeApi) -> None:
    with api.isolated():
        assert ask(api, "POST", SPEAK, {})[0] == 200
    assert ask(api, "POST", SPEAK, {})[0] == 422


ASKED = [
    ("POST", SPEAK, HELLO),
    ("POST", SPEAK, {}),
    ("POST", "/v2/calls", {"connection_id": "1", "from": "+13125550199", "to": "+13125550142"}),
    ("POST", "/v2/messages", {"to": "+13125550142", "from": "+13125550199", "text": "Hello"}),
    ("POST", "/v2/messages", {"to": 1}),
    ("GET", "/v2/conferences", None),
    ("GET", "/v2/billing_groups?page%5Bnumber%5D=2", None),
    ("POST", "/v2/verify_profiles", {"name": "mine"}),
    ("DELETE", "/v2/ai/assistants/tests/t1", None),
    ("GET", "/v2/unheard_of", None),
]


@pytest.mark.parametrize(("method", "path", "parameters"), ASKED)
def test_the_server_answers_the_same_bytes(method: str, path: str, parameters: Any) -> None:
    """The same but for ids, which are new each time."""
    api = FakeApi(SetClock(NOW))
    body = b"" if parameters is None else json.dumps(parameters).encode()
    inside = api.respond(method, f"https://{API_HOST}{path}", JSON, body)
    start_answering(api)
    server = ApiServer()
    try:
        headers = {**JSON, "authorization": "Bearer KEY"}
        url = server.base_url.removesuffix("/v2") + path
        outside = httpx.request(method, url, headers=headers, content=body)
    finally:
        server.close()
        stop_answering(api)
    assert outside.status_code == inside.status
    assert without_ids(outside.content) == without_ids(inside.body)
    assert [outside.headers.get(name) for name, _ in inside.headers] == [
        v for _, v in inside.headers
    ]


def without_ids(body: bytes) -> bytes:
    return re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|v3:[\w-]{40,}", b"ID", body)
