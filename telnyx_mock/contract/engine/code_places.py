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
    parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    module: object = None
    for each in dis.get_instructions(code):
        value = each.argval
        name = str(value)
        found: Mention | None = None
        if each.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF"):
            module = names.get(name)
            found = _FUNCTIONS.get(name) or _mentioned(module)
            name = ""
        elif each.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            is_module = issubclass(type(module), ModuleType)
            constant = vars(module).get(name) if is_module else None
            found = _FUNCTIONS.get(name) or _mentioned(name) or _mentioned(constant)
            module = None
        elif each.opname.startswith("LOAD_FAST"):  # Python 3.13 loads two at once
            loaded = value if isinstance(value, tuple) else (value,)
            found = next(filter(None, (_header(one) for one in loaded if one in parameters)), None)
            name = ""
        elif each.opname.endswith("_CONST") and isinstance(value, tuple | frozenset):
            for text in value:  # the keys of a pattern, or what "in" compares with
                if mention := _mentioned(text):
                    yield from _quoted(code, each, mention, str(text))
        elif each.opname.endswith("_CONST"):
            found, name = _mentioned(value), ""
        if found is not None:
            yield _place(code, each, found, name)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _places(inner, names)


def _mentioned(text: object) -> Mention | None:
    """Return what *text* mentions, if it is a text or bytes. It may be any object of the app."""
    is_member = type(text) is str and text == Mention.EVENT_TYPE.value
    return Mention.EVENT_TYPE if is_member else _header(text)


def _header(text: object) -> Mention | None:
    """Return the header that *text* names, in any spelling, such as HTTP_TELNYX_TIMESTAMP."""
    if type(text) is bytes:
        text = text.decode("latin-1")
    if type(text) is not str:
        return None
    return _TEXTS.get(text.lower().replace("_", "-").removeprefix("http-"))


def _quoted(
    code: CodeType, instruction: dis.Instruction, mention: Mention, text: str
) -> Iterator[Place]:
    """Yield the place of *text* between quotation marks, in the lines of *instruction*."""
    lines, _ = _range(code, instruction)
    for number in lines:
        line = linecache.getline(code.co_filename, number)
        if match := re.search(rf"""(['"]){re.escape(text)}\1""", line):
            yield Place(mention, _full(code), number, match.span())
            return


def _place(code: CodeType, instruction: dis.Instruction, mention: Mention, name: str) -> Place:
    """Return the place of *instruction*, or of the *name* at its end, if it has one."""
    lines, columns = _range(code, instruction)
    if columns is not None:
        content = linecache.getline(code.co_filename, lines[0]).encode()
        begin, end = (len(content[:each].decode(errors="replace")) for each in columns)
        columns = (end - len(name) if name else begin, end) if content else None
    return Place(mention, _full(code), lines[0], columns)


def _range(code: CodeType, instruction: dis.Instruction) -> tuple[range, tuple[int, int] | None]:
    """Return the lines of *instruction*, and its columns in bytes if it has only one line."""
    at = instruction.positions
    first = (at and at.lineno) or code.co_firstlineno
    last = (at and at.end_lineno) or first
    if at is None or at.col_offset is None or at.end_col_offset is None or first != last:
        return range(first, last + 1), None
    return range(first, last + 1), (at.col_offset, at.end_col_offset)


def _full(code: CodeType) -> str:
    """Return the full path of the file that has *code*."""
    return str(Path(code.co_filename).absolute())
