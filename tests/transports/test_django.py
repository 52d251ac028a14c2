"""Views of Django, reached through its ASGI and WSGI applications."""

from __future__ import annotations

import sys
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import clear_url_caches

from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.routes import post_paths


@pytest.fixture(scope="module", params=["asgi", "wsgi"])
def application(request):
    folder = str(Path(__file__).parent)
    if not settings.configured:
        settings.configure(SECRET_KEY="x")
        django.setup()
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.syspath_prepend(folder)
    if request.param == "asgi":
        from django.core.asgi import get_asgi_application as make
    else:
        from django.core.wsgi import get_wsgi_application as make
    with override_settings(
        ROOT_URLCONF="django_site",
        ALLOWED_HOSTS=["localhost"],
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    ):
        yield make()
    monkeypatch.undo()


@pytest.fixture
def send(application, request_):
    opened = []

    def send(path, host="localhost"):
        opened.append(open_app(application, path, host))
        response = opened[-1].send(request_, timeout=5)
        assert opened[-1].wait_until_idle(5)
        return response

    yield send
    for receiver in opened:
        receiver.close()


def test_a_view_gets_https_and_an_allowed_host(send):
    response = send("/hook/")
    assert (response.status, response.body) == (200, b"POST https localhost")


def test_a_host_that_django_does_not_allow_is_refused(send):
    assert send("/hook/", "testserver").status == 400


def test_django_answers_500_itself_and_the_traceback_is_kept(send):
    response = send("/v1/crash/1")
    assert response.status == 500
    assert response.crash.count("KeyError: 'payload'") == 1


def test_the_paths_of_views_are_listed(application):
    assert post_paths(application) == ("/hook/", "/old/", "/v1/crash/<int:number>")


def test_its_views_are_loaded_before_the_first_request(application):
    clear_url_caches()
    sys.modules.pop("django_site", None)
    open_app(application, "/hook/").close()
    assert "django_site" in sys.modules


def test_an_app_whose_views_cannot_be_loaded_is_opened_all_the_same(application):
    with override_settings(ROOT_URLCONF="no_such_site"):
        open_app(application, "/hook/").close()
    clear_url_caches()
