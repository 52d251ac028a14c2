"""Nothing is found in a correct receiver, whatever is generated.

The normal run sends a few events, from two seeds, to the examples; the receivers of
``tests/receivers`` have theirs in ``tests/contract/test_contract.py``. ``make false-alarms`` goes to all
of them, from twenty seeds: the whole catalogue from the first, and some of it from each of the others.
"""

from __future__ import annotations

import base64
import json
import os
import random
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.engine.rule import Scope
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.schema.event import ContentType
from telnyx_mock.signing.keys import KeyPair
from tests.node_packages import require_packages
from tests.processes import environment, without_progress
from tests.programs import require_programs
from tests.receivers import correct, frameworks, late

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = REPOSITORY / "examples"

SEEDS = int(os.environ.get("SEEDS", "0"))
"""How many seeds to try; 0 for the normal run."""

DRAWN = 20
"""How many events are drawn from the catalogue for each seed, beside the usual ones."""

PATIENCE = "9"
"""Seconds that even a busy machine does not take for an answer."""

JSON = ("call.initiated", "message.received")
BOTH = (*JSON, "texml.call.completed")
"""The events of the normal run. The official SDK takes JSON alone."""


@dataclass(frozen=True)
class Correct:
    """A correct receiver: what ``check`` is told about it, and what to send in the normal run."""

    folder: Path
    target: str
    events: tuple[str, ...] = JSON
    path: str = "/webhooks"
    choices: frozenset[str] = frozenset()
    """What is said about it, for it chose so."""


ABOUT_REQUESTS = {
    rule.id
    for rule in CONTRACT.values()
    if rule.id.startswith(("accepts-", "refuses-")) and rule.scope is not Scope.RUN
} - {"accepts-any-order"}
"""The rules that can be tried on any receiver; the order of events needs two of one family."""

ADVISED = "answers-before-slow-services"
"""Advice that a correct receiver gets if it calls the API before it answers."""

IN_PROCESS = {
    "flask": Correct(EXAMPLES / "flask_receiver", "app:app"),
    "fastapi": Correct(EXAMPLES / "fastapi_receiver", "app:app"),
    "ivr": Correct(EXAMPLES / "ivr_receiver", "app:app"),
    "reminder": Correct(EXAMPLES / "reminder_receiver", "app:app"),
    "django-wsgi": Correct(EXAMPLES / "django_receiver", "app:wsgi"),
    "django-asgi": Correct(EXAMPLES / "django_receiver", "app:asgi"),
    "starlette": Correct(EXAMPLES / "starlette_receiver", "app:app"),
    "asgi": Correct(EXAMPLES / "asgi_receiver", "app:app", BOTH),
    "lambda": Correct(EXAMPLES / "lambda_receiver", "app:handler", BOTH),
}
OURS = {
    make.__name__: Correct(
        REPOSITORY,
        f"{make.__module__}:{make.__name__}()",
        path="/",
        choices={**correct.CHOICES, **frameworks.CHOICES}.get(make, frozenset()),
    )
    for make in (*correct.RECEIVERS, *frameworks.RECEIVERS, *late.RECEIVERS)
}
IN_THREADS = ("wsgi_httpx",)
"""Of ours, that of the normal run: a thread of its calls late, after the test that led to it."""

SERVED = {
    "aiohttp": ([sys.executable, "app.py"], "messages"),
    "express": (["node", "app.js"], "inbox"),
    "java": (["java", "App.java"], ""),
}
"""How the others are started, and where their work can be read back, if it can."""


def events_for(receiver: Correct, seed: int) -> tuple[str, ...]:
    """The events to name; none for the whole catalogue."""
    if not SEEDS:
        return receiver.events
    if seed == 1:
        return ()
    takes_forms = receiver.events == BOTH
    known = [
        event.name
        for event in all_events()
        if event.sent_unnamed and (takes_forms or event.content_type is ContentType.JSON)
    ]
    return (*receiver.events, *random.Random(seed).sample(known, DRAWN))


def require_no_alarm(
    receiver: Correct, seed: int, report: Path, *words: str, skipped: frozenset[str] = frozenset()
) -> None:
    """Run ``telnyx-mock check``, in a process of its own; every check but *left_out* must pass."""
    events = [word for name in events_for(receiver, seed) for word in ("--events", name)]
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "telnyx_mock", "check", receiver.target),
            *("--path", receiver.path, "--seed", str(seed), "--examples", "5"),
            *("--deadline", PATIENCE, "--failover", receiver.path, "--no-journal"),
            *("--report", str(report), *events, *words),
        ],
        cwd=receiver.folder,
        env=environment(PYTHONPATH=str(REPOSITORY)),
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, without_progress(ran.stderr)) == (0, ""), ran.stdout
    written: dict[str, Any] = json.loads(report.read_bytes())
    found = {finding["check"] for finding in written["findings"]}
    assert found - {ADVISED} == receiver.choices, ran.stdout
    advice = [finding for finding in written["findings"] if finding["check"] == ADVISED]
    assert {finding["severity"] for finding in advice} <= {"advice"}
    passed = {row["id"] for row in written["checks"] if row["outcome"] == "passed"}
    assert passed >= ABOUT_REQUESTS - skipped


@pytest.mark.parametrize("seed", range(1, 1 + (SEEDS or 1)))
@pytest.mark.parametrize("name", [*IN_PROCESS, *(OURS if SEEDS else IN_THREADS)])
def test_nothing_is_found_in_process(name: str, seed: int, tmp_path: Path) -> None:
    require_no_alarm({**IN_PROCESS, **OURS}[name], seed, tmp_path / "report.json")


@contextmanager
def serving(words: list[str], folder: Path, public_key: str) -> Iterator[str]:
    """Start a server that prints its address first; the address."""
    with subprocess.Popen(
        words,
        cwd=folder,
        env=environment(TELNYX_PUBLIC_KEY=public_key, PORT="0"),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.mark.parametrize("name", SERVED)
def test_nothing_is_found_over_http(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, effects = SERVED[name]
    folder = EXAMPLES / f"{name}_receiver"
    if words[0] == "node":
        require_packages(folder)
    require_programs(words[0])
    private_key = secrets.token_bytes(32)
    monkeypatch.setenv("PRIVATE_KEY", base64.b64encode(private_key).decode())
    with serving(words, folder, KeyPair(private_key).public_key) as address:
        for seed in range(1, 1 + (SEEDS or 1)):
            require_no_alarm(
                Correct(folder, address),
                seed,
                tmp_path / "report.json",
                *("--key", "env:PRIVATE_KEY"),
                *(("--probe", f"{address}/{effects}") if effects else ()),
                skipped=frozenset(
                    f"refuses-{forgery.name}"
                    for forgery in FORGERIES.values()
                    if forgery.in_process_only
                ),
            )
