"""Rules, forgeries and hooks of the user's own, in a run of the contract and in its reports."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import telnyx_mock
from telnyx_mock.attacks import forgeries
from telnyx_mock.contract import Report, run
from telnyx_mock.contract.all_rules import contract
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.environment import receiver_environment
from tests.receivers.correct import Receiver
from tests.receivers.flaky import flaky

KEY = KeyPair.generate()

RULES = """
import base64
import telnyx_mock

@telnyx_mock.rule("names-its-host", "names its host", events="call.*", severity="warning", fix="Do.")
def names_its_host(trial):
    "Our operators look for it."
    delivery = trial.send()
    if not (delivery.response and delivery.response.header(b"x-host")):
        yield trial.finding(delivery, "was answered without a host", expected="a header x-host")

reversed_signature = telnyx_mock.Forgery(
    "signature-reversed",
    "accepts a reversed signature",
    lambda original: original.with_signature(base64.b64encode(original.signature()[::-1])),
)
"""


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    with receiver_environment(KEY.public_key):
        yield


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Write a module of the user's, and forget it and its forgeries at the end."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = dict(forgeries._forgeries)

    def write(text: str, name: str = "our_rules") -> str:
        (tmp_path / f"{name}.py").write_text(text)
        sys.modules.pop(name, None)
        return name

    yield write
    for name in ("our_rules", "our_other_rules"):
        sys.modules.pop(name, None)
    forgeries._forgeries.clear()
    forgeries._forgeries.update(before)


class NamesHost(Receiver):
    """A correct receiver that also names its host."""

    def headers(self) -> Any:
        return [*super().headers(), (b"x-host", b"a")]


class Reverses(Receiver):
    """It accepts a signature in either direction."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return any(
            super(Reverses, self).is_signed(message, it) for it in (signature, signature[::-1])
        )


def checked(app: Any, module: str, only: str, **more: Any) -> Report:
    return run(
        app, key=KEY, events=["call.hangup"], rules_from=[module], only=[only], seed=1, **more
    )


def test_a_rule_of_ones_own_finds_its_fault(module: Callable[[str], str]) -> None:
    [finding] = checked(Receiver, module(RULES), "names-its-host").findings
    assert (finding.rule, finding.severity) == ("names-its-host", Severity.WARNING)
    assert finding.message == "call.hangup was answered without a host."
    assert (finding.why, finding.fix) == ("Our operators look for it.", "Do.")
    assert finding.expected == "a header x-host"
    assert "--rules-from our_rules --only names-its-host" in finding.reproduce


def test_a_receiver_that_keeps_the_rule_passes(module: Callable[[str], str]) -> None:
    report = checked(NamesHost, module(RULES), "names-its-host")
    assert (report.findings, len(report.results)) == ((), 1)


def test_a_rule_is_not_tried_for_other_events(module: Callable[[str], str]) -> None:
    with pytest.raises(UsageError, match="There is nothing to check"):
        run(
            Receiver, key=KEY, events=["message.received"],
            rules_from=[module(RULES)], only=["names-its-host"],
        )  # fmt: skip


def test_a_finding_at_a_failure_by_chance_does_not_count(module: Callable[[str], str]) -> None:
    name = module(
        """
import telnyx_mock

@telnyx_mock.rule("is-steady", "is steady", events="call.hangup")
def is_steady(trial):
    for delivery in [trial.send() for _ in range(4)]:
        if not delivery.accepted:
            yield trial.finding(delivery, "failed")
"""
    )
    for seed in range(5):
        assert not checked(flaky(Receiver, seed, 0.1), name, "is-steady").findings


def test_a_forgery_of_ones_own_makes_a_rule(module: Callable[[str], str]) -> None:
    name = module(RULES)
    [finding] = checked(Reverses, name, "refuses-signature-reversed").findings
    assert "forged as signature-reversed was accepted with 200" in finding.message
    assert finding.severity is Severity.ERROR
    assert finding.reproduce.endswith("--forge signature-reversed --rules-from our_rules")
    assert not checked(Receiver, name, "refuses-signature-reversed").findings


