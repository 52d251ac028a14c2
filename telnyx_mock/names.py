"""The types of the names that users write: events, forgeries, malformed requests and rules.

``names.pyi`` lists the names, so that editors complete them and type checkers refuse a misspelt one. It is
generated (``python -m scripts.reference``). At run time, a name is a text.
"""

from __future__ import annotations

EventName = ForgeryName = MalformedName = RuleName = str
