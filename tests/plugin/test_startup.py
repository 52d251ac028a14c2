"""What pytest does at its start because the plugin is there: nothing, unless an app is named."""

import os

import pytest

pytestmark = pytest.mark.slow  # they start processes, or run long

HEAVY = ("hypothesis", "nacl", "httpx", "respx", "responses")

DECLARATION = (
    "telnyx_mock",
    "telnyx_mock.errors",
    "telnyx_mock.hidden",
    "telnyx_mock.settings",
    "telnyx_mock.visible",
)
"""The modules of the core that declare the settings; they need the standard library alone."""


def test_an_unused_plugin_loads_nothing_of_the_core(pytester, monkeypatch):
    """The plugins of others are left out, for that of respx loads httpx by itself."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        f"""
        import sys

        def test_modules():
            loaded = {{name.partition(".")[0] for name in sys.modules}}
            core = {{name for name in sys.modules if name.startswith("telnyx_mock")}}
            assert sorted(core) == sorted({DECLARATION!r})
            assert "pytest_telnyx_mock" in loaded
            assert sorted(loaded & set({HEAVY!r})) == []
        """
    )
    result = pytester.runpytest_subprocess("-p", "pytest_telnyx_mock.plugin")
    result.assert_outcomes(passed=1)


def test_starting_with_the_plugin_loads_few_modules(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        "import sys\n\ndef test_modules():\n    print('LOADED', len(sys.modules))\n"
    )

    def loaded(*options):
        result = pytester.runpytest_subprocess("-s", *options)
        line = next(line for line in result.outlines if "LOADED" in line)
        return int(line.split("LOADED ")[1].rstrip("."))

    assert loaded("-p", "pytest_telnyx_mock.plugin") - loaded() <= 19


def test_the_plugin_can_be_left_out(project):
    project.makepyfile("def test_one(telnyx_mock): pass\n\ndef test_two(): pass\n")
    result = project.runpytest("-p", "no:telnyx_mock")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'telnyx_mock' not found*"])


def test_a_named_app_finds_its_key_although_a_conftest_imports_it(project):
    """A conftest runs before any fixture, and an app may read its key when it is imported."""
    project.makepyfile(asgi="import shop\n\napp = shop.create_app()\n")
    project.makeconftest("import os\nimport asgi\n\nassert os.environ['TELNYX_API_KEY']\n")
    project.makepyfile(
        """
        import os

        def test_key(telnyx_mock, telnyx_key):
            assert os.environ["TELNYX_PUBLIC_KEY"] == telnyx_key.public_key
            assert telnyx_mock.key is telnyx_key
            telnyx_mock.send("call.initiated").assert_accepted()
            telnyx_mock.send("call.initiated", forge="signature-missing").assert_refused()
        """
    )
    result = project.runpytest("--telnyx-app", "asgi:app")
    result.assert_outcomes(passed=1)
    assert "TELNYX_PUBLIC_KEY" not in os.environ
    assert "TELNYX_API_KEY" not in os.environ


def test_the_environment_is_put_back(project, monkeypatch):
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", "production")
    monkeypatch.setenv("TELNYX_API_KEY", "KEY-of-mine")
    project.makepyfile(
        """
        import os

        def test_environment(telnyx_key):
            assert os.environ["TELNYX_PUBLIC_KEY"] == telnyx_key.public_key
            assert os.environ["TELNYX_API_KEY"] == "KEY-of-mine"
        """
    )
    project.runpytest("--telnyx-app", "shop:create_app").assert_outcomes(passed=1)
    assert os.environ["TELNYX_PUBLIC_KEY"] == "production"
    assert os.environ["TELNYX_API_KEY"] == "KEY-of-mine"


def test_the_environment_is_left_alone_where_no_app_is_named(project):
    project.makepyfile(
        "import os\n\ndef test_it(telnyx_key): assert 'TELNYX_PUBLIC_KEY' not in os.environ\n"
    )
    project.runpytest("--telnyx-url", "http://localhost:1/").assert_outcomes(passed=1)


def test_settings_name_the_app(project):
    project.makefile(
        ".ini", pytest="[pytest]\ntelnyx_app = shop:create_app()\ntelnyx_path = /webhooks\n"
    )
    project.makepyfile(
        "def test_it(telnyx_mock): telnyx_mock.send('call.hangup').assert_accepted()\n"
    )
    project.runpytest().assert_outcomes(passed=1)


def test_an_option_goes_before_a_setting(project):
    project.makefile(
        ".ini", pytest="[pytest]\ntelnyx_url = http://localhost:1/\ntelnyx_path = /elsewhere\n"
    )
    project.makepyfile(
        "def test_it(telnyx_mock): telnyx_mock.send('call.hangup').assert_accepted()\n"
    )
    result = project.runpytest("--telnyx-app", "shop:create_app", "--telnyx-path", "/webhooks")
    result.assert_outcomes(passed=1)


def test_a_given_key_is_used(project, monkeypatch):
    seed = "11" * 32
    monkeypatch.setenv("MY_KEY", seed)
    project.makepyfile(
        f"""
        from telnyx_mock.signing.keys import KeyPair

        def test_key(telnyx_key):
            assert telnyx_key.public_key == KeyPair(bytes.fromhex("{seed}")).public_key
        """
    )
    project.runpytest("--telnyx-key", "env:MY_KEY").assert_outcomes(passed=1)


def test_a_key_that_is_missing_matters_only_to_tests_that_need_it(project_with_receiver):
    project_with_receiver.makepyfile("def test_one(): pass\n\ndef test_two(telnyx_mock): pass\n")
    result = project_with_receiver.runpytest("--telnyx-key", "env:NO_SUCH_KEY")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["UsageError: *NO_SUCH_KEY*"])


def test_the_plugin_is_not_seen_in_what_goes_wrong_elsewhere(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def broken():
            raise RuntimeError("not its fault")

        def test_it(broken): pass
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*RuntimeError: not its fault"])
    result.stdout.no_fnmatch_line("*pytest_telnyx_mock*")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--telnyx-app=a:b", "--telnyx-url=http://localhost/"), "Both telnyx_app and telnyx_url"),
        (
            ("--telnyx-examples=few",),
            "must be a whole number of at least 1 and at most 10000, not 'few'",
        ),
        (("--telnyx-deadline=0",), "must be a number of at least 0.001, not '0'"),
        (("--telnyx-deadline=nan",), "must be a number of at least 0.001"),
        (("--telnyx-seed=-1",), "must be a whole number of at least 0"),
        (
            ("--telnyx-max-requests=-1",),
            "(telnyx_max_requests) must be a whole number of at least 0, not",
        ),
        (
            ("--telnyx-rate=fast",),
            "--telnyx-rate (telnyx_rate) must be a number of at least 0, not 'fast'",
        ),
        (("--telnyx-events=call.intiated",), "Did you mean 'call.initiated'"),
        (("--telnyx-app=shop:create_app", "--telnyx-key=env:NO_SUCH_KEY"), "NO_SUCH_KEY"),
    ],
)
def test_a_bad_option_is_one_sentence(project, options, sentence):
    project.makepyfile("def test_it(): pass\n")
    result = project.runpytest_subprocess(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert sentence in "\n".join(result.errlines)
    assert "Traceback" not in "\n".join(result.errlines)
