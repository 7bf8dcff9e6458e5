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

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from milepost.channels.client import Client
from milepost.channels.wire import MOST_HEAD_BYTES, BrokenOffError

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
async def open_client(
    receiver: Receiver, certificate: Path | None = None, trusted: ssl.SSLContext | None = None
) -> AsyncIterator[Callable[[], Coroutine[Any, Any, bytes]]]:
    """Posts to the receiver."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    server = await asyncio.start_server(receiver.take, "127.0.0.1", 0, ssl=context)
    client = Client(allow_private=True, tls=trusted)
    scheme = "http" if context is None else "https"
    url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    async def post() -> bytes:
        answer = await client.request("POST", url, (), b"news", most_bytes=100, within_s=30)
        assert answer.status == 200
        return answer.body

    yield post
    await client.close()
    server.close()
    await asyncio.sleep(0.05)


def test_a_line_is_used_again(play: Callable[[Play], None]) -> None:
    async def scene() -> None:
        receiver = Receiver()
        async with open_client(receiver) as post:
            assert [await post() for _ in range(3)] == [b"taken"] * 3
        assert (receiver.lines, receiver.taken) == (1, 3)

    play(scene)


def test_a_line_that_was_closed_meanwhile_is_not(play: Callable[[Play], None]) -> None:
    async def scene() -> None:
        receiver = Receiver(each=1)
        async with open_client(receiver) as post:
            for _ in range(3):
                assert await post() == b"taken"
                await asyncio.sleep(0.05)
        assert receiver.lines == 3

    play(scene)


def test_by_tls(play: Callable[[Play], None], certificate: Path) -> None:
    async def scene() -> None:
        receiver = Receiver()
        trusted = ssl.create_default_context(cafile=str(certificate))
        async with open_client(receiver, certificate, trusted) as post:
            assert [await post() for _ in range(3)] == [b"taken"] * 3
        assert (receiver.lines, receiver.taken) == (1, 3)

    play(scene)


def test_an_unknown_certificate_is_refused(play: Callable[[Play], None], certificate: Path) -> None:
    async def scene() -> None:
        receiver = Receiver()
        async with open_client(receiver, certificate, ssl.create_default_context()) as post:
            with pytest.raises(ssl.SSLCertVerificationError):
                await post()
        assert receiver.taken == 0

    play(scene)


ANSWERS = {
    "by its length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken", b"taken"),
    "in chunks": (
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nta\r\n3\r\nken\r\n0\r\n\r\n"), b"taken",
    ),
    "by the end of the connection": (b"HTTP/1.0 200 OK\r\n\r\ntaken", b"taken"),
    "nothing": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    "after a wait": (
        (b"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), b"ok",
    ),
    "cut": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789", b"12345678"),
}  # fmt: skip
NO_ANSWERS = {
    "not HTTP": b"220 mail.example.org ESMTP\r\n",
    "broken off": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ntak",
    "another protocol": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2 * MOST_HEAD_BYTES,
    "nothing": b"",
}


async def told(said: bytes, **more: Any) -> Any:
    """What is made of these bytes from a receiver that then hangs up, and which line is left."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in (said[:20], said[20:]):
            writer.write(part)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    client = Client(allow_private=True)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    asked = {"most_bytes": 8, "within_s": 30.0} | more
    try:
        return await client.request("POST", url, (("x-a", "b"),), b"", **asked)
    finally:
        await client.close()
        server.close()


async def test_a_line_that_ends_as_it_is_used_again_is_made_anew() -> None:
    lines = 0

    async def forgetful(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal lines
        lines += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_OK)
        if lines == 1:  # takes the second request, and says nothing
            await reader.readuntil(b"\r\n\r\n")
        else:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(forgetful, "127.0.0.1", 0)
    client = Client(allow_private=True)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    for _ in range(2):
        found = await client.request("POST", url, (), b"", most_bytes=99, within_s=30)
        assert found.body == b"taken"
    assert lines == 2
    await client.close()
    server.close()
    await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", ANSWERS)
async def test_answers_of_every_kind(how: str) -> None:
    said, body = ANSWERS[how]

    found = await told(said)

    assert (found.body, found.cut) == (body, how == "cut")
    assert "x" not in found.headers


@pytest.mark.parametrize("how", NO_ANSWERS)
async def test_what_is_no_answer(how: str) -> None:
    with pytest.raises(BrokenOffError):
        await told(NO_ANSWERS[how])


async def test_what_comes_unasked_is_nobodys_answer() -> None:
    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_OK + _OK)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    client = Client(allow_private=True)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    for _ in range(2):
        await client.request("POST", url, (), b"", most_bytes=99, within_s=30)
        await asyncio.sleep(0.05)
        assert client.connections == 0
    await client.close()
    server.close()


@pytest.mark.parametrize("value", ["a\r\nX-More: 1", "a\nb", "a\0", "\u4f60"])
async def test_a_header_stays_one_header(value: str) -> None:
    client = Client(allow_private=True)
    with pytest.raises(ValueError, match=r"line break|encode"):
        await client.request(
            "POST", "http://127.0.0.1:9/", (("x", value),), b"", most_bytes=9, within_s=9
        )
    await client.close()


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length", "Host", "x y", "x:", ""])
async def test_a_header_does_not_move_where_a_request_ends(name: str) -> None:
    client = Client(allow_private=True)
    with pytest.raises(ValueError, match="must not be called"):
        await client.request(
            "POST", "http://127.0.0.1:9/", ((name, "1"),), b"", most_bytes=9, within_s=9
        )
    await client.close()


def test_nobody_listens_or_nobody_answers(play: Callable[[Play], None]) -> None:
    async def scene() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        client = Client(allow_private=True)
        with pytest.raises(TimeoutError):
            await client.request("POST", url, (), b"", most_bytes=9, within_s=0.05)
        server.close()
        with pytest.raises(ConnectionRefusedError):
            await client.request("POST", url, (), b"", most_bytes=9, within_s=30)
        assert client.connections == 0
        await client.close()

    play(scene)
