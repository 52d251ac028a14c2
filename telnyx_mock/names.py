"""The types of the names that users write: events, forgeries, malformed requests and rules.

``names.pyi`` lists the names, so that editors complete them and type checkers refuse a misspelt one. It is
generated (``python -m scripts.reference``). At run time, a name is a text.
"""

from __future__ import annotations

from typing import Annotated

EventName = Annotated[str, "the name of an event"]
ForgeryName = Annotated[str, "the name of a forgery"]
MalformedName = Annotated[str, "the name of a malformed request"]
RuleName = Annotated[str, "the id of a rule"]
