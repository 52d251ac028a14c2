"""Who tries again what failed must give up at some time."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from telnyx_mock.contract.engine.result import Outcome
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Acting, Event, kind, payload
from tests.receivers.faults.effects import CallsForEver, SendsForEver, TriesForEver

RULE = "gives-up-at-some-time"
EVENTS = ("fax.failed", "message.finalized", "call.hangup", "call.initiated")

ENOUGH = 5
"""So many attempts are few enough."""


def counting(receiver: type[TriesForEver]) -> type[TriesForEver]:
    """The same receiver, which counts the attempts for each number."""

    class Counting(receiver):  # type: ignore[valid-type,misc]
        def __init__(self) -> None:
            super().__init__()
            self.tried: dict[str, int] = {}

        def again(self, failed: Event) -> tuple[str, dict[str, str]] | None:
            command: tuple[str, dict[str, str]] | None = super().again(failed)
            assert command is not None
            to = command[1]["to"]
            self.tried[to] = self.tried.get(to, 0) + 1
            return command if self.tried[to] <= ENOUGH else None

    return Counting


class Stateless(TriesForEver):
    """Writes the number of the attempt into client_state."""

    def again(self, failed: Event) -> tuple[str, dict[str, str]] | None:
        command = super().again(failed)
        tried = len(base64.b64decode(str(failed.get("client_state") or ""))) + 1
        if command is None or tried > ENOUGH:
            return None
        path, parameters = command
        return path, {**parameters, "client_state": base64.b64encode(b"x" * tried).decode()}


class Once(TriesForEver):
    """Tries once more, and knows its own attempts by the id in the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.own: set[str] = set()

    def act(self, event: Event) -> int:
        command = self.command(event)
        failed: Any = payload(event)
        if command is None or kind(event) != "fax.failed" or failed["fax_id"] in self.own:
            return 200
        self.own.add(self.api.post(command[0], json=command[1]).json()["data"]["id"])
        return 200


@pytest.mark.parametrize("receiver", [TriesForEver, SendsForEver, CallsForEver])
def test_whoever_never_gives_up_is_found(runner: MakeRunner, receiver: type[TriesForEver]) -> None:
    [finding] = run(runner(receiver, *EVENTS), RULE).findings
    assert "to the same number again" in finding.message


@pytest.mark.parametrize(
    "receiver",
    [
        *map(counting, (TriesForEver, SendsForEver, CallsForEver)),
        Stateless,
        Once,
    ],
)
def test_whoever_gives_up_passes(runner: MakeRunner, receiver: type[Acting]) -> None:
    assert run(runner(receiver, *EVENTS), RULE).outcome is Outcome.PASSED


def test_nothing_is_judged_if_the_receiver_tries_nothing_again(runner: MakeRunner) -> None:
    result = run(runner(Acting, *EVENTS), RULE)
    assert result.outcome is Outcome.SKIPPED
    assert "does not send a fax or a message again" in result.note


def test_an_answer_without_an_id_ends_no_run(runner: MakeRunner) -> None:
    made = runner(TriesForEver, *EVENTS)
    made.emulator.api.answer_with("POST", "/v2/faxes", body={"data": {}})
    assert len(run(made, RULE).findings) == 1
