"""Simulated people find what a stranger did wrong in calls, and blame correct receivers for nothing.

A fifth author wrote the twelve receivers of ``e/`` without sight of the invariants. ``FOUND`` is what
``telnyx-mock calls`` shows; what it misses of ``e/truth.json`` is in the README.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import environment

HERE = Path(__file__).parent / "e"
ROOT = Path(__file__).parents[2]

FOUND: dict[str, set[str]] = {
    "01_clinic_ivr": {"accepts-each-webhook-of-a-call"},
    "02_voicemail_box": set(),
    "03_forward_me": {"leaves-nobody-in-silence"},
    "04_appointment_reminder": {"acts-once-on-a-webhook", "leaves-nobody-in-silence"},
    "05_support_queue": set(),
    "06_pin_line": {
        "keeps-calls-of-people-apart",
        "gives-up-on-a-silent-caller",
        "leaves-nobody-in-silence",
    },
    "07_sms_keywords": {"writes-to-nobody-who-opted-out", "stops-answering-an-automaton"},
    "08_missed_call_textback": set(),
    "09_radio_poll": {"keeps-a-call-when-the-api-fails"},
    "10_office_switchboard": {"answers-only-callers", "plays-the-menu-to-callers"},
    "11_recorded_hotline": {"answers-before-it-speaks", "records-once"},
    "12_callback_request": set(),
}

DIALS = {"04_appointment_reminder": 'POST /remind {"to": "+13125550142", "when": "Tuesday"}'}
"""The request that makes an app call somebody, if it only does so when asked to."""


@pytest.mark.strangers
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", FOUND)
def test_calls_show_what_is_wrong_and_nothing_else(name: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = ("--path", "/webhooks", "--seed", "1", "--examples", "100", "--report", str(report))
    dial = ("--dial", DIALS[name]) if name in DIALS else ()
    subprocess.run(
        [sys.executable, "-m", "telnyx_mock", "calls", f"{name}:app", *words, *dial],
        cwd=HERE,
        env=environment(PYTHONPATH=str(ROOT), TELNYX_API_KEY="KEYtest"),
        check=False,
    )
    faults = json.loads(report.read_text())["faults"]
    assert {each["id"] for each in faults} == FOUND[name]
