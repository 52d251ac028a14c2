"""What is published: the wheel, installed apart from this repository, in a project of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from telnyx_mock.demo.receiver import FAULTS
from tests.processes import environment, without_progress

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[1]

SHOP = """
import base64, json, os, time
from nacl.signing import VerifyKey

def create_app(public_key=None):
    key = VerifyKey(base64.b64decode(public_key or os.environ["TELNYX_PUBLIC_KEY"]))
    seen = set()

    def genuine(environ, body):
        try:
            stamp = environ["HTTP_TELNYX_TIMESTAMP"]
            signature = environ["HTTP_TELNYX_SIGNATURE_ED25519"]
            assert stamp.isdecimal() and len(stamp) < 20 and len(signature) == 88
            key.verify(stamp.encode() + b"|" + body, base64.b64decode(signature, validate=True))
            return abs(time.time() - int(stamp)) <= 300
        except Exception:
            return False

    def app(environ, start_response):
        body = environ["wsgi.input"].read()
        ok = environ["PATH_INFO"] == "/hook" and genuine(environ, body)
        try:
            if ok:
                seen.add(json.loads(body)["data"]["id"])
        except (ValueError, LookupError, TypeError, RecursionError):
            ok = False
        start_response("200 OK" if ok else "401 Unauthorized", [])
        return [b""]

    app.seen = seen
    return app
"""

TESTS = """
import pytest
from hypothesis import given
from pytest_telnyx_mock.contract import *

from telnyx_mock import FORGERIES
from telnyx_mock.strategies import drafts


def test_an_event_is_accepted(telnyx_mock):
    telnyx_mock.send("call.initiated", direction="incoming").assert_accepted()


@pytest.mark.parametrize("forgery", ["signature-missing", "body-changed"])
def test_a_forgery_is_refused(telnyx_mock, forgery):
    assert forgery in FORGERIES
    telnyx_mock.send("call.initiated", forge=forgery).assert_refused()


@given(draft=drafts("message.received"))
def test_every_message_is_accepted(telnyx_mock, draft):
    telnyx_mock.send(draft).assert_accepted()

"""

OTHER_TESTS = """
import pytest
from hypothesis import given

from shop import create_app
from telnyx_mock.strategies import drafts


@pytest.fixture(scope="module")
def telnyx_receiver(telnyx_key):
    return create_app(telnyx_key.public_key)


@given(draft=drafts("call.*"))
def test_each_is_new_to_a_receiver_that_remembers(telnyx_mock, telnyx_receiver, draft):
    before = len(telnyx_receiver.seen)
    telnyx_mock.send(draft).assert_accepted()
    assert len(telnyx_receiver.seen) == before + 1
