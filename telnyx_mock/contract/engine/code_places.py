"""Finds the places in the code of a function that mention what matters for webhooks.

The places come from the instructions that Python has compiled. Source files are only read.
"""

from __future__ import annotations

import dis
import linecache
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from telnyx_mock.contract.app_facts import Mention, Place

_FUNCTIONS = {
    each.value: each for each in (Mention.UNWRAP, Mention.VERIFY, Mention.CONSTRUCT_EVENT)
}
_TEXTS = {each.value: each for each in (Mention.TIMESTAMP, Mention.SIGNATURE)}
_DECORATORS = 30
"""The most lines from the first decorator of a function to its name."""


def places_in(function: FunctionType) -> Iterator[Place]:
    """Yield the places in *function*, and in the functions inside it."""
    yield from _places(function.__code__, function.__globals__)


def handler_place(function: FunctionType) -> Place:
    """Return the place where *function* is defined: the line that has its name."""
    code = function.__code__
    definition = re.compile(rf"\s*((?:async\s+)?def\s+{re.escape(code.co_name)})\b")
    for number in range(code.co_firstlineno, code.co_firstlineno + _DECORATORS):
        if match := definition.match(linecache.getline(code.co_filename, number)):
            return Place(Mention.HANDLER, _full(code), number, match.span(1))
    return Place(Mention.HANDLER, _full(code), code.co_firstlineno)


def _places(code: CodeType, names: dict[str, Any]) -> Iterator[Place]:
    module: object = None
    for each in dis.get_instructions(code):
        value = each.argval
        if each.opname in ("LOAD_GLOBAL", "LOAD_NAME") and isinstance(value, str):
            module = names.get(value)
            yield from _mentioned(code, each, value, constant=module)
        elif each.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            constant = vars(module).get(value) if isinstance(module, ModuleType) else None
            module = None
            yield from _mentioned(code, each, value, constant=constant, is_attribute=True)
        elif each.opname == "LOAD_CONST" or each.opname.startswith("LOAD_FAST"):
            yield from _mentioned(code, each, value)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _places(inner, names)


def _mentioned(
    code: CodeType,
    instruction: dis.Instruction,
    value: object,
    *,
    constant: object = None,
    is_attribute: bool = False,
) -> Iterator[Place]:
    """Yield the places of what *instruction* loads: a name or a text *value*, or the value of a *constant*."""
    is_text = instruction.opname == "LOAD_CONST"
    if isinstance(value, tuple | frozenset):  # the keys of a pattern, or what "in" compares with
        for text in value:
            if mention := _mention(text, may_be_member=True):
                yield _place(code, instruction, mention, str(text), search=True)
        return
    mention = None if is_text or not isinstance(value, str) else _FUNCTIONS.get(value)
    mention = mention or _mention(value, may_be_member=is_text or is_attribute)
    mention = mention or _mention(constant, may_be_member=True)
    if mention is not None:
        yield _place(code, instruction, mention, str(value) if is_attribute else "")


def _mention(text: object, may_be_member: bool) -> Mention | None:
    """Return what *text* mentions: headers have many spellings, such as HTTP_TELNYX_TIMESTAMP."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    if not isinstance(text, str):
        return None
    if text == Mention.EVENT_TYPE.value:
        return Mention.EVENT_TYPE if may_be_member else None
    return _TEXTS.get(text.lower().replace("_", "-").removeprefix("http-"))


def _place(
    code: CodeType,
    instruction: dis.Instruction,
    mention: Mention,
    name: str,
    *,
    search: bool = False,
) -> Place:
    """Return the place of *instruction*. Its columns are those of *name* at its end, if it has one.

    With *search*, *name* is a text somewhere in the lines of the instruction.
    """
    positions = instruction.positions
    first = (positions and positions.lineno) or code.co_firstlineno
    last = (positions and positions.end_lineno) or first
    if search:
        for number in range(first, last + 1):
            line = linecache.getline(code.co_filename, number)
            if match := re.search(rf"""(['"]){re.escape(name)}\1""", line):
                return Place(mention, _full(code), number, match.span())
    columns = None
    if positions and first == last and None not in (positions.col_offset, positions.end_col_offset):
        content = linecache.getline(code.co_filename, first).encode()
        begin, end = (
            len(content[:offset].decode(errors="replace"))
            for offset in (positions.col_offset, positions.end_col_offset)
        )
        columns = (end - len(name) if name and not search else begin, end)
    return Place(mention, _full(code), first, columns)


def _full(code: CodeType) -> str:
    """Return the full path of the file that has *code*."""
    return str(Path(code.co_filename).absolute())
