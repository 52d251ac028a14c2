"""Tests of the telephone menu in Node: the same as those of the menu in Python."""

SALES = "+13125550171"


def test_sends_a_caller_to_sales(telnyx_mock):
    call = telnyx_mock.call(from_="+13125550142", to="+13125550199")
    call.expect("gather_using_speak", contains="Press 1 for sales")
    call.press("1")
    sales = telnyx_mock.dialled(SALES)
    sales.answer()
    assert (call.state, sales.state) == ("bridged", "bridged")
    sales.hang_up()
    assert call.ended


def test_a_wrong_key_brings_the_menu_again(telnyx_mock):
    call = telnyx_mock.call()
    call.press("9")
    assert call.heard == ["Welcome to Example. Press 1 for sales, 2 for support."] * 2


def test_says_goodbye_to_a_silent_caller(telnyx_mock):
    call = telnyx_mock.call()
    call.stay_silent()
    call.expect("speak", contains="Goodbye")
    call.expect("hangup")
    assert call.ended


def test_a_caller_may_hang_up_at_any_time(telnyx_mock):
    call = telnyx_mock.call()
    call.hang_up()
    assert [command.name for command in call.commands] == ["answer", "gather_using_speak"]


def test_a_caller_stays_when_nobody_answers(telnyx_mock):
    call = telnyx_mock.call()
    call.press("2")
    telnyx_mock.dialled().be_busy()
    assert call.state == "answered"
