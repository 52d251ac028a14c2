"""The fixtures: Telnyx for tests, bound to the receiver of each test that asks for it.

The module imports only the standard library and pytest; each fixture imports the core when it is
used.

``telnyx_mock`` has session scope, because ``@given`` accepts no other scope. So ``telnyx_mock``
must not request the receiver, which may have any scope. Instead, ``_telnyx_binding`` connects the
two in each test.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pytest_telnyx_mock.catching import CATCHING, catch_calls, emulator_of, stay_between
from pytest_telnyx_mock.foreign_text import SERVERS
from pytest_telnyx_mock.key import key_of, lacks_key, no_key
from pytest_telnyx_mock.options import OPTIONS
from pytest_telnyx_mock.verdict import give_up

if TYPE_CHECKING:
    from pytest_telnyx_mock.receiver_fixtures import Reception
    from telnyx_mock.contract.engine.rule_runner import Runner
    from telnyx_mock.emulator import Emulator
    from telnyx_mock.errors import UsageError
    from telnyx_mock.fake_api.state import FakeApi
    from telnyx_mock.signing.keys import KeyPair

_RECEPTION = pytest.StashKey["Reception"]()
_MISTAKE = pytest.StashKey[str]()
_BAD_KEY = pytest.StashKey[str]()


def _reception_of(config: pytest.Config) -> Reception:
    if _RECEPTION not in config.stash:
        from pytest_telnyx_mock.receiver_fixtures import Reception

        config.stash[_RECEPTION] = Reception(config.stash[OPTIONS])
    return config.stash[_RECEPTION]


@pytest.fixture(scope="session")
def telnyx_key(request: pytest.FixtureRequest) -> KeyPair:
    """The account's key pair; your app verifies with its ``public_key``.

    In your telnyx_receiver, make your app with this public key. If telnyx_app names the app, the
    app finds the public key in TELNYX_PUBLIC_KEY.
    """
    from telnyx_mock.errors import UsageError

    try:
        return key_of(request.config)
    except UsageError as error:
        request.config.stash[_BAD_KEY] = str(error)
        give_up(request, error)


@pytest.fixture(scope="session")
def telnyx_mock(pytestconfig: pytest.Config, telnyx_key: KeyPair) -> Emulator:
    """The emulated Telnyx; it sends genuine and forged webhooks to telnyx_receiver."""
    return emulator_of(pytestconfig, telnyx_key)


@pytest.fixture(scope="session")
def telnyx_api(pytestconfig: pytest.Config, telnyx_key: KeyPair) -> FakeApi:
    """The fake Telnyx API, with the commands that the app sent in this test.

    It needs no telnyx_receiver: a test may call the app by itself, for example with a test client.
    ``telnyx_mock.api`` is the same API, but it first waits for the receiver's background work.
    """
    return emulator_of(pytestconfig, telnyx_key).api


@pytest.fixture(scope="session")
def telnyx_receiver(pytestconfig: pytest.Config) -> Any:
    """The receiver under test, which telnyx_app or telnyx_url names.

    Override this fixture, at any scope, to return your app, a function without arguments that makes
    the app, a context manager around the app, a receiver of telnyx_mock, or a target such as
    ``myapp:app``. If your fixture is parametrised, its tests must ask for it:
    ``pytest.mark.usefixtures("telnyx_receiver")``.
    """
    return pytestconfig.stash[OPTIONS].target


@pytest.fixture(scope="session")
def telnyx_probe(pytestconfig: pytest.Config) -> Any:
    """Where the contract sees the effects of the receiver's work; None unless telnyx_probe is set.

    Override this fixture, at any scope, to return a function without arguments. The function
    returns data that can be compared: the rows of a table, a counter, the calls of a mock. The
    function may be ``async def``; then the result is awaited on the event loop that runs ASGI apps.
    The fixture may also return an address to read the data from.
    """
    return pytestconfig.stash[OPTIONS].settings.probe or None


@pytest.fixture(scope="session")
def telnyx_drain(pytestconfig: pytest.Config) -> Any:
    """The function that does the work in the app's queue; None unless telnyx_drain is set.

    Override this fixture, at any scope, to return a function without arguments. It is called
    whenever telnyx-mock waits for the app to be idle: when a test reads ``telnyx_mock.api``, at the
    end of each test, and between the deliveries of the contract. An exception in it counts as an
    error in the background of the app.
    """
    return pytestconfig.stash[OPTIONS].settings.drain or None


@pytest.fixture(scope="session")
def telnyx_failover_receiver(pytestconfig: pytest.Config) -> Any:
    """The contract's receiver at the failover address; None unless telnyx_failover is set.

    Override this fixture, at any scope, to return any value that telnyx_receiver may return, or a
    path that begins with a slash ("/failover"): another path of the first receiver.
    """
    return pytestconfig.stash[OPTIONS].settings.failover or None


@pytest.fixture(scope="session")
def telnyx_app_with_keys(pytestconfig: pytest.Config) -> Any:
    """The contract's function that makes the app for a list of public keys; None if not set.

    Override this fixture, at any scope, to return a function. Its argument is a list of the public
    keys to trust, each in base64 as in the portal. It returns any value that telnyx_receiver may
    return.
    """
    return pytestconfig.stash[OPTIONS].settings.app_with_keys or None


@pytest.fixture(scope="session")
def telnyx_api_server(pytestconfig: pytest.Config, telnyx_api: FakeApi) -> Iterator[str]:
    """The address of the fake API for clients in other processes: ``http://127.0.0.1:41207/v2``.

    The official SDKs read it from TELNYX_BASE_URL. The server and ``telnyx_api`` are the same fake API:
    what the client of another process sends is among the commands of the test that runs. It listens on
    the port of the setting telnyx_api, or else on a free one.
    """
    from telnyx_mock.fake_api.api_server import ApiServer

    server = ApiServer(port=pytestconfig.stash[OPTIONS].settings.api or 0)
    yield server.base_url
    server.close()


@pytest.fixture(scope="session")
def telnyx_server_receiver(
    pytestconfig: pytest.Config, telnyx_key: KeyPair, telnyx_api_server: str
) -> Iterator[Callable[..., str]]:
    """A function that starts the server of your app as a process, and returns its address.

    ``telnyx_server_receiver("python -m app", port=8080)`` waits until the command listens. Without
    *port*, a free one is used. The process finds the public key, the address of the fake API and the port
    (``PORT``, also in place of ``{port}`` in its words) in its environment, to which *env* adds
    variables. *cwd* is the folder in which it runs, and *timeout* how many seconds it may take to listen. Its
    log is shown in a test that fails. The process and its children are stopped at the end of the
    session.

    Raises UsageError if the command cannot be started or the port is taken, and DeliveryError if the command
    ends early, or does not listen in time.
    """
    from pytest_telnyx_mock.servers import Servers

    servers = pytestconfig.stash[SERVERS] = Servers(telnyx_key.public_key, telnyx_api_server)
    yield servers.start
    del pytestconfig.stash[SERVERS]
    servers.stop()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Generator[None, Any, Any]:
    """Catch the app's calls from the first fixture of ours on, and close receivers in time.

    Whatever was opened for a receiver is closed before the receiver's fixture is torn down.
    """
    __tracebackhide__ = True  # it is on the way of every fixture's errors
    if request.fixturename in CATCHING:
        catch_calls(request.config)
    try:
        value = yield
    except Exception as error:
        if request.fixturename == "telnyx_receiver" and lacks_key(error):
            give_up(request, no_key(error))
        raise
    if request.fixturename in ("telnyx_receiver", "telnyx_failover_receiver"):
        # Finalizers run last in, first out, and the fixture's own teardown is in already.
        request.addfinalizer(_reception_of(request.config).admit(request.fixturename, value))
    return value


@pytest.fixture(autouse=True)
def _telnyx_binding(request: pytest.FixtureRequest) -> Iterator[None]:
    """Bind telnyx_mock to telnyx_receiver in each test that asks for telnyx_mock or telnyx_api.

    A test that asks for telnyx_api alone needs no receiver.
    """
    asks_to_send = "telnyx_mock" in request.fixturenames
    if not asks_to_send and "telnyx_api" not in request.fixturenames:
        stay_between(request.config, request.node.nodeid)
        yield
        return
    from telnyx_mock.errors import TelnyxMockError

    emulator = emulator_of(request.config, request.getfixturevalue("telnyx_key"))
    emulator.begin(request.node.nodeid)
    try:
        if emulator.journal is not None:
            emulator.journal.about = request.node.nodeid
        value = request.getfixturevalue("telnyx_receiver")
        if request.config.stash[OPTIONS].settings.api:
            request.getfixturevalue("telnyx_api_server")
        if value != "":
            drain = request.getfixturevalue("telnyx_drain")
            _bind(request.config, emulator, value, drain)
        elif asks_to_send:
            raise _no_receiver()
        yield
    except TelnyxMockError as error:
        give_up(request, error)
    finally:
        emulator.unbind()


def _bind(config: pytest.Config, emulator: Emulator, value: Any, drain: Any) -> None:
    """Bind *emulator* to the receiver for *value*; *drain* does the work in the app's queue.

    A mistake in the settings is the error of one test. The other tests are skipped for it.
    """
    from telnyx_mock.errors import UsageError

    if value != config.stash[OPTIONS].target:
        _reception_of(config).bind(emulator, value, drain)
        return
    if _MISTAKE in config.stash:
        _skip_for(config.stash[_MISTAKE])
    try:
        _reception_of(config).bind(emulator, value, drain)
    except UsageError as error:
        config.stash[_MISTAKE] = str(error)
        raise


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs a key which another test could not read; pytest would repeat the error."""
    if _BAD_KEY in item.config.stash and "telnyx_key" in getattr(item, "fixturenames", ()):
        _skip_for(item.config.stash[_BAD_KEY])


