"""What an app under test writes to standard output and standard error: dropped, or escaped."""

from __future__ import annotations

import atexit
import codecs
import os
import select
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import NoReturn, TextIO

from telnyx_mock.cli.echo import without_commands
from telnyx_mock.visible import visible

_STREAMS = (1, 2)
"""The descriptors of standard output and standard error; programs that an app starts use them."""

_LOW = 200
"""Copies of standard output have descriptors below this number."""

_SINK: list[TextIO] = []
"""This file stays open, because a logging handler of the app may use it until the process ends."""

_PAUSE = 0.05
"""Seconds for which the rest of a line is awaited."""

_LONGEST = 1 << 20
"""The most characters of a line that are held back."""

_LAST_WORDS = 0.5
"""The most seconds to wait for the end of output that a program of the app keeps open."""


@contextmanager
def dropped() -> Iterator[None]:
    """Drop everything that is written in the ``with`` block, by C code and other programs, too."""
    if not _SINK:
        _SINK.append(open(os.devnull, "w"))  # noqa: PTH123, SIM115
        atexit.register(_SINK[0].close)
    [sink] = _SINK
    with _redirected(dict.fromkeys(_STREAMS, sink.fileno())), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with redirect_stdout(sink), redirect_stderr(sink):
            yield
        with suppress(ValueError):
            sink.flush()


def drop_for_good() -> None:
    """Drop everything that this process and its programs write from now on.

    No copy of standard output or of standard error stays open, such as the one of the progress line.
    """
    sink = open(os.devnull, "w")  # noqa: PTH123, SIM115
    real = {_file_of(number) for number in _STREAMS if _is_open(number)}
    for number in range(1, _LOW):
        if _is_open(number) and _file_of(number) in real:
            os.dup2(sink.fileno(), number)
    sys.stdout = sys.stderr = sink
    atexit.register(sink.close)
    warnings.simplefilter("ignore")


@contextmanager
def escaped() -> Iterator[None]:
    """Show what is written in the ``with`` block at once, with escapes for what is invisible."""
    pipes = {number: os.pipe() for number in _STREAMS if _is_open(number)}
    readers = [
        threading.Thread(
            target=_pass_on, args=(source, os.dup(number)), name="telnyx-mock output", daemon=True
        )
        for number, (source, _) in pipes.items()
    ]
    try:
        with _redirected({number: sink for number, (_, sink) in pipes.items()}):
            for _, sink in pipes.values():
                os.close(sink)
            for reader in readers:
                reader.start()
            yield
    finally:
        for reader in readers:
            reader.join(_LAST_WORDS)


@contextmanager
def noticing_exit(code: int) -> Iterator[None]:
    """Let ``os._exit`` of the app in the ``with`` block say so, and end the process with *code*.

    Inside :func:`escaped`. Whatever else ends the process leaves an exit code of its own.
    """
    own, original = os.getpid(), os._exit

    def leave(status: int) -> NoReturn:
        if os.getpid() == own:
            words = f"telnyx-mock: The app ended its own process by os._exit({status}).\n"
            os.write(2, words.encode())
            time.sleep(_LAST_WORDS)  # for the thread that passes this on
            original(code)
        original(status)

    os._exit = leave
    try:
        yield
    finally:
        os._exit = original


def end() -> None:
    """Drop what the app writes from now on, as at its exit. Whatever is to be said has been said."""
    _flush()
    sink = os.open(os.devnull, os.O_WRONLY)
    for number in filter(_is_open, _STREAMS):
        os.dup2(sink, number)


def _pass_on(source: int, to: int) -> None:
    """Write what comes from *source* to *to*, escaped, until nobody can write to *source*."""
    with suppress(OSError):  # nobody reads any more
        for text in _pieces(source):
            content = without_commands(visible(text)).encode()
            while content:
                content = content[os.write(to, content) :]
    os.close(source)
    os.close(to)


def _pieces(source: int) -> Iterator[str]:
    """Yield what comes from *source* in whole lines, so that no secret is divided.

    A line is yielded unfinished if the rest does not come soon, as for a question.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    begun = ""
    while True:
        if begun and not select.select([source], [], [], _PAUSE)[0]:
            yield begun
            begun = ""
        content = os.read(source, 1 << 16)
        lines, end, begun = (begun + decoder.decode(content)).rpartition("\n")
        if not content or len(begun) > _LONGEST:
            yield lines + end + begun
            begun = ""
        elif end:
            yield lines + end
        if not content:
            return


@contextmanager
def _redirected(ends: Mapping[int, int]) -> Iterator[None]:
    """Let the descriptors that are keys of *ends* stand for its values in the ``with`` block."""
    _flush()
    saved = {number: os.dup(number) for number in ends if _is_open(number)}
    try:
        for number in saved:
            os.dup2(ends[number], number)
        yield
    finally:
        _flush()
        for number, copy in saved.items():
            os.dup2(copy, number)
            os.close(copy)


def _flush() -> None:
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()


def _file_of(number: int) -> tuple[int, int]:
    status = os.fstat(number)
    return status.st_dev, status.st_ino


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