def test_a_forgery_of_ones_own_can_be_sent(module: Callable[[str], str]) -> None:
    forgery = telnyx_mock.Forgery("body-none", "reads no body", lambda it: it.signed_over(b"", b""))
    emulator = Emulator(open_app(Receiver()), key=KEY)
    emulator.send("call.hangup", forge=forgery).assert_refused()
    emulator.unbind()
    assert emulator.request("call.hangup", forge=forgery).forgery == "body-none"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The module our_rules holds no rule; make one with @telnyx_mock.rule."),
        ("import no_such", "our_rules could not be loaded: ModuleNotFoundError"),
        (
            RULES.replace("names-its-host", "accepts-null"),
            "'accepts-null' in the module our_rules has the id",
        ),
        (RULES.replace("names-its-host", "Names"), "The id 'Names' of a rule must be in small"),
        (RULES.replace('"warning"', '"bad"'), "must be error, warning or advice, not 'bad'"),
        (RULES.replace("call.*", "cal.x"), "There is no event 'cal.x'"),
        (RULES.replace('"signature-r', '"sig-r'), "'sig-reversed' of a forgery must begin with"),
        (RULES.replace("signature-reversed", "signature-missing"), "has the name of one of ours"),
    ],
)
def test_a_mistake_in_a_module_of_rules_is_a_sentence(
    module: Callable[[str], str], text: str, sentence: str
) -> None:
    with pytest.raises(UsageError) as refused:
        contract([module(text)])
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("raise KeyError('x')", "The rule goes-wrong failed: KeyError: 'x' (HERE/our_rules.py:5)."),
        (
            "return [trial.send()]",
            "The rule goes-wrong must yield trial.finding(...), not Delivery",
        ),
    ],
)
def test_a_rule_that_fails_itself_ends_the_run(
    module: Callable[[str], str], tmp_path: Path, line: str, sentence: str
) -> None:
    head = (
        "import telnyx_mock\n\n@telnyx_mock.rule('goes-wrong', 'goes wrong')\ndef wrong(trial):\n"
    )
    with pytest.raises(UsageError) as refused:
        checked(Receiver, module(f"{head}    {line}\n"), "goes-wrong")
    assert sentence in str(refused.value).replace(str(tmp_path), "HERE")


def test_hooks_see_each_request_and_each_answer() -> None:
    seen: list[tuple[bytes | None, int]] = []
    receiver = telnyx_mock.with_hooks(
        Receiver(),
        before_sending=lambda request: request.with_headers((b"x-gateway", b"eu")),
        after_answering=lambda request, response: seen.append(
            (request.header(b"x-gateway"), response.status)
        ),
    )
    emulator = Emulator(receiver, key=KEY)
    assert emulator.send("call.hangup").accepted
    emulator.send("call.hangup", forge="signature-missing").assert_refused()
    emulator.unbind()
    assert seen == [(b"eu", 200), (b"eu", 401)]
    report = run(receiver, key=KEY, events=["call.hangup"], only=["accepts-sample"])
    assert (report.findings, seen[2:]) == ((), [(b"eu", 200)] * (len(seen) - 2))
    json.dumps([result.to_json() for result in report.results])


def test_hooks_see_what_an_async_test_sends() -> None:
    seen: list[tuple[bytes | None, int]] = []
    receiver = telnyx_mock.with_hooks(
        Receiver(),
        before_sending=lambda request: request.with_headers((b"x-gateway", b"eu")),
        after_answering=lambda request, response: seen.append(
            (request.header(b"x-gateway"), response.status)
        ),
    )

    async def send() -> None:
        emulator = Emulator(receiver, key=KEY)
        (await emulator.asend("call.hangup")).assert_accepted()
        emulator.unbind()

    asyncio.run(send())
    assert seen == [(b"eu", 200)]
