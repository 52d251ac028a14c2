"""The reference pages are what the generator makes of the code, and hang together."""

from __future__ import annotations

import re
from os.path import normpath
from pathlib import Path

import pytest

import telnyx_mock
from scripts.reference.docstrings import docstring, members
from scripts.reference.names_stub import names_stub
from scripts.reference.pages import OTHER_PAGES, pages
from scripts.reference.python_page import INTERNAL, fixtures
from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.cli import COMMANDS
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import Hint
from telnyx_mock.fake_api.state import FakeApi

ROOT = Path(__file__).parent.parent.parent


PAGES = pages()
REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_the_generator_makes_of_the_code(page: str) -> None:
    assert (REFERENCE / page).read_text() == PAGES[page], "run: make docs"


def test_the_types_of_names_are_what_the_generator_makes_of_the_code() -> None:
    assert (ROOT / "telnyx_mock" / "names.pyi").read_text() == names_stub(), "run: make docs"


def test_no_page_is_left_that_the_generator_does_not_make() -> None:
    files = (path for path in REFERENCE.glob("**/*") if path.is_file())
    there = {str(path.relative_to(REFERENCE)) for path in files}
    assert there - set(OTHER_PAGES) == set(PAGES), "run: make docs"


PYTHON = PAGES["python.md"]


def test_a_docstring_keeps_its_code_and_its_lists() -> None:
    def described() -> None:
        """Do so::

            first = 1

            def second():
                return first

        Then:

        - one,
          in two lines
        - :meth:`~telnyx_mock.simulator.call.Call.press`
        """

    code = "```python\nfirst = 1\n\n\ndef second():\n    return first\n```"
    assert "\n".join(docstring(described)) == (
        f"Do so:\n\n{code}\n\nThen:\n\n- one, in two lines\n- `Call.press`\n"
    )


def test_no_description_refers_to_itself() -> None:
    sections = re.findall(
        r"^\*\*`(\w+)`\*\* \(.*?\)\n(.*?)(?=^\*\*`|^##)", PYTHON, re.MULTILINE | re.DOTALL
    )
    assert len(sections) > 200
    for name, text in sections:
        assert f"see `{name}`" not in text, name
        assert f"Do what `{name}` does" not in text, name


def test_a_default_does_not_hide_its_signature() -> None:
    [emulator] = re.findall(r"class Emulator\((.*?)^\)", PYTHON, re.MULTILINE | re.DOTALL)
    assert "patience: Patience = ...,\n" in emulator


def test_what_an_error_says_to_pass_is_described() -> None:
    assert "strict=False" in Hint.LOOSE.value
    assert "`strict=False`" in PYTHON


@pytest.mark.parametrize("place", [Emulator, FakeApi])
def test_what_is_internal_is_there_and_not_described(place: type) -> None:
    section = PYTHON.partition(f"\n### {place.__name__}\n")[2].partition("\n### ")[0]
    assert {name for name, _, _ in members(place)} >= INTERNAL[place.__name__]
    assert not INTERNAL[place.__name__] & {*re.findall(r"^\*\*`(\w+)`", section, re.MULTILINE)}


def anchors(text: str) -> list[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(
        r"^#+ (.*)$",
        re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL),
        re.MULTILINE,
    )
    return [
        re.sub(r"[^\w\- ]", "", heading.replace("`", "")).strip().lower().replace(" ", "-")
        for heading in headings
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_heading_that_is_there_once(page: str) -> None:
    for file, anchor in re.findall(r"\]\(((?!https?:)[^)#]*)#?([^)]*)\)", PAGES[page]):
        target = normpath(Path(page).parent / file) if file else page
        assert target in (*PAGES, *OTHER_PAGES), file
        if anchor:
            assert anchors(PAGES[target]).count(anchor) == 1, f"{target}#{anchor}"


def test_everything_there_is_has_its_place() -> None:
    for event in all_events():
        text = PAGES[f"events/{event.family}.md"]
        assert f"\n## {event.name}\n" in text
        assert f"[`{event.name}`]({event.family}.md#" in PAGES["events/index.md"]
    for rule in CONTRACT:
        assert f"\n## {rule}\n" in PAGES["rules.md"]
    for forgery in FORGERIES:
        assert f"| `{forgery}` |" in PAGES["forgeries.md"]
    for command in COMMANDS:
        assert f"\n## telnyx-mock {command}" in PAGES["cli.md"]
    assert "<=None" not in PAGES["cli.md"]
    for name in telnyx_mock.__all__:
        is_there = f"\n### {name}\n" in PAGES["python.md"]
        assert is_there or name in ("contract", "__version__")
    for name, _ in fixtures():
        assert f"\n### {name}\n" in PAGES["python.md"]


def test_a_row_has_as_many_cells_as_its_heading() -> None:
    for page, text in PAGES.items():
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            widths = {len(re.split(r"(?<!\\)\|", row)) for row in block.splitlines()}
            assert len(widths) == 1, page
