"""The changelog begins with the version of the package."""

import re
from pathlib import Path

import telnyx_mock

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def test_the_first_section_is_about_this_version() -> None:
    """A release dates its section, and the next section is for the next version."""
    headings = re.findall(r"^## (.*)$", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    pattern = r"Unreleased: (\d+\.\d+\.\d+)|(\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d"
    versions = [re.fullmatch(pattern, heading) for heading in headings]
    assert all(versions), headings
    named = [match[1] or match[2] for match in versions if match is not None]
    assert named[0] == telnyx_mock.__version__
    assert sorted(named, key=lambda name: [*map(int, name.split("."))], reverse=True) == named
    assert not any("Unreleased" in heading for heading in headings[1:])
