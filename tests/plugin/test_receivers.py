"""What telnyx_receiver may be, at which scope, and how long what it stands for lives."""

import pytest

SENDS = """
def test_accepts(telnyx_mock):
    telnyx_mock.send("call.initiated").assert_accepted()

def test_refuses(telnyx_mock):
    telnyx_mock.send("call.initiated", forge="signature-missing").assert_refused()
"""


@pytest.mark.parametrize("scope", ["function", "class", "module", "package", "session"])
def test_the_receiver_may_have_any_scope(project, scope):
    project.makeconftest(
        f"""
        import pytest
        from shop import create_app

        @pytest.fixture(scope="{scope}")
        def telnyx_receiver(telnyx_key):
            return create_app(telnyx_key.public_key)
        """
    )
    project.makepyfile(SENDS)
    project.runpytest().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "receiver",
    [
        "return create_app(key)",
        "return lambda: create_app(key)",
        "return functools.partial(create_app, key)",
        "return contextlib.nullcontext(create_app(key))",
        "return lambda: contextlib.nullcontext(create_app(key))",
        "return app_of_a_context(key)",
        "return open_app(create_app(key), path='/webhooks')",
        "os.environ['TELNYX_PUBLIC_KEY'] = key; return 'shop:create_app'",
        "os.environ['TELNYX_PUBLIC_KEY'] = key; return 'shop:create_app()'",
        "yield create_app(key)",
    ],
    ids=lambda source: source.partition("return ")[2] or source,
)
def test_the_receiver_may_be_given_in_many_ways(project, receiver, monkeypatch):
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", "")
    project.makeconftest(
        f"""
        import contextlib
        import functools
        import os
        import pytest
        from shop import create_app
        from telnyx_mock.transports.app_kind import open_app

        def app_of_a_context(key):
            @contextlib.contextmanager
            def running():
                yield create_app(key)
            return running

        @pytest.fixture
        def telnyx_receiver(telnyx_key):
            key = telnyx_key.public_key
            {receiver}
        """
    )
    project.makepyfile(SENDS)
    project.runpytest().assert_outcomes(passed=2)


def test_an_address_may_be_the_receiver(project):
    project.makeconftest(
        """
        import pytest
        import threading
        from shop import create_app
        from wsgiref.simple_server import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log_message(self, *args): pass

        @pytest.fixture(scope="session")
        def telnyx_receiver(telnyx_key):
            server = make_server("127.0.0.1", 0, create_app(telnyx_key.public_key), handler_class=Quiet)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()
            thread.join()
            server.server_close()
        """
    )
    project.makepyfile(SENDS)
    project.runpytest().assert_outcomes(passed=2)


@pytest.mark.slow
def test_two_modules_may_have_two_receivers(project):
    module = """
    import pytest
    from shop import create_app

    @pytest.fixture(scope="{scope}")
    def telnyx_receiver(telnyx_key):
        return create_app(telnyx_key.public_key, handle=lambda event: {status})

    @pytest.mark.parametrize("time", range(2))
    def test_status(telnyx_mock, time):
        assert telnyx_mock.send("call.initiated").status == {status}
    """
    project.makepyfile(
        test_first=module.format(scope="module", status=201),
        test_second=module.format(scope="session", status=202),
        test_third=module.format(scope="function", status=203),
    )
    project.runpytest().assert_outcomes(passed=6)
    project.runpytest("-n", "2").assert_outcomes(passed=6)


