"""Who sends, told to push services: RFC 8292. The key is the server's own, in a file of its own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from milepost.channels.webpush.encrypt import packed, point_of
from milepost.keyfile import make_once

KEY_FILE = "vapid.pem"
_HOLDS_S = 12 * 3_600


class Vapid:
    """Signs for push services. `contact`: where their operators reach ours, https: or mailto:."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key = key
        self._contact = contact
        self.public = packed(point_of(key.public_key()))

    def authorization(self, endpoint: str, now_s: int) -> str:
        """The value of the Authorization header for an endpoint."""
        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + _HOLDS_S,
                  "sub": self._contact}  # fmt: skip
        head = packed(b'{"typ":"JWT","alg":"ES256"}')
        signed = f"{head}.{packed(msgspec.json.encode(claims))}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={signed}.{signature}, k={self.public}"


def open_vapid(path: Path, contact: str) -> Vapid:
    """With the key in a file, made if need be for its owner alone (mode 0600)."""
    if not path.exists():
        _make(path)
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"{path}: not a P-256 key")
    return Vapid(key, contact)


def _make(path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    make_once(path, pem)
