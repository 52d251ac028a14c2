"""The server of the fake API: any client of this machine calls it as it would call Telnyx."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import aiohttp
import httpx
import pytest
import urllib3
from telnyx import Telnyx

from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api import FakeApi, Interceptors
from telnyx_mock.fake_api.answering import start_answering, stop_answering
from telnyx_mock.fake_api.api_server import ApiServer
from telnyx_mock.fake_api.asgi import without_state
from tests.processes import environment

TOKEN = {"authorization": "Bearer KEY1234567890"}


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _answering(api: FakeApi) -> Iterator[None]:
    start_answering(api)
    yield
    stop_answering(api)


@pytest.fixture
def client(server: ApiServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base_url, headers=TOKEN) as client:
        yield client


def test_the_sdk_finds_the_server_by_its_address(
    server: ApiServer, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELNYX_BASE_URL", server.base_url)
    sdk = Telnyx(api_key="KEY", _strict_response_validation=True)
    sdk.calls.actions.speak("v3:a b", payload="Hello", voice="female")
    (command,) = api.commands
    assert (command.name, command.call) == ("speak", "v3:a b")
    assert command.parameters == {"payload": "Hello", "voice": "female"}
    assert "KEY" not in repr(command)


async def _by_aiohttp(url: str) -> int:
    async with (
        aiohttp.ClientSession(headers=TOKEN) as session,
        session.post(url, json={}) as answer,
    ):
        return answer.status


@pytest.mark.parametrize(
    "post",
    [
        lambda url: asyncio.run(_by_aiohttp(url)),
        lambda url: urllib3.request("POST", url, json={}, headers=TOKEN).status,
    ],
    ids=["aiohttp", "urllib3"],
)
def test_a_client_without_an_interceptor_in_this_process_calls_the_server(
    post: Callable[[str], int], server: ApiServer, api: FakeApi, interceptors: Interceptors
) -> None:
    assert post(f"{server.base_url}/calls/v3:a/actions/answer") == 200
    assert [command.name for command in api.commands] == ["answer"]
    assert api.blocked == []


def test_a_client_may_leave_out_the_version(server: ApiServer, api: FakeApi) -> None:
    base = server.base_url.removesuffix("/v2")
    assert httpx.get(f"{base}/queues/a%20b", headers=TOKEN).json()["data"]["name"] == "a b"
    assert [command.path for command in api.commands] == ["/v2/queues/a%20b"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer"}, {"authorization": "Basic YTpi"}, {"authorization": "KEY123"}],
    ids=["none", "no token", "basic", "no scheme"],
)
def test_a_request_without_a_bearer_token_is_refused(
    server: ApiServer, api: FakeApi, headers: dict[str, str]
) -> None:
    answer = httpx.post(f"{server.base_url}/calls", headers=headers, json={})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "10009")
    assert api.commands == []


def test_an_answer_takes_its_time(api: FakeApi, client: httpx.Client) -> None:
    with api.taking(0.3):
        assert client.get("/queues/q").elapsed.total_seconds() >= 0.3


def test_an_answer_that_never_comes_ends_the_connection(api: FakeApi, client: httpx.Client) -> None:
    api.answer_with("GET", "/v2/queues/q", status=None)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/queues/q")
    api.clear()
    assert client.get("/queues/q").status_code == 200


def test_a_connection_may_be_reset(api: FakeApi, client: httpx.Client) -> None:
    api.answer_with("GET", "/v2/queues/q", status="reset", times=1)
    with pytest.raises(httpx.ReadError, match="reset"):
        client.get("/queues/q")
    assert client.get("/queues/q").status_code == 200


def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_headers(
    server: ApiServer, client: httpx.Client
) -> None:
    client.get("/queues/q")
    for connection in list(server._connections.values()):
        name = socket.IPPROTO_TCP, socket.TCP_NODELAY
        assert connection.get_extra_info("socket").getsockopt(*name)


def test_a_body_in_chunks_is_read_to_its_end(api: FakeApi, client: httpx.Client) -> None:
    client.post("/calls", content=iter([b'{"to": ', b'"+13125550142"}']))
    assert api.commands[0].parameters == {"to": "+13125550142"}


def test_an_answer_to_head_has_no_body(client: httpx.Client) -> None:
    assert client.head("/queues/q").content == b""


def test_only_this_machine_reaches_the_server(server: ApiServer) -> None:
    assert server.base_url == f"http://127.0.0.1:{server.port}/v2"
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", server.port), 1):
        pass


def test_a_port_that_is_taken_is_an_error_in_one_sentence(server: ApiServer) -> None:
    with pytest.raises(UsageError, match=f"cannot listen on port {server.port} of 127.0.0.1"):
        ApiServer(port=server.port)


def test_without_state_every_operation_has_an_answer_and_no_other_path(api: FakeApi) -> None:
    server = ApiServer(without_state)
    try:
        with httpx.Client(base_url=server.base_url, headers=TOKEN) as client:
            call = client.get("/calls/anything").json()["data"]
            assert call["record_type"] == "call"
            assert client.delete("/ai/assistants/a/tags/t").status_code == 200
            unknown = client.get("/unheard_of")
            assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (404, "10005")
            assert client.put("/queues/q").status_code == 404
        assert api.commands == []
    finally:
        server.close()


@pytest.mark.parametrize("stateless", [False, True])
def test_the_command_line_says_where_it_serves_until_it_is_interrupted(stateless: bool) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "telnyx_mock", "api", "--port", "0", *["--stateless"] * stateless],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline() + process.stdout.readline()
        found = re.search(r"TELNYX_BASE_URL=(http://127\.0\.0\.1:\d+/v2)\n", said)
        assert found, said
        answer = httpx.get(f"{found[1]}/conferences", headers=TOKEN)
        assert isinstance(json.loads(answer.content)["data"], list)
        os.kill(process.pid, signal.SIGINT)
        said, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, said, errors) == (0, "", "")
