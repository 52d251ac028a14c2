"""A command has what the receiver asks for, and never its API key."""

from __future__ import annotations

import pytest

from telnyx_mock.fake_api import Command
from telnyx_mock.provider_urls import API_HOST

BASE = f"https://{API_HOST}/v2"


def read(method: str, path: str, body: bytes = b"", **headers: str) -> Command:
    return Command.read(method, BASE + path, headers, body, 1_700_000_000)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/calls/v3%3Aabc/actions/answer", "answer"),
        ("POST", "/calls/v3:abc_-DEF/actions/gather_using_speak", "gather_using_speak"),
        ("POST", "/calls", "dial"),
        ("POST", "/messages", "messages.send"),
        ("POST", "/messages/number_pool", "messages.number_pool.post"),
        ("GET", "/messages/40385f64-5717-4562-b3fc-2c963f66afa6", "messages.get"),
        ("GET", "/calls/v3:abc", "calls.get"),
        ("POST", "/conferences", "conferences.post"),
        (
            "POST",
            "/conferences/f91269aa-61d1-417f-97b3-10e020e8bc47/actions/join",
            "conferences.join",
        ),
        ("PATCH", "/phone_numbers/1293384261075731499/voice", "phone_numbers.voice.patch"),
    ],
)
def test_the_name_is_derived_from_the_path(method: str, path: str, name: str) -> None:
    assert read(method, path).name == name


def test_the_path_is_as_sent_and_the_call_control_id_is_unquoted() -> None:
    command = read("post", "/calls/v3%3AabC_-9/actions/answer?x=1&x=2&y=")

    assert command.method == "POST"
    assert command.path == "/v2/calls/v3%3AabC_-9/actions/answer"
    assert command.call_control_id == "v3:abC_-9"
    assert command.query == {"x": "2", "y": ""}


@pytest.mark.parametrize("path", ["/calls", "/messages", "/conferences/calls/actions/join"])
def test_a_command_that_is_not_about_one_call_has_no_call_control_id(path: str) -> None:
    assert read("POST", path).call_control_id is None


def test_the_body_is_decoded_into_parameters() -> None:
    command = read("POST", "/calls/v3:a/actions/speak", b'{"payload": "hi", "command_id": "c-1"}')

    assert command.parameters == {"payload": "hi", "command_id": "c-1"}
    assert command.command_id == "c-1"


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff", b'"text"'])
def test_a_body_that_is_no_json_object_has_no_parameters(body: bytes) -> None:
    command = read("POST", "/messages", body)

    assert command.parameters == {}
    assert command.command_id is None


def test_the_api_key_is_dropped() -> None:
    command = read("POST", "/messages", AUTHORIZATION="Bearer KEY017secret", Accept="*/*")

    assert command.headers == {"authorization": "[hidden]", "accept": "*/*"}
    assert "secret" not in repr(command)