def _skip_for(mistake: str) -> NoReturn:
    pytest.skip(f"as the error of an earlier test says: {mistake}")


def _no_receiver() -> UsageError:
    from telnyx_mock.errors import UsageError

    return UsageError(
        "No receiver is given. Define a fixture telnyx_receiver that returns your app, or set "
        "telnyx_app or telnyx_url in the pytest settings (--telnyx-app, --telnyx-url)."
    )


@pytest.fixture
def _telnyx_runner(request: pytest.FixtureRequest, telnyx_mock: Emulator) -> Runner:
    """The runner that tries the contract against the receiver of this test."""
    from telnyx_mock.contract.effects.probe import open_probe
    from telnyx_mock.contract.opening.app_with_keys import open_app_with_keys
    from telnyx_mock.errors import TelnyxMockError
    from telnyx_mock.patience import PATIENCE

    try:
        reception = _reception_of(request.config)
        given = request.getfixturevalue("telnyx_probe")
        probe = open_probe(given, reception.opener.address, PATIENCE.probe)
        makes = open_app_with_keys(request.getfixturevalue("telnyx_app_with_keys"))
        failover = reception.failover(request.getfixturevalue("telnyx_failover_receiver"))
        runner = reception.runner(telnyx_mock, probe, makes, failover)
        if probe is not None:
            reception.try_probe(probe, runner)
    except TelnyxMockError as error:
        give_up(request, error)
    return runner
