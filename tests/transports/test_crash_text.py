"""What a run keeps of an exception of the app has a limit, and still says what and where."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable

from telnyx_mock.delivery.delivery import crash_places
from telnyx_mock.hidden import hide
from telnyx_mock.transports.crash_text import cut, shortened, traceback_of

BOUND = 50_000


def caught(run: Callable[[], object]) -> BaseException:
    try:
        run()
    except BaseException as error:
        return error
    raise AssertionError


def fail_at_length() -> None:
    raise ValueError("x\n" + "y" * 3_000_000)


def fail_in_chain(depth: int = 200) -> None:
    try:
        if depth:
            fail_in_chain(depth - 1)
    finally:
        raise KeyError("z" * 5_000)


def recurse(odd: bool = False) -> None:
    (even if odd else recurse)(not odd)  # two lines in turn, which Python does not shorten


def even(odd: bool) -> None:
    recurse(odd)


def test_a_short_traceback_is_that_of_python() -> None:
    import traceback

    error = caught(lambda: int("x"))
    assert traceback_of(error) == "".join(traceback.format_exception(error))


def test_a_long_text_is_cut_and_its_length_is_told() -> None:
    text = traceback_of(caught(fail_at_length))
    assert len(text) < BOUND
    assert "ValueError: x\nyyy" in text
    assert text.endswith("y… (3,000,014 characters)\n")
    assert crash_places(text)[0].startswith("ValueError at ")


def test_a_long_traceback_keeps_its_beginning_and_its_end() -> None:
    for run in (fail_in_chain, recurse):
        error = caught(run)
        text = traceback_of(error)
        assert len(text) < BOUND
        assert " characters left out)" in text
        assert text.startswith("Traceback (most recent call last):\n")
        assert text.splitlines()[-1].startswith(type(error).__name__)
        assert crash_places(text)


def test_notes_and_groups_are_cut_too() -> None:
    error = ExceptionGroup("g" * 9_000, [ValueError("v" * 9_000) for _ in range(15)])
    error.add_note("n\n" * 100_000)
    assert len(traceback_of(error)) < BOUND


def test_many_long_exceptions_take_little_memory() -> None:
    tracemalloc.start()
    try:
        kept = [traceback_of(caught(fail_at_length)) for _ in range(50)]
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()
    assert sys.getsizeof(kept[0]) < 2 * BOUND


def test_a_log_is_cut_by_lines() -> None:
    written = "first\n" + "a" * 3_000_000 + "\n" + "line\n" * 100_000 + "last\n"
    text = shortened(written)
    assert len(text) < BOUND
    assert text.startswith("first\naaa")
    assert text.endswith("line\nlast\n")
    assert shortened("short\nlog") == "short\nlog"


def test_what_fits_is_not_cut() -> None:
    assert cut("a" * 4_000) == "a" * 4_000
    assert cut("a" * 4_001) == "a" * 4_000 + "… (4,001 characters)"


def test_a_secret_is_not_cut_in_two() -> None:
    hide("s3cr3t-Token")
    assert cut("a" * 3_995 + "s3cr3t-Token" + "a" * 9) == "a" * 3_995 + "[hidd… (4,016 characters)"
