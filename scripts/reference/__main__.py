"""Writes every page of docs/reference, and the types of names; removes pages that nobody makes any more."""

from pathlib import Path

from scripts.reference.names_stub import names_stub
from scripts.reference.pages import OTHER_PAGES, pages

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "docs" / "reference"

expected = pages()
for path in REFERENCE.glob("**/*.*"):
    if str(path.relative_to(REFERENCE)) not in {*expected, *OTHER_PAGES}:
        path.unlink()
for name, text in expected.items():
    place = REFERENCE / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
(ROOT / "telnyx_mock" / "names.pyi").write_text(names_stub())
