"""What only one browser can read: RFC 8291 (message encryption), RFC 8188 (aes128gcm)."""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

RECORD_BYTES = 4_096
# A push service need not take more than 4096 bytes; head, tag and padding mark take some of them.
MOST_BYTES = 3_900


class Keys(Struct, frozen=True):
    """A browser's keys, base64url: its public point `p256dh` and its secret `auth`."""

    p256dh: str
    auth: str


class PushSubscription(Struct, frozen=True):
    """`PushSubscription.toJSON()` of a browser."""

    endpoint: str
    keys: Keys


def encrypted(text: bytes, keys: Keys) -> bytes:
    """The body of a push message. Raises ValueError for keys that are none."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"a push message has {MOST_BYTES} bytes at most")
    receiver, secret = unpacked(keys.p256dh), unpacked(keys.auth)
    if len(secret) != 16:
        raise ValueError("auth: must hold 16 bytes")
    curve = ec.SECP256R1()
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, receiver)
    ours = ec.generate_private_key(curve)
    sender = point_of(ours.public_key())
    shared = ours.exchange(ec.ECDH(), theirs)
    salt = token_bytes(16)
    key, nonce = keys_from(shared, secret, receiver, sender, salt)
    # 2 marks the last record; there is only this one.
    sealed = AESGCM(key).encrypt(nonce, text + b"\x02", None)
    return salt + struct.pack("!IB", RECORD_BYTES, len(sender)) + sender + sealed


def keys_from(
    shared: bytes, secret: bytes, receiver: bytes, sender: bytes, salt: bytes
) -> tuple[bytes, bytes]:
    """Content key and nonce of RFC 8291, section 3.4."""
    info = b"WebPush: info\x00" + receiver + sender
    seed = HKDF(SHA256(), 32, secret, info).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(seed)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(seed)
    return key, nonce


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def packed(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    """Raises ValueError for what is no base64url."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
