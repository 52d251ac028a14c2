"""Runs the official SDK's own test suite against ``telnyx-mock api --stateless``.

The suite is in the SDK's source distribution, where each test that needs a server is skipped ("Mock server
tests are disabled"). This downloads the distribution of the installed version into a temporary folder, and
removes the skips. Call it with the Python that shall run the suite, and options for pytest.
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

from telnyx_mock.fake_api.api_server import ApiServer
from telnyx_mock.fake_api.asgi import without_state

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


def main(python: str, *options: str) -> int:
    """Run the suite with the interpreter *python*, and return pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        sdk = unpacked(Path(folder))
        print(
            f"telnyx {telnyx.__version__}: {without_skips(sdk / 'tests'):,} skips removed",
            flush=True,
        )
        server = ApiServer(without_state)
        try:
            return subprocess.run(  # noqa: S603
                [python, "-m", "pytest", "-q", "-rf", "tests/api_resources", *options],
                cwd=sdk,
                env={**os.environ, "TEST_API_BASE_URL": server.base_url, "PYTHONPATH": ""},
            ).returncode
        finally:
            server.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
