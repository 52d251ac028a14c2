"""Records what an app reads of a form: of the dict of ``parse_qs``, and of frameworks' form classes."""

from __future__ import annotations

import functools
import sys
import types
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from telnyx_mock.reading.patched import patched
from telnyx_mock.reading.read import Manner
from telnyx_mock.reading.recorded_object import RecordedObject
from telnyx_mock.reading.recorder import Recorder

FORM_CLASSES = (
    ("werkzeug.datastructures", "MultiDict"),
    ("starlette.datastructures", "ImmutableMultiDict"),
    ("django.utils.datastructures", "MultiValueDict"),
)
"""The classes of forms: Flask's, Starlette's and FastAPI's, Django's."""

OF_ONE = {
    "__getitem__": Manner.NEEDED,
    "__contains__": Manner.ASKED,
    "get": Manner.DEFAULT,
    "getlist": Manner.DEFAULT,
    "pop": Manner.DEFAULT,
}
OF_ALL = ("__iter__", "keys", "values", "items", "lists", "dict", "to_dict", "multi_items", "copy")

_hook: Callable[..., Any] | None = None


@contextmanager
def recording_forms(recorder: Recorder) -> Iterator[None]:
    """Record what the app reads of the form of *recorder*, in the ``with`` block."""
    with ExitStack() as stack:
        stack.enter_context(_parse_qs(recorder))
        for module, name in FORM_CLASSES:
            owner = getattr(sys.modules.get(module), name, None)
            if owner is not None:
                stack.enter_context(_class(owner, recorder))
        yield


@contextmanager
def _parse_qs(recorder: Recorder) -> Iterator[None]:
    """Change the code of the function itself: most apps have imported it by its name."""
    global _hook
    function = urllib.parse.parse_qs
    code = function.__code__
    original = types.FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__
    )

    def hook(qs: Any, *args: Any) -> Any:
        fields = original(qs, *args)
        if recorder.closed or fields.keys() != recorder.form.keys():
            return fields
        recorder.parsed = True
        return RecordedObject(fields, "", recorder)

    _hook = hook
    function.__code__ = _calling_hook.__code__
    try:
        yield
    finally:
        function.__code__ = code
        _hook = None


def _calling_hook(
    qs: Any,
    keep_blank_values: Any = False,
    strict_parsing: Any = False,
    encoding: Any = "utf-8",
    errors: Any = "replace",
    max_num_fields: Any = None,
    separator: Any = "&",
) -> Any:
    """Take the place of ``urllib.parse.parse_qs``; its code runs among the names of that module."""
    from telnyx_mock.reading import forms

    options = (keep_blank_values, strict_parsing, encoding, errors, max_num_fields, separator)
    return forms.call_hook(qs, *options)


def call_hook(qs: Any, *options: Any) -> Any:
    """Parse a query string, and record what is read of the result if it is the form under way."""
    assert _hook is not None
    return _hook(qs, *options)


@contextmanager
def _class(owner: type[Any], recorder: Recorder) -> Iterator[None]:
    names_of = owner.keys
    is_form = functools.partial(_is_form, names_of, recorder)
    with ExitStack() as stack:
        for name in (*OF_ONE, *OF_ALL):
            if hasattr(owner, name):
                method = _noting(getattr(owner, name), OF_ONE.get(name), is_form, recorder)
                stack.enter_context(patched(owner, name, method))
        yield


def _is_form(names_of: Callable[[Any], Any], recorder: Recorder, form: Any) -> bool:
    if recorder.closed or recorder.is_nested:
        return False
    with recorder.nested():
        found = set(names_of(form)) == recorder.form.keys()
    recorder.parsed = recorder.parsed or found
    return found


def _noting(
    method: Callable[..., Any],
    manner: Manner | None,
    is_form: Callable[[Any], bool],
    recorder: Recorder,
) -> Callable[..., Any]:
    """Return *method*, which notes a read of one member in this *manner*, or else of all."""

    @functools.wraps(method)
    def noting(self: Any, *args: Any, **kwargs: Any) -> Any:
        if is_form(self):
            if manner is None:
                recorder.note("", Manner.ALL)
            elif args and isinstance(args[0], str):
                recorder.note(args[0], manner, found=args[0] in recorder.form)
        with recorder.nested():
            return method(self, *args, **kwargs)

    return noting
