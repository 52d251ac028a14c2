"""Runs cosmic-ray on each module that ``pyproject.toml`` names, and writes ``benchmarks/mutation.md``.

``make mutation`` tries a sample of each module's mutants; ``make mutation ALL=1`` tries all of them.
Results stay in ``.mutation/``. If a module has changed, its mutants are tried again; if only its
tests have changed, the survivors alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path
from queue import SimpleQueue

from scripts.mutation.page import find_problems, low_score, write_page
from scripts.mutation.session import Session
from scripts.mutation.settings import ROOT, Settings, load
from scripts.mutation.tree import make_tree


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patterns", nargs="*", default=["*"], help="modules; all if none is named")
    parser.add_argument("--all", action="store_true", help="try every mutant instead of a sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--page", action="store_true", help="only write the page")
    options = parser.parse_args()
    settings = load()
    sessions = [Session(module, settings) for module in settings.tests]
    if not options.page:
        chosen = [
            session
            for session in sessions
            if any(fnmatch(session.module, f"*{pattern}*") for pattern in options.patterns)
        ]
        try_mutants(chosen, settings, jobs=options.jobs, everything=options.all)
    results = [session.result() for session in sessions if session.is_begun]
    problems = find_problems(results)
    if len(results) == len(sessions):  # not after a first run of some modules
        write_page(results, settings)
        problems += low_score(results, settings)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def try_mutants(
    sessions: list[Session], settings: Settings, *, jobs: int, everything: bool
) -> None:
    """Try the mutants of each session, some sessions at a time, each in a copy of the project."""
    trees: SimpleQueue[Path] = SimpleQueue()
    for number in range(jobs):
        trees.put(make_tree(ROOT / ".mutation" / f"tree-{number}"))

    def try_in_a_tree(session: Session) -> None:
        tree = trees.get()
        try:
            session.run(tree, most=None if everything else settings.sample)
            result = session.result()
            print(f"{session.module}: {result.killed} of {result.tried} killed", flush=True)
        finally:
            trees.put(tree)

    with ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(try_in_a_tree, session) for session in sessions]:
            done.result()


if __name__ == "__main__":
    sys.exit(main())
