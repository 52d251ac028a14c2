"""``--telnyx-journal`` keeps what a user's own tests send."""

from __future__ import annotations

import importlib.util

import pytest

from telnyx_mock.journal import FOLDER, Folder

RECEIVER = """
import pytest
from shop import create_app

@pytest.fixture
def telnyx_receiver(telnyx_key):
    return lambda: create_app(telnyx_key.public_key)
"""

TESTS = """
def test_one(telnyx_mock):
    telnyx_mock.send("call.initiated").assert_accepted()

def test_two(telnyx_mock):
    with telnyx_mock.fresh() as fresh:
        fresh.send("call.answered", forge="signature-missing").assert_refused()
"""


@pytest.fixture
def journals(project) -> Folder:
    project.makeconftest(RECEIVER)
    project.makepyfile(TESTS)
    return Folder(project.path / FOLDER)


def test_deliveries_name_their_test(project, journals):
    project.runpytest("--telnyx-journal", "new").assert_outcomes(passed=2)
    [run] = journals.runs()
    assert run.ended
    told = [(kept.about.partition("::")[2], kept.event, kept.status) for kept in run.deliveries()]
    assert told == [("test_one", "call.initiated", 200), ("test_two", "call.answered", 401)]


def test_a_run_can_be_named(project, journals):
    project.runpytest("--telnyx-journal", "build-17").assert_outcomes(passed=2)
    assert [run.id for run in journals.runs()] == ["build-17"]


def test_none_is_kept_unless_asked_for(project, journals):
    project.runpytest().assert_outcomes(passed=2)
    assert not journals.path.exists()


def test_a_bad_name_is_a_sentence(project, journals):
    result = project.runpytest("--telnyx-journal", "../up")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'../up' cannot be the name of a run*"])


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("xdist") is None, reason="needs pytest-xdist")
def test_workers_write_into_one_run(project, journals):
    project.runpytest("-n", "2", "--telnyx-journal", "new").assert_outcomes(passed=2)
    [run] = journals.runs()
    assert run.ended
    assert sorted(kept.event for kept in run.deliveries()) == ["call.answered", "call.initiated"]
