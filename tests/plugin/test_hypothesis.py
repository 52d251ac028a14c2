"""Property tests of a user's, with telnyx_mock among the arguments."""

import pytest

DEDUPLICATING = """
import pytest
from shop import create_app

@pytest.fixture(scope="{scope}")
def telnyx_receiver(telnyx_key):
    seen = set()

    def handle(event):
        assert event["data"]["id"] not in seen, "a webhook was sent twice"
        seen.add(event["data"]["id"])
        return 200

    return create_app(telnyx_key.public_key, handle)
"""


def test_given_needs_no_health_check_suppressed(project):
    """At whatever scope the receiver is, in functions and in methods, with parameters beside."""
    project.makeconftest(DEDUPLICATING.format(scope="function"))
    project.makepyfile(
        """
        import pytest
        from hypothesis import given
        from telnyx_mock.strategies import drafts, webhooks

        @given(draft=drafts("call.initiated"))
        def test_function(telnyx_mock, draft):
            telnyx_mock.send(draft).assert_accepted()

        class TestMethods:
            @given(webhook=webhooks("message.received", "call.*"))
            def test_method(self, telnyx_mock, webhook):
                telnyx_mock.send(webhook).assert_accepted()

        @pytest.mark.parametrize("forgery", ["signature-missing", "body-changed"])
        @given(webhook=webhooks("call.hangup"))
        def test_forgeries(telnyx_mock, forgery, webhook):
            telnyx_mock.send(webhook, forge=forgery).assert_refused()
        """
    )
    project.runpytest("-W", "error").assert_outcomes(passed=4)


@pytest.mark.slow
def test_a_deduplicating_receiver_is_never_flaky(project):
    """Ids are new for each example, replays of the database and shrinking included."""
    project.makeconftest(DEDUPLICATING.format(scope="session"))
    project.makepyfile(
        """
        from hypothesis import given
        from telnyx_mock.strategies import webhooks

        @given(webhook=webhooks("call.initiated"))
        def test_accepts(telnyx_mock, webhook):
            telnyx_mock.send(webhook).assert_accepted()

        @given(webhook=webhooks("call.initiated"))
        def test_finds_something(telnyx_mock, webhook):
            telnyx_mock.send(webhook).assert_accepted()
            assert webhook.payload.get("state") != "parked" and "caller_id_name" in webhook.payload
        """
    )
    for _ in range(2):  # the second time, the failure is replayed from the database
        result = project.runpytest()
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.no_fnmatch_line("*Flaky*")
        result.stdout.no_fnmatch_line("*sent twice*")


def test_a_receiver_can_be_fresh_for_each_example(project):
    project.makepyfile(
        """
        import pytest
        from hypothesis import given
        from shop import create_app
        from telnyx_mock.strategies import webhooks

        @pytest.fixture
        def telnyx_receiver(telnyx_key):
            def make():
                calls = []
                return create_app(telnyx_key.public_key, lambda event: calls.append(1) or 200 + len(calls))
            return make

        @given(webhook=webhooks("call.initiated"))
        def test_first(telnyx_mock, webhook):
            with telnyx_mock.fresh() as fresh:
                assert fresh.send(webhook).status == 201
        """
    )
    project.runpytest().assert_outcomes(passed=1)


def test_events_can_be_parameters(project):
    project.makeconftest(DEDUPLICATING.format(scope="module"))
    project.makepyfile(
        """
        import pytest
        from telnyx_mock.catalogue.registry import select

        @pytest.mark.parametrize("event", [event.name for event in select(["call.machine.*"])])
        def test_accepts(telnyx_mock, event):
            telnyx_mock.send(event).assert_accepted()
        """
    )
    result = project.runpytest("-v")
    result.stdout.fnmatch_lines(["*test_accepts?call.machine.detection.ended? PASSED*"])
