"""An operation that nobody modelled is answered in the shape that the official SDK documents."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.generic import generic, stateless
from telnyx_mock.operations.example import Examples, Recursive
from telnyx_mock.operations.table import table

NOW = 1_700_000_000


def command(method: str, path: str) -> Command:
    return Command.read(method, f"https://api.telnyx.com{path}", {}, b"", NOW)


def test_a_list_has_one_page_with_one_entry() -> None:
    first = generic(command("GET", "/v2/billing_groups"))
    later = generic(command("GET", "/v2/billing_groups?page%5Bnumber%5D=2"))
    assert first is not None
    assert later is not None
    assert b'"total_pages": 1' in first.body
    assert b'"record_type"' in first.body
    assert b'"data": []' in later.body


def test_an_operation_without_content_answers_204() -> None:
    answer = generic(command("DELETE", "/v2/ai/assistants/tests/t1"))
    assert answer is not None
    assert (answer.status, answer.body) == (204, b"")


def test_the_times_are_those_of_the_command() -> None:
    answer = generic(command("GET", "/v2/billing_groups/1"))
    assert answer is not None
    assert b'"created_at": "2023-11-14T22:13:20.000Z"' in answer.body


def test_what_the_api_does_not_have_has_no_generic_answer() -> None:
    assert generic(command("GET", "/v2/unheard_of")) is None
    assert stateless(command("GET", "/v2/unheard_of")).status == 404


@pytest.mark.parametrize("path", ["/v2/whatsapp/phone_numbers", "/v2/v2/whatsapp/phone_numbers"])
def test_the_version_may_be_there_twice_as_the_sdk_sends_it(path: str) -> None:
    assert generic(command("GET", path)) is not None


def test_a_word_of_a_path_goes_before_a_parameter() -> None:
    for path, name in {
        "/v2/calls/v3:a": "calls.retrieve_status",
        "/v2/ai/assistants/tests": "ai.assistants.tests.list",
        "/v2/ai/assistants/a1": "ai.assistants.retrieve",
    }.items():
        found = table().find("GET", path)
        assert found is not None
        assert found[0].name == name


def test_the_parameters_of_a_path_are_decoded() -> None:
    found = table().find("GET", "/v2/texml/Accounts/a%20b/Recordings/R1.json")
    assert found is not None
    assert found[1] == {"account_sid": "a b", "recording_sid": "R1"}


def test_every_answer_can_be_made() -> None:
    examples = Examples(table().kinds, NOW)
    for operation in table().operations.values():
        if isinstance(operation.answers, int):
            assert examples.make(operation.answers) is not None


def test_a_kind_inside_itself_is_left_out_where_it_can_be() -> None:
    kinds: list[Any] = [
        ["object", {"name": 1}, {"inner": 0, "all": 2, "either": 3}],
        "string",
        ["list", 0],
        ["any_of", [0, 1]],
        ["object", {"inner": 4}, {}],
    ]
    assert Examples(kinds, NOW).make(0) == {"name": "string", "all": [], "either": "string"}
    with pytest.raises(Recursive):
        Examples(kinds, NOW).make(4)
