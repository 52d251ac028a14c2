"""Records what an app reads of JSON that orjson or msgspec parses, whose code is compiled."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from types import ModuleType
from typing import Any

from telnyx_mock.reading.recorded_object import RecordedObject, recorded
from telnyx_mock.reading.recorder import Recorder, is_for_a_model
from telnyx_mock.transports.own_code import is_library

PARSERS = (("orjson", "loads"), ("msgspec.json", "decode"))
WRITERS = (("orjson", "dumps"), ("msgspec.json", "encode"))
"""Functions by the modules that have them. An app may have imported them by their names."""


@contextmanager
def recording_compiled(recorder: Recorder) -> Iterator[None]:
    """Record what the app reads of the webhook of *recorder*, in the ``with`` block."""
    hooks: dict[Any, Callable[..., Any]] = {}
    for places, hook in ((PARSERS, _parse), (WRITERS, _write)):
        for place, name in places:
            function = getattr(sys.modules.get(place), name, None)
            if function is not None:
                hooks[function] = partial(hook, function, recorder)
    with ExitStack() as stack:
        if hooks:
            last = next(reversed(sys.modules.values()))
            for module in _modules(len(sys.modules), id(last)):
                _replace(module, hooks, stack)
        yield


@lru_cache(maxsize=1)
def _modules(_number: int, _last: int) -> tuple[ModuleType, ...]:
    """Return the modules that have the functions, and those of the app.

    To look through thousands of modules takes longer than a delivery, so this is done again only if the
    number of modules or the last one is another.
    """
    names = {name for name, _ in (*PARSERS, *WRITERS)}
    return tuple(
        module
        for name, module in [*sys.modules.items()]
        if name in names
        or (isinstance(file := getattr(module, "__file__", None), str) and not is_library(file))
    )


def _replace(module: ModuleType, hooks: Mapping[Any, Callable[..., Any]], stack: ExitStack) -> None:
    members = vars(module)
    for name, value in [*members.items()]:
        if type(value) is type(len) and value in hooks:
            members[name] = hooks[value]
            stack.callback(members.__setitem__, name, value)


def _parse(function: Callable[..., Any], recorder: Recorder, text: Any, /, **options: Any) -> Any:
    value = function(text, **options)
    written = text if isinstance(text, str) else bytes(text).decode("utf-8", "replace")
    if type(value) is not dict or value != recorder.content or not recorder.is_body(written):
        return value  # another text, or msgspec has made a model of it
    recorder.parsed = True
    return value if is_for_a_model() else recorded(value, recorder)


def _write(
    function: Callable[..., Any], _: Recorder, value: Any, /, *args: Any, **options: Any
) -> Any:
    return function(_plain(value), *args, **options)


def _plain(value: Any) -> Any:
    """Return *value* with plain dicts in place of objects that record, which note that all is read."""
    if isinstance(value, RecordedObject):
        value = value.copy()
    if type(value) is dict:
        return {name: _plain(member) for name, member in value.items()}
    return [*map(_plain, value)] if type(value) is list else value