def test_a_parametrised_receiver_is_tested_each_time(project):
    """The tests must ask for it, by argument or mark: pytest has to know before it runs them."""
    project.makeconftest(
        """
        import pytest
        from shop import create_app

        @pytest.fixture(scope="module", params=[201, 202])
        def telnyx_receiver(telnyx_key, request):
            return create_app(telnyx_key.public_key, handle=lambda event: request.param)
        """
    )
    project.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.usefixtures("telnyx_receiver")

        def test_status(telnyx_mock, request):
            assert f"[{telnyx_mock.send('call.initiated').status}]" in request.node.name
        """
    )
    project.runpytest().assert_outcomes(passed=2)


def test_an_app_is_started_once_and_stopped_before_its_fixture_is_torn_down(project):
    project.makepyfile(
        """
        import contextlib
        import pytest

        story = []

        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                await receive()
                story.append("app starts")
                await send({"type": "lifespan.startup.complete"})
                await receive()
                story.append("app stops")
                await send({"type": "lifespan.shutdown.complete"})
                return
            story.append("request")
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        @contextlib.contextmanager
        def surroundings():
            story.append("context entered")
            yield app
            story.append("context left")

        @pytest.fixture(scope="class")
        def telnyx_receiver():
            story.append("fixture set up")
            yield surroundings
            story.append("fixture torn down")

        class TestStory:
            def test_one(self, telnyx_mock):
                telnyx_mock.send("call.initiated")

            def test_two(self, telnyx_mock):
                telnyx_mock.send("call.initiated")

            def test_none(self):
                pass

        def test_story():
            assert story == [
                "fixture set up",
                "context entered",
                "app starts",
                "request",
                "request",
                "app stops",
                "context left",
                "fixture torn down",
            ]
        """
    )
    project.runpytest().assert_outcomes(passed=4)


def test_a_fixture_may_send_for_a_test(project_with_receiver):
    project_with_receiver.makepyfile(
        """
        import pytest

        @pytest.fixture
        def call(telnyx_mock):
            return telnyx_mock.send("call.initiated").assert_accepted()

        def test_call(call):
            assert call.webhook.name == "call.initiated"

        class TestMethods:
            def test_call(self, call): pass
        """
    )
    project_with_receiver.runpytest().assert_outcomes(passed=2)


def test_a_test_that_does_not_ask_makes_no_receiver(project):
    project.makeconftest(
        "import pytest\n\n@pytest.fixture\ndef telnyx_receiver(): raise RuntimeError('made')\n"
    )
    project.makepyfile("def test_one(): pass\n\ndef test_two(telnyx_mock): pass\n")
    result = project.runpytest()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*RuntimeError: made*"])


def test_a_test_without_a_receiver_says_how_to_give_one(project):
    project.makepyfile("def test_it(telnyx_mock): telnyx_mock.send('call.initiated')\n")
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["UsageError: No receiver is given. Define a fixture*"])
    result.stdout.no_fnmatch_line("*fixtures.py*")


def test_telnyx_is_unbound_between_tests(project_with_receiver):
    project_with_receiver.makepyfile(
        """
        import pytest
        from telnyx_mock import UsageError

        kept = []

        def test_bound(telnyx_mock):
            kept.append(telnyx_mock)

        def test_unbound():
            with pytest.raises(UsageError, match="No receiver is bound"):
                kept[0].send("call.initiated")
        """
    )
    project_with_receiver.runpytest().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("receiver", "sentence"),
    [
        ("42", "UsageError: The app is an int*"),
        ("None", "UsageError: The app is None*"),
        ("'shop:create_ap'", "*Did you mean 'create_app'*"),
        ("'http://example.org/'", "*example.org is not this machine*"),
    ],
)
def test_what_is_no_receiver_is_one_sentence(project, receiver, sentence):
    project.makeconftest(
        f"import pytest\n\n@pytest.fixture\ndef telnyx_receiver(): return {receiver}\n"
    )
    project.makepyfile("def test_it(telnyx_mock): pass\n")
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([sentence])


def test_a_factory_makes_a_fresh_receiver(project):
    project.makeconftest(
        """
        import pytest
        from shop import create_app

        @pytest.fixture
        def telnyx_receiver(telnyx_key):
            def make():
                calls = []
                def handle(event):
                    calls.append(event)
                    return 200 if len(calls) == 1 else 503
                return create_app(telnyx_key.public_key, handle)
            return make
        """
    )
    project.makepyfile(
        """
        def test_fresh(telnyx_mock):
            telnyx_mock.send("call.initiated").assert_accepted()
            assert telnyx_mock.send("call.initiated").status == 503
            with telnyx_mock.fresh() as fresh:
                fresh.send("call.initiated").assert_accepted()
            assert telnyx_mock.send("call.initiated").status == 503
        """
    )
    project.runpytest().assert_outcomes(passed=1)


def test_a_context_manager_is_left_after_each_fresh_receiver(project):
    project.makepyfile(
        """
        import contextlib
        import pytest
        from shop import create_app

        open_now = []

        @pytest.fixture
        def telnyx_receiver(telnyx_key):
            @contextlib.contextmanager
            def running():
                open_now.append(1)
                yield create_app(telnyx_key.public_key)
                open_now.pop()
            return running

        def test_fresh(telnyx_mock):
            for _ in range(3):
                with telnyx_mock.fresh() as fresh:
                    fresh.send("call.initiated").assert_accepted()
                    assert len(open_now) == 2
            assert len(open_now) == 1

        def test_all_are_left():
            assert not open_now
        """
    )
    project.runpytest().assert_outcomes(passed=2)


def test_an_app_that_is_there_cannot_be_made_fresh(project_with_receiver):
    project_with_receiver.makepyfile(
        """
        import pytest
        from telnyx_mock import UsageError

        def test_fresh(telnyx_mock):
            with pytest.raises(UsageError, match="no way to make a fresh receiver"):
                with telnyx_mock.fresh():
                    pass
        """
    )
    project_with_receiver.runpytest().assert_outcomes(passed=1)


def test_a_mistake_shows_the_line_of_the_test_and_none_of_ours(project_with_receiver):
    project_with_receiver.makepyfile(
        test_mistake="""
        def test_hook(telnyx_mock):
            telnyx_mock.send("call.intiated")
        """
    )
    result = project_with_receiver.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">       telnyx_mock.send(*call.intiated*)",
            "E       telnyx_mock.errors.UsageError: There is no event 'call.intiated'.*",
            "test_mistake.py:2: UsageError",
        ]
    )
    assert "emulator.py" not in result.stdout.str()


MISTAKE = "There is no module 'no_such_module'"


def test_a_mistake_in_the_settings_is_the_error_of_one_test(project):
    project.makepyfile(SENDS + "\ndef test_none(): pass\n")
    result = project.runpytest("--telnyx-app", "no_such_module:app", "-rs")
    result.assert_outcomes(errors=1, skipped=1, passed=1)
    result.stdout.fnmatch_lines([f"UsageError: {MISTAKE}*", f"SKIPPED*earlier test*{MISTAKE}*"])


def test_a_mistake_in_a_fixture_is_the_error_of_each_test(project):
    project.makeconftest("import pytest\n\n@pytest.fixture\ndef telnyx_receiver(): return 42\n")
    project.makepyfile(SENDS)
    project.runpytest().assert_outcomes(errors=2)


def test_a_key_that_cannot_be_read_is_the_error_of_one_test(project):
    project.makepyfile(SENDS + "\ndef test_none(): pass\n")
    result = project.runpytest("--telnyx-url", "http://localhost:9/", "--telnyx-key", "env:NO_KEY")
    result.assert_outcomes(errors=1, skipped=1, passed=1)
    result.stdout.fnmatch_lines(["UsageError: The environment has no variable NO_KEY*"])


def test_a_test_client_stands_for_its_app(project):
    project.makeconftest(
        """
        import contextlib
        import pytest
        from shop import create_app
        from werkzeug.test import Client

        class TestClient:
            "As that of Starlette: who enters it starts the app, so a receiver must not enter it."
            def __init__(self, app): self.app = app
            def __enter__(self): raise AssertionError("entered")
            def __exit__(self, *exc): pass

        @pytest.fixture(params=[Client, TestClient])
        def telnyx_receiver(request, telnyx_key):
            return request.param(create_app(telnyx_key.public_key))
        """
    )
    uses = 'import pytest\npytestmark = pytest.mark.usefixtures("telnyx_receiver")\n'
    project.makepyfile(uses + SENDS)
    project.runpytest().assert_outcomes(passed=4)


def test_only_the_fixtures_for_users_are_listed(project):
    result = project.runpytest("--fixtures")
    listed = {
        line.split()[0] for line in result.outlines if line.startswith(("telnyx_", "_telnyx"))
    }
    assert listed == {
        f"telnyx_{name}"
        for name in (
            "api", "api_server", "app_with_keys", "drain", "failover_receiver", "key", "mock", "probe",
            "receiver", "server_receiver",
        )
    }  # fmt: skip


DRAINING = """
import pytest
from shop import create_app

