"""Lines to real receivers, in the clear and by TLS, on both event loops."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore2
import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from milepost.channels.webhook.guard import GuardedNetwork
from milepost.channels.webhook.network import connect

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken"
Play = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Callable[[Play], None]:
    """Runs a coroutine on one kind of loop."""

    def run(scene: Play) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(scene())

    return run


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "receiver.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return path


class Receiver:
    """Takes requests; closes a line after `each` of them."""

    def __init__(self, each: int = 1_000) -> None:
        self.each, self.lines, self.taken = each, 0, 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        for _ in range(self.each):
            try:
                await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(4)
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            self.taken += 1
            writer.write(_OK)
        writer.close()


@asynccontextmanager
async def open_pool(
    receiver: Receiver, certificate: Path | None = None, trusted: ssl.SSLContext | None = None
) -> AsyncIterator[Callable[[], Coroutine[Any, Any, bytes]]]:
    """Posts to the receiver."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = await asyncio.start_server(receiver.take, "127.0.0.1", 0, ssl=context)
    network = GuardedNetwork(allow_private=True)
    pool = httpcore2.AsyncConnectionPool(ssl_context=trusted, network_backend=network)
    scheme = "http" if context is None else "https"
    url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    async def post() -> bytes:
        answer = await pool.request("POST", url, content=b"news")
        assert answer.status == 200
        return bytes(answer.content)

    yield post
    await pool.aclose()
    network.close()
    server.close()
    await asyncio.sleep(0.05)


def test_a_line_is_used_again(play: Callable[[Play], None]) -> None:
    async def scene() -> None:
        receiver = Receiver()
        async with open_pool(receiver) as post:
            assert [await post() for _ in range(3)] == [b"taken"] * 3
        assert (receiver.lines, receiver.taken) == (1, 3)

    play(scene)


def test_a_line_that_was_closed_meanwhile_is_not(play: Callable[[Play], None]) -> None:
    async def scene() -> None:
        receiver = Receiver(each=1)
        async with open_pool(receiver) as post:
            for _ in range(3):
                assert await post() == b"taken"
                await asyncio.sleep(0.05)
        assert receiver.lines == 3

    play(scene)


def test_by_tls(play: Callable[[Play], None], certificate: Path) -> None:
    async def scene() -> None:
        receiver = Receiver()
        trusted = ssl.create_default_context(cafile=str(certificate))
        async with open_pool(receiver, certificate, trusted) as post:
            assert [await post() for _ in range(3)] == [b"taken"] * 3
        assert (receiver.lines, receiver.taken) == (1, 3)

    play(scene)


def test_an_unknown_certificate_is_refused(play: Callable[[Play], None], certificate: Path) -> None:
    async def scene() -> None:
        receiver = Receiver()
        async with open_pool(receiver, certificate, ssl.create_default_context()) as post:
            with pytest.raises(httpcore2.ConnectError, match=r"(?i)certificate"):
                await post()
        assert receiver.taken == 0

    play(scene)


def test_nobody_listens_or_nobody_answers(play: Callable[[Play], None]) -> None:
    async def scene() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        line = await connect("127.0.0.1", port, 1.0)
        with pytest.raises(httpcore2.ReadTimeout):
            await line.read(10, 0.05)
        await line.aclose()
        server.close()
        with pytest.raises(httpcore2.ConnectError):
            await connect("127.0.0.1", port, 1.0)

    play(scene)
