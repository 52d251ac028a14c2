"""Runs a command in a child process, with a hard limit of time, and measures its memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = """
import json, resource, signal, subprocess, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup lets all that it runs ignore it
code = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
with open(sys.argv[1], "w") as file:
    json.dump([code, used], file)
"""
"""A small parent: the memory of a process counts what its parent had when it began."""

_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did. *code* is negative after a signal, and None if the time ran out."""

    code: int | None
    out: str
    err: str
    megabytes: float

    @property
    def output(self) -> str:
        """Everything that it wrote."""
        return self.out + self.err


def run(
    words: Sequence[str], *, folder: Path, environment: Mapping[str, str], seconds: float
) -> Ran:
    """Run the command *words* in *folder*, and end it with all its children after *seconds*."""
    out, err, measured = folder / ".out", folder / ".err", folder / ".measured"
    with out.open("wb") as output, err.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(measured), *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        with suppress(ProcessLookupError):  # whatever is left of the session
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    code, used = json.loads(measured.read_text()) if measured.exists() else (None, 0)
    texts = [file.read_bytes().decode("utf-8", "backslashreplace") for file in (out, err)]
    for file in (out, err, measured):
        file.unlink(missing_ok=True)
    return Ran(code, texts[0], texts[1], used * _UNIT / 1_000_000)
