"""The house keeps its walls: imports run one way, and starting pytest loads nothing of the core."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORE = ROOT / "telnyx_mock"
PLUGIN = ROOT / "pytest_plugin" / "pytest_telnyx_mock"

FLOORS = [
    {"hidden"},
    {"visible"},
    {"_version", "clock", "errors", "names", "patience", "provider_urls", "severity"},
    {"settings", "schema", "installed"},
    {"catalogue", "operations"},
    {"payload"},
    {"signing"},
    {"generation", "attacks", "transports", "flows"},
    {"strategies", "fake_api", "reading"},
    {"delivery"},
    {"journal", "simulator"},
    {"emulator"},
    {"contract", "phone"},
    {"diagnosis"},
    {"reports", "demo"},
    {"cli"},
]
"""Each room may use those on the floors below its own, and nothing beside or above it."""

FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

LAZY = {"telnyx_mock", "telnyx_mock.cli"}
"""Modules that load others by name when they are asked for them."""


def modules() -> dict[str, Path]:
    """Every module of both packages by its dotted name."""
    found = {}
    for root in (CORE, PLUGIN):
        for path in sorted(root.rglob("*.py")):
            if path.stem != "__main__":
                parts = path.relative_to(root.parent).with_suffix("").parts
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imports(name: str) -> Iterator[str]:
    """The modules that *name* imports, in functions and for type checkers too."""
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def test_no_module_imports_itself_through_others() -> None:
    """Imports in functions and for type checkers count: there is no cycle of any kind."""
    graph: Mapping[str, Iterable[str]] = {
        name: {used for used in imports(name) if used in MODULES and used != name}
        for name in MODULES
        if name not in LAZY
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        raise AssertionError(" imports ".join(reversed(cycle.args[1]))) from None


def test_imports_run_one_way() -> None:
    """A module imports from its own room and from lower floors; the plugin stands on top."""
    wrong = []
    for name in MODULES:
        package, _, inside = name.partition(".")
        if package != "telnyx_mock" or not inside:
            continue
        room = inside.partition(".")[0]
        for used in imports(name):
            other = used.removeprefix("telnyx_mock.").partition(".")[0]
            below = FLOOR_OF.get(other, -1) < FLOOR_OF[room]
            if used.startswith("telnyx_mock.") and other != room and not below:
                wrong.append(f"{name} imports {used}")
            if used.startswith("pytest_telnyx_mock"):
                wrong.append(f"{name} imports {used}")
    assert wrong == []


def test_every_room_has_a_floor() -> None:
    rooms = {name.split(".")[1] for name in MODULES if name.startswith("telnyx_mock.")}
    assert rooms == set(FLOOR_OF)


def test_heavy_imports_keep_to_their_rooms() -> None:
    """Hypothesis is for the strategies, the rule that generates and calls; pytest is for the plugin."""
    wrong = []
    for name in MODULES:
        tops = {used.partition(".")[0] for used in imports(name)}
        generates = name.startswith("telnyx_mock.strategies") or name.endswith(
            (".generated", ".calls.machine", ".calls.play")
        )
        if "hypothesis" in tops and not generates:
            wrong.append(name)
        if name.startswith("telnyx_mock") and tops & {"pytest", "_pytest"}:
            wrong.append(name)
    assert wrong == []


def test_every_module_opens_with_its_one_job() -> None:
    """The first line of each module's docstring fits on one line."""
    wrong = []
    for name, path in MODULES.items():
        docstring = ast.get_docstring(ast.parse(path.read_text()))
        if not docstring or len(docstring.splitlines()[0]) > 100:
            wrong.append(name)
    assert wrong == []


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after *code*."""
    script = f"{code}\nimport sys; print(chr(10).join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/"
    )
    return set(ran.stdout.split())


def test_importing_the_package_loads_none_of_it() -> None:
    loaded = loaded_by("import telnyx_mock")
    assert {name for name in loaded if name.startswith("telnyx_mock")} == {"telnyx_mock"}


def test_importing_the_catalogue_loads_no_family() -> None:
    loaded = loaded_by("import telnyx_mock.catalogue.registry")
    assert not loaded & {"telnyx_mock.catalogue.voice", "telnyx_mock.catalogue.messaging"}
    assert not loaded & {"hypothesis", "nacl", "httpx", "respx"}


def test_the_contract_needs_no_pytest() -> None:
    """The library call neither imports nor starts pytest."""
    loaded = loaded_by(
        "from telnyx_mock import contract\n"
        "contract.run('telnyx_mock.demo.receiver:app', events=['call.initiated'], only=['accepts-*'])"
    )
    assert not {"pytest", "_pytest"} & loaded
