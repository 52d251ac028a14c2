"""What makes the app for other keys is given as a fixture, as an option, or in the settings."""

import pytest

CONTRACT = ("--pyargs", "pytest_telnyx_mock.contract")
CALLS = ("--telnyx-events", "call.initiated")
ROTATION = ("-k", "supports-key-rotation", "-rs")

KEYED = """
from shop import create_app

def app():
    return create_app()

def first(keys):
    return create_app(keys[0])

def nothing(keys):
    return None

no_function = 5
"""


@pytest.fixture
def keyed(project):
    project.makepyfile(keyed=KEYED)

    def run(*options):
        words = (*CONTRACT, *CALLS, *ROTATION, "--telnyx-app", "keyed:app")
        return project.runpytest(*words, *options)

    return run


def test_without_a_function_it_is_said_how_to_give_one(keyed):
    result = keyed()
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["skipped*No function is given that makes the app for other keys. *app_with_keys*"]
    )


def test_a_function_is_named_on_the_command_line(keyed):
    result = keyed("--telnyx-app-with-keys", "keyed:first")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*signed with the new key was refused with 401 by the app that*"])


def test_a_function_is_named_in_the_settings(keyed):
    keyed("-o", "telnyx_app_with_keys=keyed:first").assert_outcomes(failed=1)


def test_a_function_is_a_fixture_and_what_it_returns_may_be_a_context_manager(project):
    project.makeconftest(
        """
        import contextlib
        import pytest
        from shop import create_app

        @pytest.fixture
        def telnyx_receiver(telnyx_key):
            return create_app(telnyx_key.public_key)

        @pytest.fixture
        def telnyx_app_with_keys():
            @contextlib.contextmanager
            def made(keys):
                assert isinstance(keys, list)
                yield create_app(keys[-1])
                print("the app is closed")

            return made
        """
    )
    project.makepyfile("from pytest_telnyx_mock.contract import *\n")
    result = project.runpytest(*CALLS, *ROTATION)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*signed with the old key was refused with 401 by the app that*", "the app is closed"]
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("no_function", "!*The app with keys 'keyed:no_function' is not a plain function of one*!"),
        (
            "nothing",
            "!*The value that telnyx_app_with_keys returned is None; expected an ASGI app*!",
        ),
    ],
)
def test_what_is_no_such_function_stops_at_one_sentence(keyed, name, sentence):
    result = keyed("--telnyx-app-with-keys", f"keyed:{name}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([sentence])
