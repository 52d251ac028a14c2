"""Projects in Django with pytest-django: the transaction of a test, the thread of an ASGI app."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.neighbours import environment_with

FILES = {
    "settings.py": """
SECRET_KEY = "x"
ALLOWED_HOSTS = ["phone.example.com"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["phone"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
STATIC_URL = "static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "phone.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
""",
    "phone/models.py": """
from django.db import models

class Call(models.Model):
    event_id = models.CharField(max_length=64)
""",
    "urls.py": """
import json

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from phone.models import Call
from shop import genuine

def receive(request):
    if not genuine(settings.KEY, request.META, request.body):
        return HttpResponse(status=401)
    Call.objects.create(event_id=json.loads(request.body)["data"]["id"])
    return HttpResponse()

urlpatterns = [path("webhooks", receive)]
""",
    "conftest.py": """
import pytest

@pytest.fixture
def telnyx_receiver(telnyx_key, settings):
    from django.core.{kind} import get_{kind}_application

    settings.KEY = telnyx_key.public_key
    return get_{kind}_application()
""",
    "pytest.ini": """
[pytest]
DJANGO_SETTINGS_MODULE = settings
pythonpath = .
telnyx_path = /webhooks
telnyx_host = phone.example.com
""",
}


@pytest.fixture
def site(project):
    """Write the project, whose app is of the kind ``wsgi`` or ``asgi``, and run these tests in it."""

    def run(kind, tests, *words, plugins=("pytest-django",)):
        for name, text in FILES.items():
            file = project.path / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text.replace("{kind}", kind))
        (project.path / "test_it.py").write_text(
            f"import pytest\nfrom phone.models import Call\n{tests}"
        )
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
            cwd=project.path,
            env=environment_with(*plugins),
            capture_output=True,
            text=True,
            timeout=100,
        )

    return run


@pytest.mark.long
def test_the_app_works_inside_the_transaction_of_the_test(site):
    ran = site(
        "wsgi",
        """
@pytest.mark.django_db
@pytest.mark.parametrize("time", range(2))
def test_rows_are_rolled_back(telnyx_mock, time):
    assert Call.objects.count() == 0
    telnyx_mock.send("call.answered").assert_accepted()
    assert Call.objects.count() == 1

def test_a_request_touches_no_connection_by_itself(telnyx_mock):
    telnyx_mock.send("call.answered", forge="signature-missing").assert_refused()
""",
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.long
def test_a_missing_mark_is_named(site):
    ran = site(
        "wsgi",
        """
def test_unmarked(telnyx_mock):
    telnyx_mock.send("call.answered").assert_accepted()
""",
    )
    assert ran.returncode == 1
    assert (
        "hint      The app uses the database of Django. Mark the test: @pytest.mark.django_db"
        in (ran.stdout)
    )


@pytest.mark.long
def test_a_host_that_is_not_allowed_is_named(site):
    ran = site(
        "wsgi",
        """
def test_host(telnyx_mock):
    telnyx_mock.send("call.answered").assert_accepted()
""",
        "--telnyx-host=elsewhere.example.com",
    )
    assert (
        "hint      Django does not serve the host elsewhere.example.com. Name one of" in ran.stdout
    )


@pytest.mark.long
def test_an_asgi_app_writes_nothing_outside_the_transaction(site):
    ran = site(
        "asgi",
        """
@pytest.mark.django_db
def test_it_says_so(telnyx_mock):
    with pytest.raises(AssertionError, match="outside the transaction of this test"):
        telnyx_mock.send("call.answered").assert_accepted()

@pytest.mark.django_db
def test_nothing_is_left(telnyx_mock):
    assert Call.objects.count() == 0

@pytest.mark.django_db
def test_the_test_itself_may_use_the_database_again(telnyx_mock):
    telnyx_mock.send("call.answered", forge="signature-missing").assert_refused()
    Call.objects.create(event_id="1")

@pytest.mark.django_db(transaction=True)
def test_with_true_commits_it_works(telnyx_mock):
    telnyx_mock.send("call.answered").assert_accepted()
    assert Call.objects.count() == 1
""",
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.long
def test_async_tests_work_with_true_commits(site):
    ran = site(
        "asgi",
        """
@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", range(2))
async def test_a_row(telnyx_mock, time):
    assert await Call.objects.acount() == 0
    (await telnyx_mock.asend("call.answered")).assert_accepted()
    assert await Call.objects.acount() == 1
""",
        "-o",
        "asyncio_default_fixture_loop_scope=function",
        plugins=("pytest-django", "pytest-asyncio"),
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.long
def test_a_project_that_only_imports_django_needs_no_settings(project_with_receiver):
    project_with_receiver.makepyfile(
        """
        import django.db

        def test_it(telnyx_mock):
            telnyx_mock.send("call.answered").assert_accepted()
        """
    )
    ran = project_with_receiver.runpytest_subprocess()
    ran.assert_outcomes(passed=1)


CONTRACT = """
from pytest_telnyx_mock.contract import *

{mark}
"""
FEW = ("--telnyx-events", "call.answered", "-k", "accepts-sample or signature-missing")


@pytest.mark.long
@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_the_contract_needs_true_commits_and_says_so(site, kind):
    ran = site(kind, CONTRACT.format(mark=""), *FEW)
    assert ran.returncode == 1
    assert "its configuration is missing: the mark django_db, with true commits" in ran.stdout
    assert "0 failed" in ran.stdout  # it blames no receiver
    mark = "pytestmark = pytest.mark.django_db(transaction=True)"
    ran = site(kind, CONTRACT.format(mark=mark), *FEW)
    assert ran.returncode == 0, ran.stdout
    if kind == "asgi":
        ran = site(kind, CONTRACT.format(mark="pytestmark = pytest.mark.django_db"), *FEW)
        assert "its configuration is missing: the mark django_db, with true commits" in ran.stdout
