"""The house keeps its walls: imports run one way, and starting pytest loads nothing of the core."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = ROOT / "telnyx_mock"
PLUGIN = ROOT / "pytest_plugin" / "pytest_telnyx_mock"

FLOORS = [
    {"_version", "errors", "clock", "patience", "provider", "severity"},
    {"schema"},
    {"catalogue"},
    {"payload"},
    {"signing"},
    {"generation", "attacks", "transports"},
    {"strategies", "fake_api"},
    {"delivery"},
    {"journal"},
    {"emulator"},
    {"contract"},
    {"reports", "demo"},
    {"cli"},
]
"""Each room may use those on the floors below its own, and nothing beside or above it."""

FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(
    path for path in CORE.rglob("*.py") if path.parent != CORE or path.stem[:2] != "__"
)


def room_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports when it runs, functions included."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_has_a_floor():
    rooms = {room_of(path) for path in MODULES}
    assert rooms == set(FLOOR_OF)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_imports_run_one_way(path):
    """A module imports from its own room and from lower floors."""
    room = room_of(path)
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "telnyx_mock" and rest:
            used = rest.partition(".")[0]
            assert used == room or FLOOR_OF[used] < FLOOR_OF[room], f"{room} imports {name}"


def test_heavy_imports_keep_to_their_rooms():
    """Hypothesis is for the strategies and the check that generates; pytest for the command line."""
    for path in MODULES:
        tops = {name.partition(".")[0] for name in imported(path)}
        if room_of(path) != "strategies" and path.name != "generated.py":
            assert "hypothesis" not in tops, path
        if room_of(path) != "cli":
            assert not tops & {"pytest", "_pytest", "pytest_telnyx_mock"}, path


def test_every_module_opens_with_its_one_job():
    for path in [*MODULES, *PLUGIN.rglob("*.py")]:
        docstring = ast.get_docstring(ast.parse(path.read_text()))
        assert docstring, f"{path} has no docstring"
        assert len(docstring.splitlines()[0]) <= 100


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after *code*."""
    script = f"{code}\nimport sys; print(chr(10).join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/"
    )
    return set(ran.stdout.split())


def test_importing_the_package_loads_none_of_it():
    loaded = loaded_by("import telnyx_mock")
    assert {name for name in loaded if name.startswith("telnyx_mock")} == {"telnyx_mock"}


def test_importing_the_catalogue_loads_no_family():
    loaded = loaded_by("import telnyx_mock.catalogue.registry")
    assert not loaded & {"telnyx_mock.catalogue.voice", "telnyx_mock.catalogue.messaging"}
    assert not loaded & {"hypothesis", "nacl", "httpx", "respx"}
