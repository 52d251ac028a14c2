"""Rules and forgeries that an installed package offers as entry points."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock.attacks import forgeries
from telnyx_mock.contract import Report, run
from telnyx_mock.contract.all_rules import contract
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import receiver_environment
from tests.processes import environment
from tests.receivers.correct import Receiver

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-your-own-rules.md"
KEY = KeyPair.generate()

RULES = """
import base64
import telnyx_mock

@telnyx_mock.rule("names-its-host", "names its host", events="call.hangup")
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

Install = Callable[[str, str], Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package whose module our_rules has a text, and which has one entry point."""
    before = dict(forgeries._forgeries)
    monkeypatch.syspath_prepend(tmp_path)

    def install(value: str, text: str = RULES) -> Path:
        (tmp_path / "our_rules.py").write_text(text)
        about = tmp_path / "our_checks-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: our-checks\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[telnyx_mock.rules]\nours = {value}\n")
        return tmp_path

    yield install
    sys.modules.pop("our_rules", None)
    forgeries._forgeries.clear()
    forgeries._forgeries.update(before)


def checked(only: str, **more: Any) -> Report:
    with receiver_environment(KEY.public_key):
        return run(Receiver, key=KEY, events=["call.hangup"], only=[only], seed=1, **more)


def test_the_page_shows_this_group() -> None:
    [text] = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    [offered] = tomllib.loads(text)["project"]["entry-points"]["telnyx_mock.rules"].values()
    assert offered == "our_rules"


def test_a_run_tries_the_rules_of_an_installed_package(install: Install) -> None:
    install("our_rules")
    [finding] = checked("names-its-host").findings
    assert finding.message == "call.hangup was answered without a host."
    assert "--rules-from" not in finding.reproduce
    assert not checked("refuses-signature-reversed").findings


def test_a_rule_that_is_found_twice_is_tried_once(install: Install) -> None:
    install("our_rules")
    assert len(checked("names-its-host", rules_from=["our_rules"]).results) == 1


def test_an_entry_point_may_name_one_rule(install: Install) -> None:
    install("our_rules:names_its_host")
    assert {"names-its-host"} == contract().keys() - CONTRACT.keys()


def test_a_forgery_of_an_installed_package_is_sent_by_its_name(install: Install) -> None:
    with pytest.raises(UsageError, match="There is no forgery 'signature-reversed'"):
        Emulator().request("call.hangup", forge="signature-reversed")  # type: ignore[arg-type]
    install("our_rules")
    request = Emulator().request("call.hangup", forge="signature-reversed")  # type: ignore[arg-type]
    assert request.forgery == "signature-reversed"


@pytest.mark.parametrize(
    ("value", "text", "sentence"),
    [
        ("no_such", RULES, "could not be loaded: ModuleNotFoundError: No module named 'no_such'."),
        ("our_rules:none", RULES, "could not be loaded: AttributeError: module 'our_rules' has no"),
        ("our_rules", "raise SystemExit(3)", "could not be loaded: SystemExit: 3."),
        ("our_rules", "", "The entry point ours holds no rule; make one with @telnyx_mock.rule."),
        (
            "our_rules",
            RULES.replace("names-its-host", "accepts-null"),
            "'accepts-null' in the entry",
        ),
    ],
)
def test_an_entry_point_that_does_not_load_is_a_sentence(
    install: Install, value: str, text: str, sentence: str
) -> None:
    install(value, text)
    with pytest.raises(UsageError) as refused:
        contract()
    assert sentence in str(refused.value)
    if "could not be loaded" in sentence:
        assert f"ours = {value} (telnyx_mock.rules) of the package our-checks" in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (
            [
                *("pytest", "--collect-only", "-q", "--pyargs", "pytest_telnyx_mock.contract"),
                *("--telnyx-app", "x:app", "--telnyx-only", "names-its-host"),
            ],
            "test_contract[names-its-host-call.hangup]",
        ),
        (["telnyx_mock", "explain"], "names-its-host"),
        (["telnyx_mock", "explain", "names-its-host"], "Our operators look for it."),
        (["telnyx_mock", "forgeries"], "signature-reversed"),
        (
            ["telnyx_mock", "check", "x:app", "--only", "names-its-host", "--dry-run"],
            "1 rule, 1 check,",
        ),
        (
            ["telnyx_mock", "send", "call.hangup", "--forge", "signature-reversed", "--dry-run"],
            "POST / HTTP/1.1",
        ),
    ],
)
def test_every_command_knows_the_rules_of_an_installed_package(
    install: Install, words: list[str], printed: str
) -> None:
    site = install("our_rules")
    ran = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=site,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert printed in ran.stdout
