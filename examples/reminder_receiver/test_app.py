"""Tests of the reminders: the test decides who answers the telephone."""

import asyncio

import pytest
from app import remind

TEXT = "You have an appointment tomorrow at nine."


@pytest.fixture
def telephone(telnyx_mock):
    """The telephone that rings when the app reminds somebody."""
    asyncio.run(remind("+13125550142", TEXT))
    return telnyx_mock.dialled("+13125550142")


def test_reminds_a_person(telephone):
    telephone.answer()
    assert telephone.heard == [TEXT]
    assert telephone.ended


@pytest.mark.parametrize("beep", [True, False])
def test_leaves_word_with_a_machine_after_its_greeting(telephone, beep):
    telephone.answer_as_machine(beep=beep)
    assert telephone.heard == [TEXT]
    transcript = telephone.transcript
    assert transcript.index("greeting.ended") < transcript.index("hears")


def test_says_nothing_to_a_fax(telephone):
    telephone.answer(detected="fax_detected")
    assert telephone.heard == []
    assert telephone.ended


@pytest.mark.parametrize("outcome", ["be_busy", "reject", "not_answer", "stay_silent"])
def test_gives_up_when_nobody_answers(telephone, outcome):
    getattr(telephone, outcome)()
    assert telephone.commands == []
