"""Run ``check`` on the strangers' receivers, for ``score.py``.

    python -m tests.strangers.runs DIR [GLOB ...]

Each run is a process of its own, since some of the apps configure their framework while they are
imported. DIR gets the JSON report of each run, and what it printed. GLOBs name the runs, as in
``'a1*'``; without one, all are made.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tests.processes import environment

HERE = Path(__file__).parent
AT_ONCE = 2
PATIENCE = 900
"""Seconds after which a run is killed."""

CONFIGURATION = {
    "TELNYX_API_KEY": "KEYtest",
    "TEXTBACK_NUMBER": "+13125550199",  # a/20 has no default for it
    "RECORDINGS_BUCKET": "legal",  # nor has b/26
}

PRODUCTS = {"b/17_text_concierge.py": "sms,mms,rcs,whatsapp"}
"""The products that a receiver's author had in mind, beyond SMS and MMS: a user would select them."""

ROUTES: Mapping[str, Mapping[str, str]] = {
    "a/11_texml_answer.py": {
        "/texml/answer": "texml.instructions",
        "/texml/menu": "texml.gather",
        "/texml/status": "texml.call.*",
    },
    "a/12_texml_survey.py": {
        "/survey/start": "texml.instructions",
        "/survey/rating": "texml.gather",
        "/survey/comment": "texml.gather",
    },
    "b/01_voicemail_box.py": {
        "/texml/voicemail": "texml.instructions",
        "/texml/voicemail/recording": "texml.recording.completed",
    },
    "b/11_after_hours.py": {
        "/texml/after-hours": "texml.instructions",
        "/texml/after-hours/recording": "texml.recording.completed",
    },
    "b/15_front_desk.py": {
        "/texml/front-desk": "texml.instructions",
        "/texml/front-desk/menu": "texml.gather",
        "/texml/front-desk/status": "texml.call.*",
    },
    "b/19_conference_attendance.py": {"/texml/conference-status": "texml.conference.*"},
    "b/23_order_status_ivr.py": {
        "/ivr/order-status": "texml.instructions",
        "/ivr/order-status/digits": "texml.gather",
    },
    "b/30_booking_gather.py": {
        "/texml/booking": "texml.instructions",
        "/texml/booking/result": "texml.ai-gather",
    },
}
"""What a user would name for receivers of TeXML: each route, and the events that go to it."""


@dataclass(frozen=True)
class Run:
    """One run of ``check``: a receiver's file, its app, the path and, if they are named, the events."""

    name: str
    file: Path
    app: str
    path: str
    events: str = ""
    products: str = ""

    @property
    def command(self) -> list[str]:
        target = f"{self.file.stem}:{self.app}"
        options = ["--path", self.path, "--no-journal", "--seed", "1"]
        named = ["--events", self.events] if self.events else []
        named += ["--products", self.products] if self.products else []
        return [sys.executable, "-m", "telnyx_mock", "check", target, *options, *named]


def all_runs() -> Iterator[Run]:
    """Yield every run of the corpus."""
    for folder in "ab":
        for entry in json.loads((HERE / folder / "truth.json").read_text()):
            file = HERE / folder / entry["file"]
            app = "application" if "django" in entry["framework"] else "app"
            name = f"{folder}{file.stem}"
            routes = ROUTES.get(f"{folder}/{entry['file']}", {entry["path"]: ""})
            for number, (path, events) in enumerate(routes.items()):
                other = f".{path.rpartition('/')[2]}" if number else ""
                products = PRODUCTS.get(f"{folder}/{entry['file']}", "")
                yield Run(name + other, file, app, path, events, products)


def make(run: Run, folder: Path) -> None:
    """Make one run, and leave in *folder* what it reported and printed."""
    report = folder / f"{run.name}.json"
    left = folder / "left"  # the apps make databases in the folder for temporary files
    left.mkdir(exist_ok=True)
    path = ":".join(str(HERE.parents[1] / each) for each in (".", "pytest_plugin"))
    variables = environment(**CONFIGURATION, PYTHONPATH=path, TMPDIR=str(left))
    start = time.monotonic()
    try:
        done = subprocess.run(
            [*run.command, "--report", str(report)],
            cwd=run.file.parent,
            env=variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        code, printed = done.returncode, f"{done.stdout}\n--- stderr\n{done.stderr}"
    except subprocess.TimeoutExpired:
        code, printed = -1, "killed"
    took = f"exit {code} after {time.monotonic() - start:.1f} s"
    text = "\n".join([" ".join(run.command), took, printed])
    report.with_suffix(".txt").write_text(text, encoding="utf-8")


def make_all(folder: Path, globs: Iterable[str] = ("*",)) -> None:
    """Make the runs that match one of *globs*."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [run for run in all_runs() if any(fnmatchcase(run.name, glob) for glob in globs)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda run: make(run, folder), chosen))


if __name__ == "__main__":
    make_all(Path(sys.argv[1]).resolve(), sys.argv[2:] or ["*"])
