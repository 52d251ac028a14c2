"""Writes every page of docs/reference, and removes pages that the generator no longer makes."""

from pathlib import Path

from scripts.reference.pages import OTHER_PAGES, pages

REFERENCE = Path(__file__).parent.parent.parent / "docs" / "reference"

expected = pages()
for path in REFERENCE.glob("**/*.*"):
    if str(path.relative_to(REFERENCE)) not in {*expected, *OTHER_PAGES}:
        path.unlink()
for name, text in expected.items():
    place = REFERENCE / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
