"""HTTPS verifies certificates, with a bundle if one is given; connecting is tried again."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from telnyx_mock.clock import SetClock
from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.patience import PATIENCE
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import NoAnswer
from tests.transports.wire import read

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost; its key is in the file beside it."""
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    words += ["-addext", "subjectAltName=DNS:localhost", "-out", str(file)]
    try:
        subprocess.run([*words, "-keyout", f"{file}.key"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    return file


@pytest.fixture
def secure(serve: Callable[..., str], certificate: Path) -> str:
    """The address of a server that answers 200 over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, f"{certificate}.key")

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as stream:
            read(stream)
            stream.sendall(OK)

    return serve(handle).replace("http://127.0.0.1", "https://localhost")


def test_an_untrusted_certificate_is_refused(secure: str, request_: Request) -> None:
    with pytest.raises(DeliveryError) as caught:
        HttpReceiver(secure).send(request_, timeout=5)
    assert "certificate" in str(caught.value)
    assert str(caught.value).endswith("; give the certificate of its issuer with --ca-bundle.")


def test_a_certificate_in_the_bundle_is_trusted(
    secure: str, certificate: Path, request_: Request
) -> None:
    receiver = HttpReceiver(secure, ca_bundle=str(certificate))
    assert receiver.send(request_, timeout=5).status == 200
    receiver.close()


def test_a_certificate_for_another_name_is_refused(
    secure: str, certificate: Path, request_: Request
) -> None:
    receiver = HttpReceiver(secure.replace("localhost", "127.0.0.1"), ca_bundle=str(certificate))
    with pytest.raises(DeliveryError, match="IP address mismatch") as caught:
        receiver.send(request_, timeout=5)
    assert "its certificate is for another name" in str(caught.value)
    assert "--ca-bundle" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "why"), [(None, "cannot be read: No such file"), ("x", "has no certificate in it")]
)
def test_a_wrong_bundle_is_a_usage_error(text: str | None, why: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "ca.pem").write_text(text)
    with pytest.raises(UsageError, match=why):
        HttpReceiver("https://localhost/", ca_bundle=str(tmp_path / "ca.pem"))


def test_connecting_is_tried_again_while_a_server_starts(request_: Request) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                read(connection)
                connection.sendall(OK)

        class StartsServer(SetClock):
            def sleep(self, seconds: float) -> None:
                super().sleep(seconds)
                if seconds == PATIENCE.connect_retries[-1]:
                    server.listen()
                    thread.start()

        thread, clock = threading.Thread(target=serve), StartsServer(0)
        receiver = HttpReceiver(f"http://127.0.0.1:{server.getsockname()[1]}/", clock=clock)
        assert receiver.send(request_, timeout=5).status == 200
        assert clock.monotonic() == sum(PATIENCE.connect_retries)
        receiver.close()
        thread.join()


def test_a_request_that_went_out_is_never_sent_again(
    serve: Callable[..., str], request_: Request
) -> None:
    seen = []

    def handle(connection: socket.socket) -> None:
        seen.append(read(connection))

    receiver = HttpReceiver(serve(handle), clock=SetClock(0))
    with pytest.raises(NoAnswer):
        receiver.send(request_, timeout=5)
    assert len(seen) == 1
