"""Writes telnyx_mock/operations/operations.json from the installed official SDK."""

from scripts.operations.table import PLACE, text

PLACE.write_text(text())
