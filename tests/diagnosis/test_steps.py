"""The code of each other remedy, pasted into an app that verifies, breaks no rule about its fault."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from unittest.mock import Mock

import pytest

from telnyx_mock import contract
from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.report import Report
from telnyx_mock.diagnosis.remedies import Remedy, code
from telnyx_mock.diagnosis.remedies.handlers import HANDLERS
from telnyx_mock.diagnosis.remedies.verifying import PYNACL
from telnyx_mock.signing.keys import KeyPair
from tests.diagnosis.remedied import IN_PROCESS, PATH, check_in_django, factory, serving

JUDGED_BY = {
    Remedy.ACKNOWLEDGE_UNKNOWN: ("accepts-unknown-event", "answers-incoming-calls"),
    Remedy.DEDUPLICATE: (
        "idempotent-when-redelivered",
        "idempotent-when-concurrent",
        "handles-retry-after-failure",
    ),
    Remedy.ANSWER_FIRST: ("answers-in-time", "answers-before-slow-services"),
    Remedy.CATCH_API_ERRORS: ("survives-api-errors",),
    Remedy.ESCAPE_XML: ("answers-xml-as-xml", "escapes-values-in-documents"),
    Remedy.KEEP_STATE_PER_CALL: ("keeps-calls-apart", "accepts-any-order"),
}
"""The rules that judge what a remedy mends."""

WORK = """
import json
from telnyx import {client}

api = {client}(max_retries=0, timeout=1)

{define} work(event, state=None):
    payload = event["data"]["payload"]
    if event["data"]["event_type"] == "call.initiated" and payload["direction"] == "incoming":
        {call}api.calls.actions.answer(payload["call_control_id"])
"""

WORK_OF_CLIENT = """
import os
import {client}

async def post(url, **request):
    async with httpx.AsyncClient() as client:
        return await client.post(url, **request)

{define} work(event):
    payload = event["data"]["payload"]
    if event["data"]["event_type"] == "call.initiated" and payload["direction"] == "incoming":
        url = "https://api.telnyx.com/v2/calls/" + payload["call_control_id"] + "/actions/answer"
        headers = {{"Authorization": "Bearer " + os.environ["TELNYX_API_KEY"]}}
        answer = {post}(url, json={{}}, headers=headers, timeout=1)
        answer.raise_for_status()
