"""Code that reads a member which a webhook has only sometimes."""

from __future__ import annotations

import keyword
import re

_STEP = re.compile(r"\[([0-9]*)\]|([^.\[\]]+)")
_ALWAYS_THERE = ["data", "payload"]

_PYTHON = """\
{name} = {value}
if {name} is None:
    ...  # it is absent or null: go on without it
"""
_JAVASCRIPT = """\
const {name} = {value};
if ({name} == null) {{
  // It is absent or null: go on without it.
}}
"""


def in_python(member: str) -> str:
    """Return Python that reads *member* of the webhook, which is a dict."""
    holder, steps = _begin(member)
    value = holder
    for at, step in enumerate(steps):
        if isinstance(step, int):
            items = value if step == 0 else f"({value} or [])[{step}:]"
            value = f"({items} or [{{}}])[0]"
        elif at == 0 or isinstance(steps[at - 1], int):
            value = f'{value}.get("{step}")'
        else:
            value = f'({value} or {{}}).get("{step}")'
    before = 'payload = event["data"]["payload"]\n' if holder == "payload" else ""
    return before + _PYTHON.format(name=_name(steps), value=value)


def in_models(member: str) -> str:
    """Return Python that reads *member* of the webhook, which is a model of the official SDK."""
    holder, steps = _begin(member)
    value = holder
    for step in steps:
        if isinstance(step, int):
            items = value if step == 0 else f"({value} or [])[{step}:]"
            value = f"({items} or [None])[0]"
        else:
            value = f'getattr({value}, "{_attribute(step)}", None)'
    before = "payload = event.data.payload\n" if holder == "payload" else ""
    return before + _PYTHON.format(name=_name(steps), value=value)


def in_javascript(member: str) -> str:
    """Return JavaScript that reads *member* of the webhook."""
    holder, steps = _begin(member)
    value = "event.data?.payload" if holder == "payload" else holder
    for step in steps:
        value += f"?.[{step}]" if isinstance(step, int) else f"?.{step}"
    return _JAVASCRIPT.format(name=_name(steps), value=value)


def _begin(member: str) -> tuple[str, list[str | int]]:
    """Return the name of the object from which *member* is read, and the steps from there."""
    steps: list[str | int] = [
        name or int(index or 0)
        for index, name in (match.groups() for match in _STEP.finditer(member))
    ]
    if steps[:2] == _ALWAYS_THERE and len(steps) > 2:
        return "payload", steps[2:]
    return ("form" if member[:1].isupper() else "event"), steps


def _name(steps: list[str | int]) -> str:
    """Return a name of a variable for the value at the end of *steps*."""
    last = next((step for step in reversed(steps) if isinstance(step, str)), "value")
    name = re.sub(r"\W", "_", last)
    return _attribute(name if name.isidentifier() else f"_{name}")


def _attribute(name: str) -> str:
    """Return the attribute of a model for the member *name*: Python has words of its own."""
    return f"{name}_" if keyword.iskeyword(name) else name
