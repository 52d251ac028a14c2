"""A JSON object that records which of its members the app reads, and is otherwise a dict."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from telnyx_mock.reading.read import Manner
from telnyx_mock.reading.recorder import Recorder


class RecordedObject(dict[Any, Any]):
    """A dict at *path* of the body. Its copies, and what is written of it, are plain dicts."""

    __slots__ = ("_path", "_recorder")

    def __init__(self, members: dict[Any, Any], path: str, recorder: Recorder) -> None:
        super().__init__(members)
        self._path = path
        self._recorder = recorder

    def _note(self, name: object, manner: Manner) -> None:
        if isinstance(name, str):
            path = f"{self._path}.{name}" if self._path else name
            self._recorder.note(path, manner, found=dict.__contains__(self, name))

    def _note_all(self) -> None:
        self._recorder.note(self._path, Manner.ALL)

    def __getitem__(self, name: Any) -> Any:
        self._note(name, Manner.NEEDED)
        return super().__getitem__(name)

    def get(self, name: Any, default: Any = None, /) -> Any:
        self._note(name, Manner.DEFAULT)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self._note(name, Manner.ASKED)
        return super().__contains__(name)

    def pop(self, name: Any, /, *default: Any) -> Any:
        self._note(name, Manner.DEFAULT if default else Manner.NEEDED)
        return super().pop(name, *default)

    def setdefault(self, name: Any, default: Any = None, /) -> Any:
        self._note(name, Manner.DEFAULT)
        return super().setdefault(name, default)

    def __iter__(self) -> Iterator[Any]:
        self._note_all()
        return super().__iter__()

    def keys(self) -> Any:
        self._note_all()
        return super().keys()

    def values(self) -> Any:
        self._note_all()
        return super().values()

    def items(self) -> Any:
        self._note_all()
        return super().items()

    def copy(self) -> dict[Any, Any]:
        self._note_all()
        return super().copy()

    def __or__(self, other: Any) -> Any:
        self._note_all()
        return super().__or__(other)

    def __copy__(self) -> dict[Any, Any]:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> dict[Any, Any]:
        return copy.deepcopy(self.copy(), memo)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return dict, (self.copy(),)


RecordedObject.__name__ = RecordedObject.__qualname__ = "dict"  # as a log or a message would say


def recorded(value: Any, recorder: Recorder, path: str = "") -> Any:
    """Return *value* with objects that record in place of its dicts; *path* leads to it."""
    if type(value) is list:
        return [recorded(item, recorder, f"{path}[]") for item in value]
    if type(value) is not dict:
        return value
    made = RecordedObject(value, path, recorder)
    prefix = f"{path}." if path else ""
    for name, member in value.items():
        if type(member) in (dict, list):
            dict.__setitem__(made, name, recorded(member, recorder, f"{prefix}{name}"))
    return made
