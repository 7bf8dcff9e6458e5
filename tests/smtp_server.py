"""A small SMTP server on a real socket, in a thread of its own: keeps mails, refuses as told."""

from __future__ import annotations

import asyncio
import base64
import email
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from patience import once


@dataclass
class Mail:
    """A mail as it came in, and whether the connection was encrypted and signed in."""

    sender: str
    to: list[str]
    raw: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        found = email.message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    def part(self, kind: str) -> str:
        """The text of `plain` or `html`."""
        found = self.message.get_body((kind,))
        assert found is not None
        return str(found.get_content())


@dataclass
class SmtpServer:
    """`refusals` holds answers to the next RCPT commands, such as `450 4.2.1 later`."""

    tls: Path | None = None
    password: str | None = None
    mails: list[Mail] = field(default_factory=list)
    refusals: deque[str] = field(default_factory=deque)
    tries: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._context = None
        if self.tls is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self.tls)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(5)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        at: TracebackType | None,
    ) -> None:  # fmt: skip
        async def end() -> None:
            self._server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def count(self, wanted: int) -> list[Mail]:
        """Wait until so many mails have come."""
        once(lambda: len(self.mails), lambda many: many >= wanted)
        assert len(self.mails) >= wanted, f"{len(self.mails)} of {wanted} mails came"
        return self.mails

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class _Session:
    def __init__(
        self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._encrypted = False
        self._user: str | None = None
        self._sender = ""
        self._to: list[str] = []

    async def run(self) -> None:
        await self._say("220 test ready")
        while line := (await self._reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == "QUIT":
                await self._say("221 bye")
                return
            await self._take(verb.upper(), rest)

    async def _take(self, verb: str, rest: str) -> None:
        if verb in ("EHLO", "HELO"):
            offers = ["test", "SIZE 1000000", "8BITMIME"]
            offers += ["STARTTLS"] if self._server._context and not self._encrypted else []
            offers += ["AUTH PLAIN"] if self._server.password else []
            lines = [f"250-{one}" for one in offers[:-1]] + [f"250 {offers[-1]}"]
            await self._say("\r\n".join(lines))
        elif verb == "STARTTLS":
            await self._say("220 go on")
            await self._writer.start_tls(self._server._context)
            self._encrypted = True
        elif verb == "AUTH":
            await self._auth(rest)
        elif verb == "MAIL":
            self._sender, self._to = rest.partition("<")[2].partition(">")[0], []
            await self._say("250 fine")
        elif verb == "RCPT":
            self._server.tries += 1
            refusal = self._server.refusals.popleft() if self._server.refusals else None
            self._to.append(rest.partition("<")[2].partition(">")[0])
            await self._say(refusal or "250 fine")
        elif verb == "DATA":
            await self._data()
        else:
            await self._say("250 fine")

    async def _auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        if password != self._server.password:
            await self._say("535 5.7.8 wrong")
            return
        self._user = user
        await self._say("235 welcome")

    async def _data(self) -> None:
        await self._say("354 go")
        raw = (await self._reader.readuntil(b"\r\n.\r\n"))[:-5]
        raw = raw.replace(b"\r\n..", b"\r\n.")
        self._server.mails.append(Mail(self._sender, self._to, raw, self._encrypted, self._user))
        await self._say("250 kept")

    async def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode())
        await self._writer.drain()


def certificate(path: Path) -> str:
    """A self-signed certificate of 127.0.0.1 and its key in a file; the certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now, local = datetime.now(UTC), x509.IPAddress(ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([local]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, SHA256())
    )  # fmt: skip
    pem = made.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + pem)
    return pem.decode()
