"""Runs the official SDK's own test suite against ``telnyx-mock api --stateless``.

The suite is in the SDK's source distribution, where each test that needs a server is skipped ("Mock server
tests are disabled"). This downloads the distribution of the installed version into a temporary folder, and
removes the skips. Call it with the Python that shall run the suite, and arguments for pytest.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import telnyx
from junitparser import JUnitXml

from telnyx_mock.fake_api.api_server import ApiServer
from telnyx_mock.fake_api.asgi import without_state

OF_THE_SUITE = {
    r"Expected a non-empty value for `\w+` but received ''|Regex pattern did not match": (
        "the suite gives empty path parameters, which the SDK refuses before it sends anything"
    ),
    r"issubclass\(\) arg 1 must be a class": (
        "the suite reads a forward reference of a model, which pydantic resolves only later"
    ),
    r"^Skipped: ": "the suite skips what respx cannot mock for aiohttp",
}
"""The reasons of cases that no server can pass, as patterns, with what they mean."""

SKIP = re.compile(
    r'^ *@pytest\.mark\.skip\(reason="Mock server tests are disabled"\)\n', re.MULTILINE
)


def unpacked(folder: Path) -> Path:
    """Return the folder of the SDK's source distribution, which is downloaded into *folder*."""
    package = f"telnyx=={telnyx.__version__}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*pip, "--dest", str(folder), package], check=True)  # noqa: S603
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def without_skips(tests: Path) -> int:
    """Remove the skips from all test files beneath *tests*; return their number."""
    removed = 0
    for path in tests.rglob("test_*.py"):
        text, number = SKIP.subn("", path.read_text())
        path.write_text(text)
        removed += number
    return removed


def left(report: Path) -> tuple[int, dict[str, list[str]]]:
    """Return the number of cases in a JUnit file, and those that did not pass by their reason."""
    found: dict[str, list[str]] = {}
    cases = [case for suite in JUnitXml.fromfile(str(report)) for case in suite]
    for case in cases:
        for result in case.result:
            reason = f"{type(result).__name__}: {str(result.message).splitlines()[0]}"
            found.setdefault(reason, []).append(f"{case.classname}.{case.name}")
    return len(cases), found


def main(python: str, *arguments: str) -> int:
    """Run the suite with the interpreter *python*; return 1 if a case fails that a server can pass."""
    with tempfile.TemporaryDirectory() as folder:
        sdk = unpacked(Path(folder))
        report = Path(folder) / "junit.xml"
        print(
            f"telnyx {telnyx.__version__}: {without_skips(sdk / 'tests'):,} skips removed",
            flush=True,
        )
        server = ApiServer(without_state)
        try:
            subprocess.run(  # noqa: S603
                [
                    str(Path(python).absolute()),  # the suite runs in another folder
                    "-m",
                    "pytest",
                    "-q",
                    "--no-summary",
                    f"--junit-xml={report}",
                    *list(arguments or ["tests/api_resources"]),
                ],
                cwd=sdk,
                env={**os.environ, "TEST_API_BASE_URL": server.base_url, "PYTHONPATH": ""},
            )
        finally:
            server.close()
        number, reasons = left(report)
    print(f"{number - sum(map(len, reasons.values())):,} of {number:,} cases passed.")
    for reason, cases in reasons.items():
        print(
            f"\n{len(cases)} x {reason} ({_meaning(reason) or 'a server can pass this'})",
            *cases,
            sep="\n  ",
        )
    return int(not all(map(_meaning, reasons)))


def _meaning(reason: str) -> str | None:
    """Return why no server can pass a case that did not pass for this *reason*; None if one can."""
    return next((why for it, why in OF_THE_SUITE.items() if re.search(it, reason)), None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