"""

SETTINGS = """
[pytest]
telnyx_app = shop:create_app()
telnyx_path = /hook
telnyx_events = call.hangup
telnyx_examples = 3
filterwarnings = error
"""


@dataclass
class Installed:
    """A virtual environment with the wheel in it, and with what the wheel depends on."""

    folder: Path
    wheel: Path

    @property
    def site_packages(self) -> Path:
        [found] = self.folder.glob("lib/python*/site-packages")
        return found

    def run(self, *words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in *cwd*."""
        program, *rest = map(str, words)
        kept = environment()
        kept.pop("PYTHONPATH", None)
        return subprocess.run(
            [self.folder / "bin" / program, *rest],
            cwd=cwd,
            env=kept,
            capture_output=True,
            text=True,
            timeout=100,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, built from this repository and installed without an index."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, *build, str(REPOSITORY)], check=True, cwd=folder)
    [wheel] = folder.glob("*.whl")
    environment = folder / "venv"
    venv.create(environment, with_pip=False, symlinks=True)
    made = Installed(environment, wheel)
    # Its dependencies are those of this environment. An editable install of this repository would
    # bring it in by a .pth file, but such files count only in site-packages proper.
    (made.site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    target = ["--python", str(environment / "bin" / "python"), "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, *target, "--ignore-installed", str(wheel)], check=True, cwd=folder)
    (environment / "bin" / "pytest").write_text(
        f"#!{environment}/bin/python\nimport sys, pytest\nsys.exit(pytest.main())\n"
    )
    (environment / "bin" / "pytest").chmod(0o755)
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project outside of this repository, with a correct receiver."""
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    return tmp_path


def test_what_is_published_is_sound(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--directory", str(tmp_path)]
    subprocess.run(build, check=True, cwd=REPOSITORY, capture_output=True)
    [wheel], [sdist] = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    folder = Path(sys.executable).parent
    for words in (
        [folder / "twine", "check", "--strict", wheel, sdist],
        [folder / "check-wheel-contents", "--config", REPOSITORY / "pyproject.toml", wheel],
    ):
        ran = subprocess.run(words, capture_output=True, text=True, env=environment())
        assert ran.returncode == 0, ran.stdout + ran.stderr
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames()}
    assert {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "telnyx_mock"} <= tops


def test_nothing_but_the_two_packages_is_in_the_wheel(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names}
    [info] = {top for top in tops if top.endswith(".dist-info")}
    assert tops == {"telnyx_mock", "pytest_telnyx_mock", info}
    code = {name for name in names if not name.startswith(info)}
    assert {Path(name).suffix for name in code - typed(code)} == {
        ".py",
        ".pyi",
        ".css",
        ".json",
        ".js",
        ".html",
    }
    assert typed(code) == {"telnyx_mock/py.typed", "pytest_telnyx_mock/py.typed"}
    assert not {name for name in code if Path(name).name.startswith("test_")} - {
        "pytest_telnyx_mock/contract/test_contract.py"
    }


def typed(names: set[str]) -> set[str]:
    return {name for name in names if name.endswith("py.typed")}


def test_every_module_and_template_is_in_the_wheel(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = set(archive.namelist())
    for source in (REPOSITORY, REPOSITORY / "pytest_plugin"):
        for package in ("telnyx_mock", "pytest_telnyx_mock"):
            for pattern in ("*.py", "*.pyi", "*.html", "*.css", "*.js"):
                for file in (source / package).rglob(pattern):
                    assert file.relative_to(source).as_posix() in names


def test_the_wheel_has_its_entry_points_and_its_licence(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        [entry_points] = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        text = archive.read(entry_points).decode()
        assert [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    assert "[console_scripts]\ntelnyx-mock = telnyx_mock.cli:main" in text
    assert "[pytest11]\ntelnyx_mock = pytest_telnyx_mock.plugin" in text


def test_what_runs_is_the_wheel(installed: Installed, project: Path) -> None:
    script = "import telnyx_mock as a, pytest_telnyx_mock as b; print(a.__file__, b.__file__)"
    result = installed.run("python", "-c", script, cwd=project)
    assert result.stdout.split() == [
        str(installed.site_packages / "telnyx_mock" / "__init__.py"),
        str(installed.site_packages / "pytest_telnyx_mock" / "__init__.py"),
    ]


def test_the_demonstration_finds_its_faults_and_nothing_else(
    installed: Installed, project: Path
) -> None:
    """Its receiver lies among the libraries here, and still counts as an app."""
    result = installed.run("telnyx-mock", "demo", cwd=project)
    assert result.returncode == 0, result.stderr
    errors = [line.split()[2] for line in result.stdout.splitlines() if line.startswith("error ")]
    assert sorted(each.rstrip(":") for each in errors) == sorted(FAULTS)


def test_settings_fixtures_strategies_and_contract_work(
    installed: Installed, project: Path
) -> None:
    (project / "test_shop.py").write_text(TESTS)
    (project / "test_other_receiver.py").write_text(OTHER_TESTS)
    # This profile has no deadline for an example: the machine may be busy.
    result = installed.run("pytest", "-q", "--hypothesis-profile", "ci", cwd=project)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "checks passed, 0 failed" in result.stdout


def test_without_the_plugin_nothing_of_it_is_there(installed: Installed, project: Path) -> None:
    (project / "pytest.ini").unlink()
    (project / "test_shop.py").write_text(
        "import sys\n\n"
        "def test_none(request):\n"
        "    assert 'telnyx_mock' not in sys.modules\n"
        "    assert not request.config.pluginmanager.has_plugin('telnyx_mock')\n"
    )
    result = installed.run("pytest", "-q", "-p", "no:telnyx_mock", cwd=project)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_command_line_judges_a_receiver(installed: Installed, project: Path) -> None:
    about = ("--events", "call.hangup", "--examples", 3, "--report", "report.json")
    result = installed.run(
        "telnyx-mock", "check", "shop:create_app()", "--path", "/hook", *about, cwd=project
    )
    assert (result.returncode, without_progress(result.stderr)) == (0, ""), result.stdout
    assert json.loads((project / "report.json").read_bytes())["summary"]["failed"] == 0
