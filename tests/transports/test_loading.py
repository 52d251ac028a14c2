"""A target is an address or the name of an app; a wrong one is a usage error with a hint."""

from __future__ import annotations

import functools
import os
import sys
import textwrap
import types
from pathlib import Path

import flask
import pytest
from fastapi import FastAPI

from telnyx_mock.errors import UsageError
from telnyx_mock.transports.app_kind import app_kind, open_app
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.wsgi import WsgiReceiver

SITE = """
import os
KEY = os.environ.get("TELNYX_PUBLIC_KEY")

def app(environ, start_response):
    from sitelib import later
    start_response("200 OK", [])
    return [later.encode(), KEY.encode()]

async def async_app(scope, receive, send): ...

def handler(event, context):
    return KEY

def odd_handler(request, about):
    return KEY

def make_app(config=None):
    return app

def broken_factory():
    raise ValueError("no database")

class Holder:
    app = staticmethod(app)

number = 3
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A working directory with the module ``site_under_test``. Returns a function that adds more."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    write("site_under_test.py", SITE)
    write("sitelib.py", "later = 'imported later '")
    yield write
    for name in set(sys.modules) - before:
        if name.split(".")[0] in {path.stem for path in tmp_path.iterdir()}:
            del sys.modules[name]


def refused(target, **options):
    with pytest.raises(UsageError) as caught:
        open_target(target, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("site_under_test:app", WsgiReceiver),
        ("site_under_test:async_app", AsgiReceiver),
        ("site_under_test:make_app()", WsgiReceiver),
        ("site_under_test:make_app", WsgiReceiver),
        ("site_under_test:Holder.app", WsgiReceiver),
        ("site_under_test:handler", LambdaReceiver),
        ("site_under_test:odd_handler", WsgiReceiver),
        ("lambda:site_under_test:odd_handler", LambdaReceiver),
    ],
)
def test_an_app_is_imported_from_the_working_directory(project, target, kind):
    receiver = open_target(target, path="/hook", host="app.test")
    assert isinstance(receiver, kind)
    assert receiver.url == "https://app.test/hook"
    receiver.close()


def test_the_module_has_the_key_and_may_import_later(project, request_):
    with receiver_environment("the key"):
        receiver = open_target("site_under_test:app")
    assert receiver.send(request_, timeout=5).body == b"imported later the key"
    assert os.environ.get("TELNYX_PUBLIC_KEY") != "the key"


def test_the_working_directory_is_added_to_the_path_once(project, tmp_path):
    open_target("site_under_test:app")
    open_target("site_under_test:app")
    assert sys.path.count(str(tmp_path)) == 1


def test_an_address_is_reached_over_http():
    receiver = open_target("http://localhost:1/own")
    assert isinstance(receiver, HttpReceiver)
    assert open_target("http://localhost:1", path="/a?b=c").url == "http://localhost:1/a?b=c"
    assert open_target("http://localhost:1/", path="/a").url == "http://localhost:1/a"
    assert open_target("http://localhost:1/a", path="/a").url == "http://localhost:1/a"
    assert open_target("http://a.test/", allowed_hosts=["a.test"]).url == "http://a.test/"
    assert "give only one of them" in refused("http://localhost:1/a", path="/b")
    assert "must start with '/'" in refused("http://localhost:1", path="b")
    assert "--allow-host a.test" in refused("http://a.test/")


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("site_under_test", "Did you mean 'site_under_test:app'?"),
        ("site_under_test.py:app", "Did you mean 'site_under_test:app'?"),
        ("./src/api.py", "Did you mean 'src.api:app'?"),
        ("localhost:8000", "Did you mean 'http://localhost:8000'?"),
        ("127.0.0.1:8000/hook", "Did you mean 'http://127.0.0.1:8000/hook'?"),
        ("example.com/hook", "Did you mean 'http://example.com/hook'?"),
        ("a:b:c", "expected an address"),
        ("module:make(1)", "expected an address"),
        ("", "expected an address"),
    ],
)
def test_a_text_that_is_no_target_gets_a_hint(target, hint):
    assert hint in refused(target)


def test_an_unknown_module_gets_the_nearest_name(project):
    project("package/__init__.py", "")
    project("package/webapp.py", "")
    text = refused("site_under_tets:app")
    assert "There is no module 'site_under_tets'" in text
    assert "Did you mean 'site_under_test'?" in text
    text = refused("package.webap:app")
    assert text == (
        "There is no module 'package.webap' in the package package. Did you mean 'package.webapp'?"
    )


def test_an_unknown_attribute_gets_the_nearest_name(project):
    text = refused("site_under_test:makeapp")
    assert "There is no attribute 'makeapp' in site_under_test (" in text
    assert "'make_app'" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os\nimport no_such_lib\n", "ModuleNotFoundError: No module named 'no_such_lib'"),
        ("x = 1\nint('a')\n", "ValueError: invalid literal"),
        ("x = 1\nimport json; json.loads('{')\n", "JSONDecodeError: "),
        ("x = 1\nraise SystemExit(2)\n", "SystemExit: 2"),
        ("x = 1\ndef (\n", "SyntaxError: invalid syntax"),
    ],
)
def test_an_error_in_the_module_names_its_line(project, text, said):
    path = project("failing.py", text)
    message = refused("failing:app")
    assert message.startswith(f"failing could not be loaded: {said}")
    assert message.endswith(f"({path}:2).")


def test_an_error_in_a_factory_names_its_line(project, tmp_path):
    line = SITE.split("\n").index('    raise ValueError("no database")') + 1
    for target in ("site_under_test:broken_factory()", "site_under_test:broken_factory"):
        assert refused(target) == (
            f"{target} could not be loaded: ValueError: no database"
            f" ({tmp_path}/site_under_test.py:{line})."
        )


def test_an_object_that_is_no_app_is_named(project):
    assert refused("site_under_test:number").startswith(
        "site_under_test:number is an int; expected an ASGI app"
    )
    assert refused("site_under_test:number()") == (
        "site_under_test:number() cannot be called: it is an int."
    )
    assert refused("lambda:site_under_test:number") == (
        "lambda:site_under_test:number cannot be called: it is an int."
    )


async def asgi(scope, receive, send): ...


def wsgi(environ, start_response): ...


class AsyncObject:
    async def __call__(self, scope, receive, send): ...


class AsyncAnything:
    async def __call__(self, *args, **kwargs): ...


class SyncObject:
    def __call__(self, environ, start_response): ...


class WsgiClass:
    def __init__(self, environ, start_response): ...


class Handler:
    def __call__(self, event, context): ...


class TwoStepAsgi:
    def __init__(self, scope): ...


async def bound(settings, scope, receive, send): ...


def wrapped(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@pytest.mark.parametrize(
    ("app", "kind"),
    [
        (asgi, "asgi"),
        (AsyncObject(), "asgi"),
        (AsyncAnything(), "asgi"),
        (FastAPI(), "asgi"),
        (functools.partial(bound, {}), "asgi"),
        (wrapped(asgi), "asgi"),
        (lambda scope, receive, send: None, "asgi"),
        (wsgi, "wsgi"),
        (SyncObject(), "wsgi"),
        (flask.Flask("app"), "wsgi"),
        (flask.Flask("app").wsgi_app, "wsgi"),
        (WsgiClass, "wsgi"),
        (wrapped(wsgi), "wsgi"),
        (Handler(), "lambda"),
        (lambda event, context: None, "lambda"),
        (lambda event, _: None, "lambda"),
        (lambda _event, _context=None: None, "lambda"),
        (lambda request, lambda_context: None, "lambda"),
        (lambda request, about: None, "wsgi"),
        (AsyncObject, "factory"),
        (lambda: asgi, "factory"),
        (lambda config=None: asgi, "factory"),
    ],
)
def test_kinds_of_apps_are_recognised_by_their_parameters(app, kind):
    assert app_kind(app) == kind
    receiver = open_app(app)
    expected = {"wsgi": WsgiReceiver, "lambda": LambdaReceiver}.get(kind, AsgiReceiver)
    assert isinstance(receiver, expected)
    receiver.close()


async def async_factory(): ...


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (None, "The app is None; expected"),
        (3, "The app is an int; expected"),
        (types, "The app is the module 'types'; expected"),
        (TwoStepAsgi, "The app is the class TwoStepAsgi, not an instance of it; expected"),
        (lambda request: None, "The app is a function called with (request); expected"),
        (lambda *args: None, "The app is a function called with (*args); expected"),
        (async_factory, "The app is an async function called with (); expected"),
        (lambda: None, "What the app returned is None; expected"),
        (lambda: wsgi.__name__, "What the app returned is a str; expected"),
        (lambda: lambda: asgi, "What the app returned is a function called with (); expected"),
    ],
)
def test_an_object_that_is_no_app_is_described(app, said):
    with pytest.raises(UsageError) as caught:
        open_app(app)
    assert str(caught.value).startswith(said)


def test_a_receiver_is_returned_as_it_is():
    receiver = WsgiReceiver(wsgi)
    assert open_app(receiver) is receiver
    assert open_app(lambda: receiver) is receiver
    assert open_target(receiver) is receiver
    assert open_target(wsgi, path="/a").url == "https://localhost/a"