queue, done = [], []

def drain():
    while queue:
        done.append(queue.pop())

{fixture}

@pytest.fixture
def telnyx_receiver(telnyx_key):
    return create_app(telnyx_key.public_key, handle=lambda event: queue.append(1) or 200)

def test_reading_the_api_does_the_work(telnyx_mock):
    telnyx_mock.send("call.answered").assert_accepted()
    assert (queue, done) == ([1], [])
    assert telnyx_mock.api.commands == []
    assert (queue, done) == ([], [1])

def test_the_end_of_a_test_does_the_rest(telnyx_mock):
    telnyx_mock.send("call.answered").assert_accepted()

def test_it_is_done():
    assert (queue, done) == ([], [1, 1])
"""


def test_a_drain_does_the_work_in_a_queue(project):
    fixture = "@pytest.fixture\ndef telnyx_drain():\n    return drain"
    project.makepyfile(test_it=DRAINING.format(fixture=fixture))
    project.runpytest().assert_outcomes(passed=3)


def test_a_setting_names_the_drain(project):
    project.makepyfile(test_it=DRAINING.format(fixture=""))
    project.runpytest("--telnyx-drain", "test_it:drain").assert_outcomes(passed=3)


def test_a_drain_that_is_no_function_is_one_sentence(project_with_receiver):
    project_with_receiver.makepyfile("def test_it(telnyx_mock): pass\n")
    result = project_with_receiver.runpytest("--telnyx-drain", "shop:SHOP")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["UsageError: There is no attribute 'SHOP' in shop*"])


@pytest.mark.slow
def test_django_without_settings_is_no_project(project_with_receiver):
    project_with_receiver.makepyfile("import django.db\n" + SENDS)
    project_with_receiver.runpytest_subprocess().assert_outcomes(passed=2)


NEEDS_KEY = """
import os
import shop

app = shop.create_app(os.environ["TELNYX_PUBLIC_KEY"])
"""

IMPORTS_IT = """
import pytest

@pytest.fixture
def telnyx_receiver():
    from needs_key import app
    return app
"""


def test_an_app_of_a_fixture_that_finds_no_key_is_one_sentence(project, monkeypatch):
    monkeypatch.delenv("TELNYX_PUBLIC_KEY", raising=False)
    project.makepyfile(needs_key=NEEDS_KEY, test_sends=SENDS)
    project.makeconftest(IMPORTS_IT)
    result = project.runpytest("--telnyx-path", "/webhooks")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "UsageError: The app of the fixture telnyx_receiver finds no key: KeyError: "
            "'TELNYX_PUBLIC_KEY' (*needs_key.py:4). Name the app in telnyx_app as well; *"
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    named = ("--telnyx-app", "needs_key:app", "--telnyx-path", "/webhooks")
    project.runpytest(*named).assert_outcomes(passed=2)


def test_another_error_of_the_fixture_is_shown_as_it_is(project):
    project.makepyfile(test_sends=SENDS)
    project.makeconftest(IMPORTS_IT.replace("from needs_key import app", "raise KeyError('x')"))
    result = project.runpytest()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["E*KeyError: 'x'"])
