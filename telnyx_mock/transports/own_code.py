"""Reads the code of an app, as far as its author wrote it: the words that a function uses.

The words are the names and the texts in the code of the function, and of what it uses in turn.
Nothing is called.
"""

from __future__ import annotations

import functools
import inspect
import re
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

_IN_LIBRARY = re.compile(r"/site-packages/|/lib/python3\.\d+/")
_MOST_OBJECTS = 600
_MOST_MEMBERS = 100
_DEMONSTRATION = f"{Path(__file__).parents[1] / 'demo'}/"


@functools.cache
def is_library(file: str) -> bool:
    """Whether *file* belongs to Python, to an installed package, or to telnyx-mock.

    The receiver of the demonstration is an app like any other.
    """
    if file.startswith(_DEMONSTRATION):
        return False
    return file.startswith(("<", *_library_folders())) or _IN_LIBRARY.search(file) is not None


@functools.cache
def _library_folders() -> tuple[str, ...]:
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places.add(str(Path(__file__).parents[1]))
    return tuple(f"{place}/" for place in places)


@functools.cache
def shown_path(file: str) -> str:
    """*file*, from the working directory if it is in there."""
    path = Path(file)
    try:
        here = Path.cwd()
    except OSError:  # the app has removed it
        return file
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


class Words(frozenset[str]):
    """The words of some code, in small letters. They are *complete* if all of the code was read.

    *texts* are its texts as they are written, and its regular expressions.
    """

    complete = True
    texts: frozenset[str] = frozenset()


class _Found(set[str]):
    """The words that were found so far, and which of them are *texts*."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def add_text(self, text: str) -> None:
        self.add(text)
        self.texts.add(text)


def words_of(*roots: object) -> Words:
    """Return the words that *roots* use; empty if none of it is the app's."""
    words = _Found()
    functions, complete = _read(roots, words)
    found = Words(word.lower() for word in words if functions)
    found.complete = complete or not functions
    found.texts = frozenset(words.texts if functions else ())
    return found


def functions_of(*roots: object) -> tuple[FunctionType, ...]:
    """Return the functions of the app that *roots* use."""
    functions, _ = _read(roots, _Found())
    return functions


def _read(roots: Iterable[object], words: _Found) -> tuple[tuple[FunctionType, ...], bool]:
    """Add the words that *roots* use to *words*. Return the app's functions, and whether it read all."""
    seen: dict[int, object] = {}  # it holds each object, so that no other gets the same id
    left = [*roots]
    while left and len(seen) < _MOST_OBJECTS:
        value = left.pop()
        if id(value) not in seen:
            seen[id(value)] = value
            left += _inside(value, words)
    functions = (each for each in seen.values() if type(each) is FunctionType)
    return tuple(each for each in functions if not is_library(each.__code__.co_filename)), not left


def _inside(value: Any, words: _Found) -> Iterator[object]:
    """Add the words of *value* itself to *words*, and yield what it uses."""
    if any("__class__" in vars(kind) for kind in type(value).__mro__[:-1]):
        yield type(value)  # a pattern would ask a proxy or a lazy object for its class
        return
    match value:
        case str():
            words.add_text(value)
        case re.Pattern(pattern=str(text)):
            words.add_text(text)
        case functools.partial():
            yield from (value.func, *value.args, *value.keywords.values())
        case FunctionType():
            yield from _inside_function(value, words)
        case ModuleType():
            words.add(value.__name__)
        case type():
            yield from _inside_class(value, words)
        case dict():
            yield from [each for item in [*value.items()][:_MOST_MEMBERS] for each in item]
        case list() | tuple() | set() | frozenset():
            yield from [*value][:_MOST_MEMBERS]
        case _ if inspect.ismethod(value):
            yield from (value.__func__, value.__self__)
        case _:
            yield type(value)
            if _is_of_app(type(value)):
                yield from [*getattr(value, "__dict__", {}).values()][:_MOST_MEMBERS]
            yield inspect.getattr_static(
                value, "dependency", ""
            )  # what FastAPI calls before the view
            yield inspect.getattr_static(value, "__wrapped__", "")


def _inside_function(function: FunctionType, words: _Found) -> Iterator[object]:
    yield getattr(function, "__wrapped__", "")
    yield from (getattr(function, name, "") for name in ("view_class", "cls"))  # Django, DRF
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # it is not filled yet
            continue
    if is_library(function.__code__.co_filename):
        return
    code = function.__code__
    words.update((function.__name__, *code.co_varnames[: code.co_argcount]))
    yield from (function.__defaults__ or (), function.__kwdefaults__ or {})
    for annotation in function.__annotations__.values():
        yield annotation
        if isinstance(annotation, str):  # as under "from __future__ import annotations"
            yield from (function.__globals__.get(name) for name in re.findall(r"\w+", annotation))
    names = set(_code_words(code, words))
    for name in names:
        used = function.__globals__.get(name)
        yield used
        if issubclass(type(used), ModuleType) and not is_library(
            getattr(used, "__file__", None) or "<"
        ):
            yield from (getattr(used, other, "") for other in names)


def _code_words(code: CodeType, words: _Found) -> Iterator[str]:
    """Add the names and texts in *code* to *words*, and yield the names."""
    words.update(code.co_names)
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_words(constant, words)
        elif isinstance(constant, bytes):
            words.add_text(constant.decode("latin-1"))
        else:
            texts = constant if isinstance(constant, (tuple, frozenset)) else (constant,)
            for text in texts:
                if isinstance(text, str):
                    words.add_text(text)


def _is_of_app(kind: type) -> bool:
    try:
        return not is_library(inspect.getfile(kind))
    except (TypeError, OSError):
        return False


def _inside_class(kind: type, words: _Found) -> Iterator[object]:
    words.update((kind.__module__, kind.__name__))
    if not _is_of_app(kind):
        return
    words.update(getattr(kind, "__annotations__", {}))  # the fields of a model
    yield from getattr(kind, "__annotations__", {}).values()
    yield from (each for each in vars(kind).values() if callable(each) or isinstance(each, str))
    yield from kind.__bases__
