"""The public names of the package: they load when first used, and type checkers know them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api as mypy

import telnyx_mock

pytestmark = pytest.mark.slow  # they start processes, or run long

ROOT = Path(__file__).parent.parent

CODE = """\
from collections.abc import Iterator

import telnyx_mock
from telnyx_mock import Emulator, EventName, Forgery, Trial, Webhook, contract, rule, with_hooks
from telnyx_mock import Webhok  # attr-defined
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.strategies import Options, webhooks

key: KeyPair = telnyx_mock.KeyPair.generate()
webhook: type[Webhook] = telnyx_mock.Webhook
telnyx_mock.Policy("fast")  # arg-type
telnyx_mock.Emulatr  # attr-defined
telnyx_mock.contract.runn  # attr-defined
options: Options = {"presence": "all"}
webhooks("call.initiated", **options)
webhooks("call.initiated", presense="all")  # call-arg
webhooks("call.initiated", presence="some")  # arg-type


def test_hangup(telnyx_mock: Emulator, name: EventName) -> None:
    telnyx_mock.send("call.hangup", forge="signature-missing").assert_refused()
    telnyx_mock.send(name, malform="json-null")
    telnyx_mock.send("call.hangpu")  # arg-type
    telnyx_mock.send("call.hangup", forge="signature-mising")  # arg-type
    telnyx_mock.send("call.hangup", malform="json-nul1")  # arg-type
    telnyx_mock.deliver("call.hangpu")  # arg-type
    telnyx_mock.webhook("call.hangpu")  # arg-type
    telnyx_mock.send(Forgery)  # arg-type
    contract.run("app:app", events=["call.*"], only=["accepts-null", "refuses-*"])


async def test_awaited(telnyx_mock: Emulator) -> None:
    await telnyx_mock.asend("call.hangup")
    await telnyx_mock.asend("call.hangpu")  # arg-type


@rule("answers-briefly", "answers briefly", events="call.*")
def answers_briefly(trial: Trial) -> Iterator[contract.Finding]:
    delivery = trial.send(forge="signature-missing", hangup_cause="normal_clearing")
    yield trial.finding(delivery, "was answered at length", expected=200)  # arg-type
    yield delivery  # misc


receiver = with_hooks("app:app", before_sending=lambda request: request.with_headers())
with_hooks("app:app", before_sending=b"x-gateway")  # arg-type
"""
"""Each line that a type checker must refuse ends with the code of mypy's error."""

REFUSED = {
    number: code
    for number, line in enumerate(CODE.splitlines(), 1)
    if (code := line.partition("  # ")[2])
}


def test_every_public_name_loads() -> None:
    for name in telnyx_mock.__all__:
        assert getattr(telnyx_mock, name) is not None
    assert set(telnyx_mock.__all__) <= set(dir(telnyx_mock))


def test_a_misspelt_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        telnyx_mock.nonsense  # noqa: B018


def test_a_type_checker_knows_the_public_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(CODE)
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    options = ["--strict", "--config-file=", "--cache-dir", os.devnull]
    printed, trouble, _ = mypy.run([*options, str(snippet)])
    assert not trouble
    errors = re.findall(r"^.*py:(\d+): error: .*\[(.*)\]$", printed, re.MULTILINE)
    refused = {int(number): code for number, code in errors}
    assert refused == REFUSED, printed


def test_pyright_knows_the_public_names(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(CODE)
    settings = {
        "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT)],
        "reportUnusedExpression": False,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    pyright = Path(sys.executable).with_name("basedpyright")
    words = [pyright, "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, timeout=200)
    found = json.loads(ran.stdout)["generalDiagnostics"]
    refused = {each["range"]["start"]["line"] + 1 for each in found if each["severity"] == "error"}
    assert refused == {*REFUSED}, ran.stdout
