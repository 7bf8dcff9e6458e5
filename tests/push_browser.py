"""A browser's side of web push: its keys, its push service, and how it reads a message."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_bytes
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from milepost.channels.webpush.encrypt import packed
from patience import until


class PushBrowser:
    """`answers` holds the next statuses of its push service; 201 is the usual one."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = token_bytes(16)
        self.answers: deque[int] = deque()
        self.got: list[tuple[dict[str, str], bytes]] = []

    def __enter__(self) -> Self:
        browser = self

        class Service(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                browser.got.append((headers, body))
                self.send_response(browser.answers.popleft() if browser.answers else 201)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        at: TracebackType | None,
    ) -> None:  # fmt: skip
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        point = self._point(self._key.public_key())
        keys = {"p256dh": packed(point), "auth": packed(self._auth)}
        return {"endpoint": f"{self.origin}/send/abc", "expirationTime": None, "keys": keys}

    def count(self, wanted: int) -> None:
        until(lambda: len(self.got) >= wanted)

    def read(self, body: bytes) -> dict[str, Any]:
        """RFC 8291 from the receiver's end, written apart from what sends."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        curve = ec.SECP256R1()
        shared = self._key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, sender)
        )
        mine = self._point(self._key.public_key())
        seed = HKDF(SHA256(), 32, self._auth, b"WebPush: info\0" + mine + sender).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(seed)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(seed)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1] == 2
        found: dict[str, Any] = json.loads(plain[:-1])
        return found

    @staticmethod
    def _point(key: ec.EllipticCurvePublicKey) -> bytes:
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def claims_of(authorization: str) -> dict[str, Any]:
    """What a push service checks: the signature under the key that comes along, the claims."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    given = dict(one.strip().split("=", 1) for one in rest.split(","))
    head, claims, signature = given["t"].split(".")
    raw = _raw(signature)
    signed = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(given["k"]))
    key.verify(signed, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    found: dict[str, Any] = json.loads(_raw(claims))
    return found | {"k": given["k"]}


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
