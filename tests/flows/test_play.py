"""``telnyx-mock play``: people do what a flow says, and the story is printed as it happens."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from telnyx_mock.cli import telnyx_mock
from telnyx_mock.emulator import Emulator
from telnyx_mock.flows.all_flows import FLOWS
from telnyx_mock.flows.flow import DIALLED, NUMBERS
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.simulator.player import Player
from telnyx_mock.simulator.simulation import Simulation
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.server_process import ServerProcess, free_port
from tests.flows import apps
from tests.foreign_text import LINES, raw
from tests.processes import environment

CALLER, OWN, AGENT = "+13125550142", "+13125550199", "+13125550171"
IVR = Path(__file__).parents[2] / "examples" / "ivr_receiver"

MENU = [
    f"{CALLER} calls {OWN}",
    "Telnyx call.initiated (200 OK)",
    "app answer",
    "Telnyx call.answered (200 OK)",
    "app gather_using_speak: Press 1.",
    f"{CALLER} hears: Press 1.",
]

PRESSED = ["Telnyx call.dtmf.received: 1 (200 OK)", "Telnyx call.gather.ended: 1 (200 OK)"]


def run(*words: object) -> Result:
    return CliRunner().invoke(telnyx_mock, ["play", *map(str, words)])


def play(flow: str, app: str, *words: object) -> Result:
    return run(flow, f"tests.flows.apps:{app}", *words)


def whats(result: Result) -> list[str]:
    """Who and what of each line, without times."""
    return [re.sub(r"^ *[\d.]+ s  (\S+) +", r"\1 ", line) for line in result.stdout.splitlines()]


# The story


def test_a_caller_presses_a_key_in_a_menu() -> None:
    result = play("inbound-ivr", "ivr")
    assert (result.exit_code, result.stderr) == (0, "")
    assert whats(result) == [
        *MENU,
        f"{CALLER} presses 1",
        *PRESSED,
        f"app transfer to {AGENT}",
        f"Telnyx call.initiated for {AGENT} (200 OK)",
        f"{CALLER} hangs up",
        "Telnyx call.hangup (200 OK)",
        f"Telnyx call.hangup for {AGENT} (200 OK)",
    ]


def test_times_are_virtual_and_never_go_back() -> None:
    result = play("silent-caller", "ivr")
    times = [float(line.split(" s ")[0]) for line in result.stdout.splitlines()]
    assert times == sorted(times)
    assert times[-1] > 5


def test_the_telephone_that_the_app_calls_is_played_too() -> None:
    lines = whats(play("transfer", "ivr"))
    assert f"{AGENT} answers" in lines
    assert f"{CALLER} hears: Sales, good day." in lines
    assert f"{AGENT} hears: Good day." in lines
    assert lines[-1] == "Telnyx call.hangup (200 OK)"


def test_a_dialled_telephone_is_busy() -> None:
    result = play("transfer-busy", "ivr")
    assert f"{AGENT} is busy" in whats(result)
    assert result.exit_code == 0


def test_a_caller_in_a_hurry_hangs_up_while_the_app_speaks() -> None:
    patient, hurried = (play(each, "ivr").stdout for each in ("inbound-ivr", "hangs-up-early"))
    assert "0.06 s  +13125550142  hangs up" in hurried
    assert "0.06 s  +13125550142  presses" not in patient


def test_an_agent_agrees_before_the_caller_is_put_through() -> None:
    result = play("warm-transfer", "warm()")
    lines = whats(result)
    assert result.exit_code == 0
    agreed = lines.index(f"{AGENT} presses 1")
    assert f"{AGENT} hears: A caller for you. Press 1." in lines[:agreed]
    assert f"{AGENT} hears: Good day." in lines[agreed:]
    assert f"{CALLER} hears: Good day. How can I help?" in lines[agreed:]
    assert f"{CALLER} hears: Put them through." not in lines


def test_callers_wait_in_a_queue() -> None:
    lines = whats(play("queue", "queues"))
    assert sum("call.enqueued" in line for line in lines) == 2
    assert sum("call.dequeued" in line for line in lines) == 2


def test_a_caller_pays() -> None:
    lines = whats(play("payment", "charges"))
    assert "Telnyx call.payment.completed (200 OK)" in lines
    assert f"{CALLER} pays" in lines


@pytest.mark.parametrize("name", ["rcs-conversation", "whatsapp-conversation"])
def test_people_write_and_read_by_rcs_and_whatsapp(name: str) -> None:
    result = play(name, "chats")
    lines = whats(result)
    assert result.exit_code == 0
    assert f"{CALLER} receives: Thank you." in lines
    assert "Telnyx message.read (200 OK)" in lines


def test_a_fax_comes() -> None:
    assert whats(play("fax-in", "answers_nobody")) == [
        f"{CALLER} sends a fax of 2 pages",
        "Telnyx fax.receiving.started (200 OK)",
        "Telnyx fax.media.processing.started (200 OK)",
        "Telnyx fax.received (200 OK)",
    ]


def test_the_app_verifies_a_number() -> None:
    lines = whats(play("verify", "answers_nobody", "--first", "tests.flows.apps:verifies"))
    assert "Telnyx verify.delivered (200 OK)" in lines
    assert f"{CALLER} receives a code by sms" in lines


def test_three_people_hear_each_other_in_a_conference() -> None:
    result = play("conference-three", "conference()")
    lines = whats(result)
    for number in (NUMBERS["second"], NUMBERS["third"]):
        assert f"{number} hears: Is everybody here?" in lines
    assert f"{CALLER} hears: Yes." in lines
    assert result.exit_code == 0


def test_a_message_is_answered() -> None:
    result = play("sms-conversation", "replies")
    assert whats(result)[:3] == [
        f"{CALLER} writes: Hello",
        "Telnyx message.received (200 OK)",
        "app messages.send: Thank you.",
    ]
    assert whats(result).count(f"{CALLER} receives: Thank you.") == 2


def test_a_message_after_opting_out_is_refused_by_the_api() -> None:
    result = play("opt-out", "replies")
    assert whats(result).count(f"{CALLER} receives: Thank you.") == 2
    assert sum("(refused: 4" in line for line in whats(result)) == 1


@pytest.mark.parametrize("function", ["dials", "dials_async", "dials()"])
def test_a_machine_answers_what_a_function_of_the_app_dials(function: str) -> None:
    result = play("outbound-amd-machine", "reminds", "--first", f"tests.flows.apps:{function}")
    lines = whats(result)
    assert result.exit_code == 0
    assert lines[0] == f"app dial to {AGENT}"
    assert lines[2] == f"{AGENT} is a machine, and answers"
    greeted = lines.index("Telnyx call.machine.greeting.ended (200 OK)")
    assert greeted < lines.index(f"{AGENT} hears: Remember.")


def test_a_person_answers_what_a_function_of_the_app_dials() -> None:
    lines = whats(play("outbound-person", "reminds", "--first", "tests.flows.apps:dials"))
    assert f"{AGENT} hears: Remember." in lines
    assert not any("greeting" in line for line in lines)


def test_each_line_is_told_as_it_happens() -> None:
    """A webhook is shown before what comes after it is done, and with its answer."""
    shown: list[tuple[str, int]] = []
    app = apps.App(apps.ivr.handle)
    receiver = open_app(app)
    emulator = Emulator(receiver)
    try:
        Player(
            Simulation(emulator, emulator.api),
            FLOWS["inbound-ivr"],
            lambda entry: shown.append((entry.text + entry.detail, len(app.seen))),
        ).play()
    finally:
        emulator.unbind()
        receiver.close()
    assert shown[:4] == [
        (f"calls {OWN}", 0),
        ("call.initiated (200 OK)", 1),
        ("answer", 1),
        ("call.answered (200 OK)", 2),
    ]


@pytest.mark.parametrize("name", FLOWS)
def test_a_receiver_that_accepts_all_and_does_nothing_has_no_fault(name: str) -> None:
    begins = "verifies" if name == "verify" else "dials"
    first = ("--first", f"tests.flows.apps:{begins}") if FLOWS[name].is_begun_by_app else ()
    result = run(name, "tests.receivers.correct:Receiver()", *first)
    needs_answer = {act.does for act in FLOWS[name].acts} & {"presses", "says", "pays"}
    assert result.exit_code == (3 if needs_answer else 0), result.stdout
    assert result.stderr == ""


# How a flow ends early


def test_a_receiver_that_fails_is_exit_1_after_the_story() -> None:
    result = play("inbound-ivr", "fails_at_keys")
    assert result.exit_code == 1
    *story, failed, why = whats(result)
    assert story == [*MENU, f"{CALLER} presses 1", PRESSED[0]]
    assert failed.startswith("Telnyx call.gather.ended: 1 (500 Internal Server Error, at attempt ")
    assert why.startswith("call.gather.ended was not accepted")


def test_a_receiver_with_another_key_is_exit_1() -> None:
    assert run("mms-in", "tests.receivers.faults.keys:OtherKey()").exit_code == 1


@pytest.mark.parametrize(
    ("flow", "app", "end"),
    [
        ("inbound-ivr", "answers_nobody", f"{CALLER} presses 1, but nobody has answered the call."),
        ("inbound-ivr", "hangs_up_at_once", f"{CALLER} presses 1, but the call has ended."),
        ("transfer", "speaks_hostile_words", "The app calls no telephone now."),
    ],
)
def test_what_nobody_can_do_ends_the_flow_with_a_sentence(flow: str, app: str, end: str) -> None:
    result = play(flow, app)
    assert result.exit_code == 3
    assert whats(result)[-1] == f"The flow ends here: {end}"
    assert result.stdout.count(end) == 1


def test_who_is_hung_up_on_may_be_silent_and_hang_up_all_the_same() -> None:
    result = play("silent-caller", "hangs_up_at_once")
    assert (result.exit_code, whats(result)[-1]) == (0, "Telnyx call.hangup (200 OK)")


# What is printed, and what is written


def test_words_of_the_app_are_printed_with_escapes() -> None:
    result = play("hangs-up-early", "speaks_hostile_words")
    assert raw(result.stdout, LINES) == set()
    assert r"\x1b[2J" in result.stdout
    assert "\n::error" not in result.stdout


def test_a_diagram_has_a_message_for_each_line(tmp_path: Path) -> None:
    file = tmp_path / "call.mmd"
    result = play("transfer", "ivr", "--mermaid", file)
    lines = [line.strip() for line in file.read_text().splitlines()]
    assert lines[:5] == [
        "sequenceDiagram",
        f"actor p1 as {CALLER}",
        f"actor p2 as {AGENT}",
        "participant Telnyx",
        "participant app",
    ]
    assert lines[5:8] == [
        f"p1->>Telnyx: calls {OWN}",
        "Telnyx->>app: call.initiated (200 OK)",
        "app->>Telnyx: answer",
    ]
    assert "Telnyx-->>p2: hears: Good day." in lines
    assert f"Telnyx->>app: call.bridged for {AGENT} (200 OK)" in lines
    assert len(lines) - 5 == len(result.stdout.splitlines())


def test_no_word_of_the_app_is_syntax_of_the_diagram(tmp_path: Path) -> None:
    file = tmp_path / "call.mmd"
    play("hangs-up-early", "speaks_hostile_words", "--mermaid", file)
    for line in file.read_text().splitlines()[4:]:
        text = re.fullmatch(r"    (?:\w+-{1,2}>>\w+|Note over Telnyx): (.*)", line)
        assert text is not None
        rest = re.sub(r"#\d+;", "", text[1])
        assert not set(rest) & set('#;%<>&\\`"{}'), rest
    assert "#59; #37;#37; #60;b#62; #35;35#59; ::error::x end" in file.read_text()


def test_a_diagram_of_a_failure_ends_with_it(tmp_path: Path) -> None:
    file = tmp_path / "call.mmd"
    play("inbound-ivr", "fails_at_keys", "--mermaid", file)
    assert "(500 Internal Server Error" in file.read_text().splitlines()[-1]


def test_the_page_draws_each_line_and_says_it_in_a_table(tmp_path: Path) -> None:
    file = tmp_path / "call.html"
    lines = play("transfer", "ivr", "--html", file).stdout.splitlines()
    page = ElementTree.fromstring(file.read_bytes().partition(b"<!DOCTYPE html>")[2])
    assert len(page.findall(".//tbody/tr")) == len(lines)
    arrows = list(page.iter("polygon"))
    notes = [each for each in page.iter("text") if "note" in each.get("class", "")]
    assert len(arrows) + len(notes) == len(lines)
    assert {"app", "Telnyx", CALLER, AGENT} <= {each.text for each in page.iter("text")}
    assert "://" not in file.read_text(), "it needs nothing but itself"


def test_no_word_of_the_app_is_markup_of_the_page(tmp_path: Path) -> None:
    file = tmp_path / "call.html"
    play("hangs-up-early", "speaks_hostile_words", "--html", file)
    assert "<b>" not in file.read_text()
    assert raw(file.read_text(), LINES) == set()


def test_the_page_of_a_failure_says_why_it_ends(tmp_path: Path) -> None:
    file = tmp_path / "call.html"
    result = play("inbound-ivr", "fails_at_keys", "--html", file)
    assert f"<strong>{result.stdout.splitlines()[-1]}</strong>" in file.read_text()


def test_webhooks_are_disturbed_the_same_way_with_the_same_seed() -> None:
    words = ("--disturb", "shuffled", "--disturb", "duplicated", "--disturb", "lost")
    one, same, other = (play("inbound-ivr", "ivr", *words, "--seed", n).stdout for n in (1, 1, 2))
    assert one == same != other
    assert one.count("call.initiated (200 OK") >= 2
    assert "at attempt 2" in one


# --set, --list and mistakes


def test_who_calls_whom_and_what_they_do_can_be_set() -> None:
    words = ("--set", "from=+4930123456", "--set", "to=+4989123456", "--set", "digits=2")
    lines = whats(play("inbound-ivr", "ivr", *words))
    assert lines[0] == "+4930123456 calls +4989123456"
    assert "+4930123456 presses 2" in lines
    lines = whats(play("sms-conversation", "replies", "--set", "text=Good day"))
    assert [line for line in lines if "writes" in line] == [
        f"{CALLER} writes: Good day",
        f"{CALLER} writes: When do you open?",
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("inbound-ivr",), "TARGET is missing: telnyx-mock play inbound-ivr TARGET."),
        (("ivr", "x:y"), "There is no flow 'ivr'. Did you mean 'inbound-ivr'?"),
        (
            ("mms-in", "x:y", "--set", "digits=1"),
            "The flow 'mms-in' has no digits that could be set.",
        ),
        (("mms-in", "x:y", "--set", "who=1"), "There is no value 'who' of a flow."),
        (("mms-in", "x:y", "--set", "text"), "--set needs NAME=VALUE, as in digits=2, not 'text'."),
        (("mms-in", "x:y", "--mermaid", "no/f.mmd"), "there is no folder no."),
        (
            ("inbound-ivr", "tests.flows.apps:ivr", "--set", "digits=x"),
            "A telephone has no such keys: 'x'",
        ),
    ],
)
def test_a_mistake_is_exit_2_and_a_sentence(words: tuple[str, ...], problem: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert result.stderr.count("\n") == 1


def test_no_function_is_called_first_for_a_server_elsewhere() -> None:
    api = ("--api", free_port())
    result = run("outbound-busy", "http://127.0.0.1:9", "--first", "x:y", *api)
    assert result.exit_code == 2
    assert "--first needs an app in this process" in result.stderr


def test_a_server_that_is_not_there_is_exit_2() -> None:
    result = run("mms-in", f"http://127.0.0.1:{free_port()}", "--api", free_port())
    assert result.exit_code == 2
    assert "could not be reached" in result.stderr.splitlines()[-1]
    assert len(whats(result)) == 2


@pytest.mark.slow
def test_a_server_elsewhere_is_called(tmp_path: Path) -> None:
    """Its commands come by the fake API that the command serves."""
    port, api, pair = free_port(), free_port(), KeyPair.generate()
    pair.save(tmp_path / "test.key")
    variables = environment(
        TELNYX_PUBLIC_KEY=pair.public_key,
        TELNYX_API_KEY="any",
        TELNYX_BASE_URL=f"http://127.0.0.1:{api}/v2",
    )
    command = "python -m flask --app app run --port {port}"
    server = ServerProcess(command, port, variables, cwd=IVR)
    try:
        words = ("--key", f"file:{tmp_path / 'test.key'}", "--api", api)
        result = run("transfer", f"http://127.0.0.1:{port}/webhooks", *words)
    finally:
        server.stop()
    assert result.exit_code == 0, result.output
    assert f"{AGENT} hears: Good day." in whats(result)
    assert str(api) in result.stderr


def test_the_flows_are_listed_with_a_sentence_each() -> None:
    listed = run("--list").stdout
    assert listed == run().stdout
    assert [line.split()[0] for line in listed.splitlines()[1:]] == [*FLOWS]
    for flow in FLOWS.values():
        assert flow.about in listed
        assert flow.about.endswith(".")


def test_every_act_is_by_somebody_who_is_there() -> None:
    for flow in FLOWS.values():
        known: set[str] = {DIALLED}
        for act in flow.acts:
            if act.does.startswith(("rings", "writes", "sends", "gets")):
                known.add(act.who)
            assert act.who in known, flow.name
