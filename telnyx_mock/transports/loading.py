"""Opens the receiver that a user names: an address, ``module:attribute`` or ``module:factory()``.

``lambda:module:handler`` names an AWS Lambda handler whose parameters do not show that it is one.
``lambda`` is a keyword of Python, so no module has that name.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.transports.app_kind import described, open_app
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.configuration import missing_configuration
from telnyx_mock.transports.crash_text import cut
from telnyx_mock.transports.endpoint import HOST
from telnyx_mock.transports.own_code import is_library
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.signals import is_signal, showing_interrupts

T = TypeVar("T")

LAMBDA = "lambda:"

_FORMS = "expected an address such as http://localhost:8000/hook, or module:app, or module:make()"
_OBJECT = re.compile(r"(?P<module>\w+(\.\w+)*):(?P<name>[^\W\d]\w*(\.[^\W\d]\w*)*)(?P<call>\(\))?")


def is_address(target: str) -> bool:
    """Return whether *target* is an address; otherwise it names an object to import."""
    return "://" in target


def open_target(
    target: Any,
    *,
    path: str = "/",
    host: str = HOST,
    allowed_hosts: Collection[str] = (),
    ca_bundle: str = "",
) -> Receiver:
    """Open the receiver that *target* names.

    *target* is an address, ``module:attribute``, ``module:factory()``, ``lambda:module:handler``,
    or an app, a handler, a factory or a receiver itself. Requests go to *path*. If the address has
    a path, *path* must not differ from it. *host* is the host name of an app in this process.
    *ca_bundle* is a file with the certificates to trust if *target* is an address.

    This function imports the module. The module may read environment variables at import, so set
    them first: see :func:`telnyx_mock.transports.environment.receiver_environment`. Raises
    UsageError if *target* cannot be imported, is not an app, or must not receive requests.
    """
    if not isinstance(target, str):
        return open_app(target, path, host)
    if is_address(target):
        from telnyx_mock.transports.http import HttpReceiver  # here, as an app needs no h11

        return HttpReceiver(_with_path(target, path), allowed_hosts, ca_bundle=ca_bundle)
    value = load(target)
    if target.startswith(LAMBDA):
        if not callable(value):
            raise UsageError(f"{target} cannot be called: it is {described(value)}.")
        return LambdaReceiver(value, path, host)
    return _user_code(target, lambda: open_app(value, path, host, name=target))


def load(target: str) -> Any:
    """Import the object ``module:attribute``, or import and call ``module:factory()``.

    A prefix ``lambda:`` is ignored. The working directory is put on the import path, and stays
    there because apps may import further modules later.
    """
    match = _OBJECT.fullmatch(target.removeprefix(LAMBDA))
    if match is None or match["module"].endswith(".py"):
        raise UsageError(f"{target!r} is not a target: {_FORMS}.{_hint(target)}")
    name = match["module"]
    module = import_module(name)
    value: Any = module
    for part in match["name"].split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            known = [known for known in dir(value) if not known.startswith("_")]
            where = f"in {name} ({getattr(module, '__file__', None) or 'built in'})"
            raise unknown("attribute", part, known, where=where) from None
    if match["call"] is None:
        return value
    if not callable(value):
        raise UsageError(f"{target} cannot be called: it is {described(value)}.")
    return _user_code(target, value)


def import_module(name: str) -> ModuleType:
    """Import the module *name* from the working directory or the import path, as :func:`load` does.

    Raises UsageError if there is no such module, or if it fails.
    """
    here = str(Path.cwd())
    if not {"", here} & set(sys.path):
        sys.path.insert(0, here)
    importlib.invalidate_caches()
    return _user_code(name, lambda: _imported(name))


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name
        if missing is None or not f"{name}.".startswith(f"{missing}."):
            raise
        parent, _, last = missing.rpartition(".")
        folder = sys.modules[parent].__dict__.get("__path__", ()) if parent else [str(Path.cwd())]
        near = difflib.get_close_matches(
            last, [found.name for found in pkgutil.iter_modules(folder)], n=1
        )
        hint = f" Did you mean {'.'.join(filter(None, [parent, near[0]]))!r}?" if near else ""
        place = f"in the package {parent}" if parent else f"in {Path.cwd()} or on the import path"
        raise UsageError(f"There is no module {missing!r} {place}.{hint}") from None


def _user_code(name: str, run: Callable[[], T]) -> T:
    """Return the result of *run*.

    Raises UsageError, with file and line, if the user's code fails.
    """
    try:
        with showing_interrupts():
            return run()
    except UsageError:
        raise
    except BaseException as error:
        if is_signal(error):
            raise
        missing = missing_configuration("".join(traceback.format_exception(error)))
        if missing:
            raise UsageError(
                f"{name} could not be loaded, because its configuration is missing: {missing} "
                f"({place(error)})."
            ) from error
        text = cut(str(error) if not isinstance(error, SyntaxError) else error.msg)
        said = f": {text}" if text else ""
        raise UsageError(
            f"{name} could not be loaded: {type(error).__name__}{said} ({place(error)})."
        ) from error


def place(error: BaseException) -> str:
    """Return where the user's code raised *error*: the innermost line that is not in a library."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not is_library(frame.filename)]
    frame = (own or list(frames))[-1]
    return f"{frame.filename}:{frame.lineno}"


def _with_path(address: str, path: str) -> str:
    """Return *address* with *path*. Raises UsageError if *address* has a different path already."""
    scheme, _, rest = address.partition("://")
    netloc, _, own = rest.partition("/")
    if path == "/" or own == path.removeprefix("/"):
        return address
    if own or "?" in netloc:
        raise UsageError(
            f"{address} has a path already, and {path!r} differs from it; give only one of them."
        )
    if not path.startswith("/"):
        raise UsageError(f"The path {path!r} must start with '/', as in '/webhooks'.")
    return f"{scheme}://{netloc}{path}"


def _hint(target: str) -> str:
    file, colon, name = target.partition(":")
    if file.endswith(".py"):
        module = file.removesuffix(".py").strip("./").replace("/", ".")
        return f" Did you mean {module + ':' + (name or 'app')!r}?"
    if re.match(r"(localhost|[\w.-]+\.\w+|\[[0-9a-f:]+\])(:\d+)?(/|$)", target) and (
        colon or "/" in target
    ):
        return f" Did you mean {'http://' + target!r}?"
    if re.fullmatch(r"\w+(\.\w+)*", target):
        return f" Did you mean {target + ':app'!r}?"
    return ""