"""


NO_WORK = "async def work(event, state=None):\n    event['data']['event_type'].upper()\n"
"""Work without the API, which is not there for a receiver in another process."""


def pasted(
    remedy: Remedy, framework: Framework, verifier: Verifier = Verifier.SDK, work: str = ""
) -> str:
    """An app that verifies, with the *work* for an event, and the code of *remedy*."""
    handler = HANDLERS[framework]
    is_async = handler.works_with_coroutines
    if not work and remedy is Remedy.CATCH_API_ERRORS and verifier is not Verifier.SDK:
        work = WORK_OF_CLIENT.format(
            client="httpx" if is_async else "requests",
            define="async def" if is_async else "def",
            post="await post" if is_async else "requests.post",
        )
    elif not work:
        work = WORK.format(
            client="AsyncTelnyx" if is_async else "Telnyx",
            define="async def" if is_async else "def",
            call="await " if is_async else "",
        )
    imports = f"import {', '.join(sorted(PYNACL.standard))}\n{PYNACL.package}"
    text = code(remedy, framework, verifier)
    marker = "    ...  # verify the signature first"
    assert marker in text
    text = text.replace(marker, textwrap.indent(handler.checking, "    "))
    return f"{imports}\n{PYNACL.text}\n{work}\n{text}"


def require_passed(report: Report, rules: tuple[str, ...]) -> None:
    """Each of *rules* was tried and not broken; but an app that answers first may call no service."""
    assert [str(each) for each in report.errors] == []
    outcomes = {each.rule: each.outcome for each in report.results if each.rule in rules}
    assert outcomes.keys() == set(rules)
    skipped = {rule for rule in rules if outcomes[rule] is Outcome.SKIPPED}
    assert skipped <= {"answers-before-slow-services"}
    assert {outcomes[rule] for rule in rules if rule not in skipped} == {Outcome.PASSED}


EACH = [
    pytest.param(
        each, marks=() if each in (Framework.FLASK, Framework.FASTAPI) else pytest.mark.long
    )
    for each in IN_PROCESS
]


def checked(remedy: Remedy, text: str, framework: Framework, *more: str) -> Report:
    """The report about the app that *text* makes, by the rules about *remedy*, and *more* rules."""
    return contract.run(
        factory(framework, text),
        path=PATH,
        events=("texml.instructions" if remedy is Remedy.ESCAPE_XML else "call.*",),
        only=("accepts-sample", *JUDGED_BY[remedy], *more),
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for the file of the database."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("framework", EACH)
@pytest.mark.parametrize("remedy", JUDGED_BY)
def test_the_code_mends_its_fault(remedy: Remedy, framework: Framework, folder: Path) -> None:
    if (remedy, framework) == (Remedy.ANSWER_FIRST, Framework.LAMBDA):
        pytest.skip("Another function does the work; see the next test.")
    require_passed(checked(remedy, pasted(remedy, framework), framework), JUDGED_BY[remedy])


def test_on_lambda_a_queue_takes_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Mock()
    monkeypatch.setitem(sys.modules, "boto3", Mock(client=lambda name: {"sqs": queue}[name]))
    monkeypatch.setenv("QUEUE_URL", "https://queue.example")
    text = pasted(Remedy.ANSWER_FIRST, Framework.LAMBDA)
    require_passed(
        checked(Remedy.ANSWER_FIRST, text, Framework.LAMBDA), JUDGED_BY[Remedy.ANSWER_FIRST]
    )
    message = queue.send_message.call_args.kwargs
    assert message["QueueUrl"] == "https://queue.example"
    assert json.loads(message["MessageBody"])["data"]["event_type"].startswith("call.")


@pytest.mark.parametrize("framework", [Framework.FLASK, Framework.FASTAPI])
def test_errors_of_another_client_are_caught(framework: Framework) -> None:
    remedy = Remedy.CATCH_API_ERRORS
    text = pasted(remedy, framework, Verifier.PYNACL)
    require_passed(checked(remedy, text, framework), JUDGED_BY[remedy])


def test_an_app_without_these_remedies_is_found_out() -> None:
    """The tests here can fail."""
    text = pasted(Remedy.ACKNOWLEDGE_UNKNOWN, Framework.FLASK)
    wanted = {
        "idempotent-when-redelivered",
        "idempotent-when-concurrent",
        "answers-before-slow-services",
        "survives-api-errors",
    }
    report = checked(Remedy.ACKNOWLEDGE_UNKNOWN, text, Framework.FLASK, *wanted)
    assert {each.rule for each in report.findings} == wanted


@pytest.mark.long
@pytest.mark.parametrize("framework", [Framework.DJANGO, Framework.AIOHTTP, Framework.EXPRESS])
@pytest.mark.parametrize("remedy", JUDGED_BY)
def test_the_code_runs_in_another_process(
    remedy: Remedy, framework: Framework, tmp_path: Path
) -> None:
    """It accepts genuine webhooks. What it does for them is the same code as above, but in Express."""
    event = "texml.instructions" if remedy is Remedy.ESCAPE_XML else "call.*"
    rules = ("accepts-sample", "accepts-unknown-event", *JUDGED_BY[remedy])
    if framework is Framework.DJANGO:
        only = [word for rule in rules for word in ("--only", rule)]
        report = check_in_django(pasted(remedy, framework), tmp_path, "--events", event, *only)
        assert [each for each in report["findings"] if each["severity"] == "error"] == []
        return
    key = KeyPair.generate()
    if framework is Framework.EXPRESS:
        text = in_express(remedy)
    else:
        text = pasted(remedy, framework, work=NO_WORK)
    with serving(framework, text, tmp_path, key) as address:
        report = contract.run(address, key=key, path=PATH, events=(event,), only=rules)
    assert [str(each) for each in report.errors] == []
    accepted = [each for each in report.results if each.rule == "accepts-sample"]
    assert {each.outcome for each in accepted} == {Outcome.PASSED}


def in_express(remedy: Remedy) -> str:
    """The code of *remedy* in an app that does nothing for an event."""
    work = "async function work(event, state) { event.data.event_type.length; }"
    return f"{work}\n{code(remedy, Framework.EXPRESS)}"
